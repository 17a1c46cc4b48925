package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Environment variables through which a command sees what the one before it printed.
const (
	previousStdout = "PULUMI_COMMAND_STDOUT"
	previousStderr = "PULUMI_COMMAND_STDERR"
)

// ProcessArgs are the inputs that every kind of command has.
type ProcessArgs struct {
	Stdin   *string  `pulumi:"stdin,optional"`
	Logging *Logging `pulumi:"logging,optional"`
	// Defaults to /bin/sh -c.
	Interpreter *[]string          `pulumi:"interpreter,optional"`
	Dir         *string            `pulumi:"dir,optional"`
	Environment *map[string]string `pulumi:"environment,optional"`
	// Globs of files to return: one asset each, and together as one archive.
	AssetPaths   *[]string `pulumi:"assetPaths,optional"`
	ArchivePaths *[]string `pulumi:"archivePaths,optional"`
	// Defaults to true.
	AddPreviousOutputInEnv *bool `pulumi:"addPreviousOutputInEnv,optional"`
}

// ProcessResult is what a command left behind.
type ProcessResult struct {
	Stdout  string                            `pulumi:"stdout"`
	Stderr  string                            `pulumi:"stderr"`
	Assets  *map[string]*types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                 `pulumi:"archive,optional"`
}

// Logging says which of a command's streams the engine shows while it runs. Nil shows both.
type Logging string

// Values of Logging.
const (
	LogStdout          Logging = "stdout"
	LogStderr          Logging = "stderr"
	LogStdoutAndStderr Logging = "stdoutAndStderr"
	LogNone            Logging = "none"
)

// Annotate puts the type where the SDK has it.
func (l *Logging) Annotate(a infer.Annotator) { a.SetToken("local", "Logging") }

// Values makes the type an enumeration.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: string(LogStdout), Value: LogStdout, Description: "Only the standard output."},
		{Name: string(LogStderr), Value: LogStderr, Description: "Only the standard error."},
		{Name: string(LogStdoutAndStderr), Value: LogStdoutAndStderr, Description: "Both."},
		{Name: string(LogNone), Value: LogNone, Description: "Neither."},
	}
}

func (l *Logging) shows(stream Logging) bool {
	return l == nil || *l == LogStdoutAndStderr || *l == stream
}

// execute runs a command to its end. The error of a failed one quotes what it printed: commands whose output may hold
// secrets should print them to a file.
func execute(ctx context.Context, command string, args ProcessArgs, previous ProcessResult) (ProcessResult, error) {
	interpreter := []string{"/bin/sh", "-c"}
	if args.Interpreter != nil && len(*args.Interpreter) > 0 {
		interpreter = *args.Interpreter
	}
	line := append(append([]string{}, interpreter...), command)
	process := exec.CommandContext(ctx, line[0], line[1:]...)
	process.Env = environment(args, previous)
	if args.Dir != nil {
		process.Dir = *args.Dir
	}
	if args.Stdin != nil && *args.Stdin != "" {
		process.Stdin = strings.NewReader(*args.Stdin)
	}

	var stdout, stderr bytes.Buffer
	both := &sharedBuffer{}
	shown := &lineLogger{show: func(line string) { provider.GetLogger(ctx).InfoStatus(line) }}
	process.Stdout = streamTo(&stdout, both, shown, args.Logging.shows(LogStdout))
	process.Stderr = streamTo(&stderr, both, shown, args.Logging.shows(LogStderr))
	err := process.Run()
	shown.flush()
	if err != nil {
		return previous, fmt.Errorf("%w: running %q:\n%s", err, command, both.String())
	}

	result := ProcessResult{
		Stdout: strings.TrimSuffix(stdout.String(), "\n"),
		Stderr: strings.TrimSuffix(stderr.String(), "\n"),
	}
	return result, collect(process.Dir, args, &result)
}

func environment(args ProcessArgs, previous ProcessResult) []string {
	variables := os.Environ()
	if args.Environment != nil {
		for name, value := range *args.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	if args.AddPreviousOutputInEnv == nil || *args.AddPreviousOutputInEnv {
		if previous.Stdout != "" {
			variables = append(variables, previousStdout+"="+previous.Stdout)
		}
		if previous.Stderr != "" {
			variables = append(variables, previousStderr+"="+previous.Stderr)
		}
	}
	return variables
}

func streamTo(own *bytes.Buffer, both *sharedBuffer, shown *lineLogger, show bool) io.Writer {
	if show {
		return io.MultiWriter(own, both, shown)
	}
	return io.MultiWriter(own, both)
}

// sharedBuffer takes the output and the error stream in the order in which they come.
type sharedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *sharedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(data)
}

func (b *sharedBuffer) String() string { return b.buffer.String() }

// lineLogger shows whole lines.
type lineLogger struct {
	mutex sync.Mutex
	rest  string
	show  func(line string)
}

func (l *lineLogger) Write(data []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	lines := strings.Split(l.rest+string(data), "\n")
	l.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		l.show(line)
	}
	return len(data), nil
}

func (l *lineLogger) flush() {
	if l.rest != "" {
		l.show(l.rest)
		l.rest = ""
	}
}
