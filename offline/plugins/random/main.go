// Command pulumi-resource-random serves the upstream random provider to the Pulumi engine.
package main

import (
	"context"
	"os"
	"path/filepath"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/terraform-providers/terraform-provider-random/strata/mapping"
)

// Set by the build: the version of the npm SDK.
var version = "0.0.0-dev"

func main() {
	// The build puts the package schema beside the binary.
	self, err := os.Executable()
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(self), "schema.json"))
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
	pf.Main(context.Background(), "random", mapping.Provider(version), pf.ProviderMetadata{PackageSchema: schema})
}
