package temporalcli

import "errors"

// These commands of the CLI read a field that the API of this build's server no longer has.
var errNoWorkerCommands = errors.New("this build of the CLI does not show workers: see `temporal task-queue describe`")

func (c *TemporalWorkerDescribeCommand) run(cctx *CommandContext, args []string) error {
	return errNoWorkerCommands
}

func (c *TemporalWorkerListCommand) run(cctx *CommandContext, args []string) error {
	return errNoWorkerCommands
}
