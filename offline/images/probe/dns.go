package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// resolved is the verdict of a name that has addresses here.
const resolved verdict = "resolved"

type resolution struct {
	Name string `json:"name"`
	// resolved, unresolved, or failed when no name server answered. On an internal network that is what names of other
	// networks get: Docker's own server forwards them, and waits.
	Verdict   verdict  `json:"verdict"`
	Addresses []string `json:"addresses"`
	Error     string   `json:"error,omitempty"`
}

func runDNS(arguments []string, output io.Writer) (int, error) {
	flags := flag.NewFlagSet("dns", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 2*time.Second, "per name")
	server := flags.String("server", "", "HOST:PORT instead of the container's own name server")
	names, err := parse(flags, arguments)
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		return 0, fmt.Errorf("%w: no name given", errUsage)
	}
	resolver := &net.Resolver{PreferGo: true}
	if *server != "" {
		if _, _, err := net.SplitHostPort(*server); err != nil {
			return 0, fmt.Errorf("%w: server: %w: HOST:PORT is accepted", errUsage, err)
		}
		resolver.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, *server)
		}
	}
	code := exitYes
	for _, name := range names {
		result := resolve(resolver, name, *timeout)
		if err := line(output, result); err != nil {
			return 0, err
		}
		switch {
		case result.Verdict == failed:
			code = exitCouldNotAsk
		case result.Verdict == unresolved && code == exitYes:
			code = exitNo
		}
	}
	return code, nil
}

// What a name begins with among the addresses of `connect`: it is asked of the container's own name server.
const nameScheme = "dns://"

func isName(address string) bool {
	return strings.HasPrefix(address, nameScheme)
}

func lookUp(name string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_, err := (&net.Resolver{PreferGo: true}).LookupHost(ctx, name)
	return err
}

func resolve(resolver *net.Resolver, name string, timeout time.Duration) resolution {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, name)
	if err == nil {
		slices.Sort(addresses)
		return resolution{Name: name, Verdict: resolved, Addresses: addresses}
	}
	return resolution{Name: name, Verdict: judge(err), Addresses: []string{}, Error: err.Error()}
}
