// Package mapping says how the resources of the upstream Vault provider appear in the `vault` package.
package mapping

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	upstream "github.com/hashicorp/terraform-provider-vault/schema"
	"github.com/hashicorp/terraform-provider-vault/vault"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// The resource types of `@pulumi/vault`, one per line. `offline/build/sdk.ts` reads them from the package, and
// the conformance test fails when this list is not what it reads.
//
//go:embed types.txt
var sdkTypes string

// Resources whose name in the SDK cannot be found by comparing letters.
var exceptions = map[string]string{
	"vault_azure_secret_backend":      "vault:azure/backend:Backend",
	"vault_azure_secret_backend_role": "vault:azure/backendRole:BackendRole",
}

// Provider maps upstream names to those of `@pulumi/vault`. What the SDK does not have is not served, nor are data
// sources: strata reads Vault through its own reader.
func Provider(version string) tfbridge.ProviderInfo {
	provider := shimv2.NewProvider(upstream.NewProvider(vault.Provider()).SchemaProvider())
	info := tfbridge.ProviderInfo{
		P:            provider,
		Name:         "vault",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Config: map[string]*tfbridge.SchemaInfo{
			"skip_tls_verify": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"VAULT_SKIP_VERIFY"}}},
			"max_lease_ttl_seconds": {
				Default: &tfbridge.DefaultInfo{EnvVars: []string{"TERRAFORM_VAULT_MAX_TTL"}, Value: 1200},
			},
			"max_retries": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"VAULT_MAX_RETRIES"}, Value: 2}},
		},
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}

	types := typesByLetters()
	provider.ResourcesMap().Range(func(name string, _ shim.Resource) bool {
		token, ok := exceptions[name]
		if !ok {
			token, ok = types[strings.ReplaceAll(strings.TrimPrefix(name, "vault_"), "_", "")]
		}
		if ok {
			info.Resources[name] = &tfbridge.ResourceInfo{Tok: sdk.Type(token)}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	provider.DataSourcesMap().Range(func(name string, _ shim.Resource) bool {
		if !slices.Contains(info.IgnoreMappings, name) {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	// Names that the standard mapping would make plurals of.
	field(&info, "vault_identity_group_alias", "name", "name")
	field(&info, "vault_pki_secret_backend_role", "ou", "organizationUnit")

	info.SetAutonaming(255, "-")
	return info
}

// typesByLetters finds a type by the letters of its upstream name: those of module and name, less what they have in
// common where they meet (`pkiSecret` and `secretBackendRole` are `pki_secret_backend_role`).
func typesByLetters() map[string]string {
	types := map[string]string{}
	for token := range strings.FieldsSeq(sdkTypes) {
		path, _, _ := strings.Cut(strings.TrimPrefix(token, "vault:"), ":")
		module, name, _ := strings.Cut(strings.ToLower(path), "/")
		if module == "index" {
			module = ""
		}
		for overlap := range len(module) + 1 {
			if shared, found := strings.CutPrefix(name, module[len(module)-overlap:]); found {
				key := module + shared
				if other, taken := types[key]; taken && other != token {
					panic(fmt.Sprintf("%s and %s have the same letters", token, other))
				}
				types[key] = token
			}
		}
	}
	return types
}

func field(info *tfbridge.ProviderInfo, resource, upstreamName, name string) {
	mapped := info.Resources[resource]
	if mapped.Fields == nil {
		mapped.Fields = map[string]*tfbridge.SchemaInfo{}
	}
	mapped.Fields[upstreamName] = &tfbridge.SchemaInfo{Name: name}
}
