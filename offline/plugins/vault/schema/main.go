// Command schema writes the package schema: `schema schema --skip-docs --skip-examples --out FOLDER`.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"strata.dev/plugins/vault/mapping"
)

// Set by the build: the version of the npm SDK.
var version = "0.0.0-dev"

func main() { tfgen.Main("vault", version, mapping.Provider(version)) }
