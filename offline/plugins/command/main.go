// Command pulumi-resource-command runs shell commands as resources: `command:local:Command` and `command:local:run`.
//
// It serves programs written for `@pulumi/command` with the library that the published plugin is made with. Same
// inputs, outputs and rules; what differs is listed in ../README.md.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Set by the build: the version of the npm SDK.
var version = "0.0.0-dev"

func main() {
	provider, err := infer.NewProviderBuilder().
		WithDisplayName("Command").
		WithDescription("Runs commands as part of a Pulumi program.").
		WithLicense("Apache-2.0").
		WithResources(infer.Resource(&Command{})).
		WithFunctions(infer.Function(&Run{})).
		Build()
	if err == nil {
		err = provider.Run(context.Background(), "command", version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
