// Command probe looks at a network from the inside: isolation tests run it in a container that is attached to a zone, or
// that shares the network namespace of a service. It also tells where mounts lead to.
//
//	probe connect [--udp] [--timeout 500ms] HOST:PORT...    one line of JSON per address; http://HOST:PORT/PATH adds the status
//	probe scan    [--timeout 500ms] [--all] TARGETS PORTS   one JSON document; TARGETS and PORTS are lists with ranges
//	probe listen  PORT[,PORT...]                            answers TCP and UDP with what it is sent, until it is stopped
//	probe dns     [--server HOST:PORT] [--timeout 2s] NAME...  one line of JSON per name
//	probe mounts  PATH...                                   one line of JSON per path: what is mounted there, whatever its name was
//
// Exit codes: 0 each address is open (each name resolves, something is mounted at each path), 1 at least one is not, 2 the question could not be asked,
// or no name server answered it. The last one never counts as "isolated".
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const (
	exitYes         = 0
	exitNo          = 1
	exitCouldNotAsk = 2
)

// errUsage wraps what is wrong with the arguments.
var errUsage = errors.New("usage")

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(arguments []string, output, problems io.Writer) int {
	commands := map[string]func([]string, io.Writer) (int, error){
		"connect": runConnect, "scan": runScan, "listen": runListen, "dns": runDNS, "mounts": runMounts,
	}
	if len(arguments) == 0 || commands[arguments[0]] == nil {
		fmt.Fprintln(problems, "probe: connect, scan, listen, dns or mounts is accepted as the first argument")
		return exitCouldNotAsk
	}
	code, err := commands[arguments[0]](arguments[1:], output)
	if err != nil {
		fmt.Fprintf(problems, "probe %s: %v\n", arguments[0], err)
		return exitCouldNotAsk
	}
	return code
}

// parse accepts options before, between and after the other arguments.
func parse(flags *flag.FlagSet, arguments []string) (positional []string, err error) {
	flags.SetOutput(io.Discard)
	for len(arguments) > 0 {
		if err := flags.Parse(arguments); err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		arguments = flags.Args()
		if len(arguments) > 0 {
			positional, arguments = append(positional, arguments[0]), arguments[1:]
		}
	}
	return positional, nil
}

func line(output io.Writer, value any) error {
	return json.NewEncoder(output).Encode(value)
}
