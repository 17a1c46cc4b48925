// Package mapping says how the resources of the upstream Keycloak provider appear in the `keycloak` package.
package mapping

import (
	"github.com/keycloak/terraform-provider-keycloak/provider"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const pkg = "keycloak"

// Provider maps upstream names to those of `@pulumi/keycloak`.
func Provider(version string) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(withPublishedFields(provider.KeycloakProvider(nil))),
		Name:         pkg,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Config: map[string]*tfbridge.SchemaInfo{
			"client_timeout": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"KEYCLOAK_CLIENT_TIMEOUT"}, Value: 5}},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			// Resources that are not called by `name`, and get one all the same when the program gives none.
			"keycloak_realm":                           named("realm", "realm"),
			"keycloak_openid_client":                   named("client_id", "clientId"),
			"keycloak_authentication_execution_config": named("alias", "alias"),
			"keycloak_authentication_flow":             named("alias", "alias"),
			"keycloak_authentication_subflow":          named("alias", "alias"),
			"keycloak_oidc_google_identity_provider":   named("client_id", "clientId"),
			// Names that are not the upstream ones.
			"keycloak_attribute_to_role_identity_provider_mapper": {Tok: resource("AttributeToRoleIdentityMapper")},
			"keycloak_custom_identity_provider_mapper":            {Tok: resource("CustomIdentityProviderMapping")},
			"keycloak_hardcoded_role_identity_provider_mapper":    {Tok: resource("HardcodedRoleIdentityMapper")},
			"keycloak_realm_keystore_java_keystore":               {Tok: resource("RealmKeystoreJavaGenerated")},
			"keycloak_openid_client_client_policy":                {Tok: tfbridge.MakeResource(pkg, "openid", "ClientPolicy")},
			"keycloak_saml_client_default_scopes":                 {Tok: tfbridge.MakeResource(pkg, "saml", "ClientDefaultScope")},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"keycloak_authentication_execution": {Tok: tfbridge.MakeDataSource(pkg, "index", "getAuthenticationExecution")},
			"keycloak_authentication_flow":      {Tok: tfbridge.MakeDataSource(pkg, "index", "getAuthenticationFlow")},
		},
	}
	modules := []string{"authentication_", "ldap_", "oidc_", "openid_", "saml_"}
	info.MustComputeTokens(tokens.KnownModules("keycloak_", "index", modules, tokens.MakeStandard(pkg)))
	info.SetAutonaming(255, "-")
	return info
}

func resource(name string) sdk.Type { return tfbridge.MakeResource(pkg, "index", name) }

func named(upstreamName, name string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Fields: map[string]*tfbridge.SchemaInfo{upstreamName: tfbridge.AutoName(name, 255, "-")}}
}
