package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command is a resource whose life is three shell commands.
type Command struct{}

// CommandArgs are the inputs of Command.
type CommandArgs struct {
	// Any change replaces the resource.
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	// Without it, Create runs again when an input changes.
	Update *string `pulumi:"update,optional"`
	Delete *string `pulumi:"delete,optional"`
	ProcessArgs
}

// CommandState is what the state keeps: the inputs, and what the last command printed. A secret input stays secret, but
// does not make what is printed secret: as with the published plugin, that is up to `additionalSecretOutputs`.
type CommandState struct {
	CommandArgs
	ProcessResult
}

// Annotate names the resource as the SDK does.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "Commands that run when the resource is created, updated and deleted.")
	a.SetToken("local", "Command")
}

// Create runs the create command, if there is one.
func (*Command) Create(
	ctx context.Context, request infer.CreateRequest[CommandArgs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandArgs: request.Inputs}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	if err == nil && !request.DryRun && request.Inputs.Create != nil {
		state.ProcessResult, err = execute(ctx, *request.Inputs.Create, request.Inputs.ProcessArgs, ProcessResult{})
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

// Update runs the update command, or the create command when there is none.
func (*Command) Update(
	ctx context.Context, request infer.UpdateRequest[CommandArgs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	previous := request.State.ProcessResult
	state := CommandState{CommandArgs: request.Inputs, ProcessResult: previous}
	command := request.Inputs.Update
	if command == nil {
		command = request.Inputs.Create
	}
	var err error
	if !request.DryRun && command != nil {
		state.ProcessResult, err = execute(ctx, *command, request.Inputs.ProcessArgs, previous)
	}
	return infer.UpdateResponse[CommandState]{Output: state}, err
}

// Delete runs the delete command that the last create or update left in the state.
func (*Command) Delete(
	ctx context.Context, request infer.DeleteRequest[CommandState],
) (infer.DeleteResponse, error) {
	if request.State.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	_, err := execute(ctx, *request.State.Delete, request.State.ProcessArgs, request.State.ProcessResult)
	return infer.DeleteResponse{}, err
}

// Run is a function that runs a command whenever the program runs, previews included.
type Run struct{}

// RunArgs are the inputs of Run.
type RunArgs struct {
	Command string `pulumi:"command"`
	ProcessArgs
}

// RunResult is what Run answers.
type RunResult struct {
	RunArgs
	ProcessResult
}

// Annotate names the function as the SDK does.
func (r *Run) Annotate(a infer.Annotator) {
	a.Describe(&r, "A command that runs each time the program runs.")
	a.SetToken("local", "run")
}

// Invoke runs the command.
func (*Run) Invoke(
	ctx context.Context, request infer.FunctionRequest[RunArgs],
) (infer.FunctionResponse[RunResult], error) {
	result, err := execute(ctx, request.Input.Command, request.Input.ProcessArgs, ProcessResult{})
	return infer.FunctionResponse[RunResult]{Output: RunResult{RunArgs: request.Input, ProcessResult: result}}, err
}
