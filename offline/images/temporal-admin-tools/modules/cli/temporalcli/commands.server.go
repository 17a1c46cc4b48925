package temporalcli

import "errors"

// This build has no development server: it would compile a whole server, its user interface and SQLite into the CLI.
func (t *TemporalServerStartDevCommand) run(cctx *CommandContext, args []string) error {
	return errors.New("this build of the CLI has no development server")
}
