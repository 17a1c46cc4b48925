package mapping

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/keycloak/terraform-provider-keycloak/keycloak"
)

// This file adds fields that the published provider knows and the provider of December 2024 does not: those that strata
// has to write because the server's answer to a missing one is wrong, or to have in the state. Names, types and defaults are
// the published ones, so a state that this plugin has written fits the published plugin.

const introspectionKey = "introspection.token.claim"

// withPublishedFields adds the fields to the provider's resources.
func withPublishedFields(provider *schema.Provider) *schema.Provider {
	for name, executionOf := range map[string]findExecution{
		"keycloak_authentication_execution": ownExecution,
		"keycloak_authentication_subflow":   executionOfSubflow,
	} {
		addPriority(provider.ResourcesMap[name], executionOf)
	}
	addImport(provider.ResourcesMap["keycloak_role"])
	for name, byDefault := range map[string]bool{
		"keycloak_openid_audience_protocol_mapper":         true,
		"keycloak_openid_group_membership_protocol_mapper": false,
		"keycloak_openid_user_attribute_protocol_mapper":   true,
	} {
		addTokenIntrospection(provider.ResourcesMap[name], byDefault)
	}
	return provider
}

// after runs a step when the provider's own operation has succeeded.
type after func(context.Context, *schema.ResourceData, *keycloak.KeycloakClient) error

// extend makes `write` follow create and update, and `read` follow the reading of a resource that exists.
func extend(resource *schema.Resource, write, read after) {
	follow := func(
		own func(context.Context, *schema.ResourceData, any) diag.Diagnostics, step after,
	) func(context.Context, *schema.ResourceData, any) diag.Diagnostics {
		return func(ctx context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
			diagnostics := own(ctx, data, meta)
			if diagnostics.HasError() || data.Id() == "" {
				return diagnostics
			}
			if err := step(ctx, data, meta.(*keycloak.KeycloakClient)); err != nil {
				return append(diagnostics, diag.FromErr(err)...)
			}
			return diagnostics
		}
	}
	resource.CreateContext = follow(resource.CreateContext, write)
	resource.UpdateContext = follow(resource.UpdateContext, write)
	resource.ReadContext = follow(resource.ReadContext, read)
}

// findExecution finds the execution in which a resource has its place in the parent flow.
type findExecution func(context.Context, *schema.ResourceData, *keycloak.KeycloakClient) (string, error)

func ownExecution(_ context.Context, data *schema.ResourceData, _ *keycloak.KeycloakClient) (string, error) {
	return data.Id(), nil
}

func executionOfSubflow(
	ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient,
) (string, error) {
	parent := data.Get("parent_flow_alias").(string)
	executions, err := client.ListAuthenticationExecutions(ctx, data.Get("realm_id").(string), parent)
	if err != nil {
		return "", err
	}
	for _, execution := range executions {
		if execution.FlowId == data.Id() {
			return execution.Id, nil
		}
	}
	return "", fmt.Errorf("the flow %s has no execution of the subflow %s", parent, data.Id())
}

// addPriority adds the place of an execution in its flow. The provider's own requests leave it out, and the server takes
// that for zero: https://github.com/keycloak/terraform-provider-keycloak/pull/1062
func addPriority(resource *schema.Resource, executionOf findExecution) {
	const field = "priority"
	resource.Schema[field] = &schema.Schema{Type: schema.TypeInt, Optional: true}
	write := func(ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient) error {
		id, err := executionOf(ctx, data, client)
		if err != nil {
			return err
		}
		realm, parent := data.Get("realm_id").(string), data.Get("parent_flow_alias").(string)
		return put(client, ctx, fmt.Sprintf("/realms/%s/authentication/flows/%s/executions", realm, parent), map[string]any{
			"id":          id,
			"requirement": data.Get("requirement").(string),
			"priority":    data.Get(field).(int),
		})
	}
	read := func(ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient) error {
		id, err := executionOf(ctx, data, client)
		if err != nil {
			return err
		}
		realm, parent := data.Get("realm_id").(string), data.Get("parent_flow_alias").(string)
		execution, err := client.GetAuthenticationExecution(ctx, realm, parent, id)
		if err != nil {
			return err
		}
		return data.Set(field, execution.Priority)
	}
	extend(resource, write, read)
}

// addTokenIntrospection adds whether a mapper's claim is in the answers of the introspection endpoint. The provider's own
// requests leave it out, and the server takes that for yes.
func addTokenIntrospection(resource *schema.Resource, byDefault bool) {
	const field = "add_to_token_introspection"
	resource.Schema[field] = &schema.Schema{Type: schema.TypeBool, Optional: true, Default: byDefault}
	find := func(
		ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient,
	) (*keycloak.GenericProtocolMapper, error) {
		clientID, scopeID := data.Get("client_id").(string), data.Get("client_scope_id").(string)
		return client.GetGenericProtocolMapper(ctx, data.Get("realm_id").(string), clientID, scopeID, data.Id())
	}
	write := func(ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient) error {
		mapper, err := find(ctx, data, client)
		if err != nil {
			return err
		}
		mapper.Config[introspectionKey] = strconv.FormatBool(data.Get(field).(bool))
		return client.UpdateGenericProtocolMapper(ctx, mapper)
	}
	read := func(ctx context.Context, data *schema.ResourceData, client *keycloak.KeycloakClient) error {
		mapper, err := find(ctx, data, client)
		if err != nil {
			return err
		}
		return data.Set(field, mapper.Config[introspectionKey] == "true")
	}
	extend(resource, write, read)
}

// addImport adds the published default of a field that the server does not know. The published provider replaces a role whose
// state lacks it, and a person to whom the role was given directly loses it. Here the field replaces nothing, so a state from
// before it was known is completed in place.
func addImport(resource *schema.Resource) {
	const field = "import"
	resource.Schema[field] = &schema.Schema{Type: schema.TypeBool, Optional: true, Default: false}
	nothing := func(context.Context, *schema.ResourceData, *keycloak.KeycloakClient) error { return nil }
	complete := func(_ context.Context, data *schema.ResourceData, _ *keycloak.KeycloakClient) error {
		return data.Set(field, data.Get(field).(bool))
	}
	extend(resource, nothing, complete)
}
