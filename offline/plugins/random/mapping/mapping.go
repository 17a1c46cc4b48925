// Package mapping says how the resources of the upstream random provider appear in the `random` package.
package mapping

import (
	"context"
	"errors"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	// The provider is `internal`: only a module whose path starts like this one may import it.
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

const pkg = "random"

// Provider maps upstream names to those of `@pulumi/random`: `random_id` is `RandomId`.
func Provider(version string) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            pf.ShimProvider(provider.New()),
		Name:         pkg,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Resources: map[string]*tfbridge.ResourceInfo{
			"random_bytes": {ComputeID: bytesID}, // upstream gives it no ID
		},
		EnableAccurateBridgePreview: true,
		EnableRawStateDelta:         true,
	}
	info.MustComputeTokens(tokens.SingleModule("random_", "index", func(module, name string) (string, error) {
		return tokens.MakeStandard(pkg)(module, "Random"+name)
	}))
	return info
}

// bytesID identifies a RandomBytes by its value, as states written by the published plugin do.
func bytesID(_ context.Context, state resource.PropertyMap) (resource.ID, error) {
	value := state["base64"]
	if value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return "", errors.New("random_bytes: the provider returned no `base64`")
	}
	return resource.ID(value.StringValue()), nil
}
