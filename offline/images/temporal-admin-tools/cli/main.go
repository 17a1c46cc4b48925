// The Temporal CLI, without SQLite and the development server that needs it.
package main

import (
	"context"
	// Upstream's program has the time zones too.
	_ "time/tzdata"

	"github.com/temporalio/cli/temporalcli"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	temporalcli.Execute(ctx, temporalcli.CommandOptions{})
}
