// Command pulumi-resource-vault serves the upstream Vault provider to the Pulumi engine.
package main

import (
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"strata.dev/plugins/vault/mapping"
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
	tfbridge.Main("vault", version, mapping.Provider(version), schema)
}
