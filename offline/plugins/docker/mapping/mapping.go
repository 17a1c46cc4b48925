// Package mapping says how the resources of the upstream Docker provider appear in the `docker` package.
package mapping

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	// The provider is `internal`: only a module whose path starts like this one may import it.
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

const (
	pkg    = "docker"
	module = "index"
)

// Provider maps upstream names to those of `@pulumi/docker`. Whatever is not listed gets the standard name.
func Provider(version string) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(provider.New(version)()),
		Name:         pkg,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"DOCKER_HOST"},
				ComputeDefault: func(context.Context, tfbridge.ComputeDefaultOptions) (any, error) {
					return "unix:///var/run/docker.sock", nil
				},
			}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			// Lists whose names are singular in the SDK: the standard mapping would make plurals of them.
			"docker_container": {
				Tok:                 resource("Container"),
				DeleteBeforeReplace: true, // two containers cannot have one name
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           {Name: "command"},
					"networks_advanced": {Name: "networksAdvanced"},
				},
			},
			// Names that are not the upstream ones.
			"docker_config": {Tok: resource("ServiceConfig")},
			"docker_image": {
				Tok:    resource("RemoteImage"),
				Fields: map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}}, // not auto-named: it is a reference
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image": {Tok: tfbridge.MakeDataSource(pkg, module, "getRemoteImage")},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("docker_", module, tokens.MakeStandard(pkg)))
	info.SetAutonaming(255, "-")
	return info
}

func resource(name string) sdk.Type { return tfbridge.MakeResource(pkg, module, name) }
