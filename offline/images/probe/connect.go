package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// verdict is what one attempt shows about the path and the listener behind it.
type verdict string

const (
	// Something accepts connections (TCP) or answers (UDP, HTTP).
	open verdict = "open"
	// The host answers that nothing listens: the path exists all the same.
	refused verdict = "refused"
	// No answer in time: dropped on the way, or nobody there. For UDP also a listener that does not answer.
	silent verdict = "silent"
	// No route, or the neighbour cannot be found: the network itself says no.
	unreachable verdict = "unreachable"
	// A name server says that there is no such name.
	unresolved verdict = "unresolved"
	// The attempt itself failed, by a name server that does not answer for instance; it says nothing about the network.
	failed verdict = "failed"
)

type attempt struct {
	Address      string  `json:"address"`
	Protocol     string  `json:"protocol"`
	Verdict      verdict `json:"verdict"`
	Milliseconds float64 `json:"milliseconds"`
	// Of the HTTP answer; 0 for addresses that are no URL.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
}

func runConnect(arguments []string, output io.Writer) (int, error) {
	flags := flag.NewFlagSet("connect", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 500*time.Millisecond, "per address")
	udp := flags.Bool("udp", false, "send a datagram and wait for an answer")
	addresses, err := parse(flags, arguments)
	if err != nil {
		return 0, err
	}
	if len(addresses) == 0 {
		return 0, fmt.Errorf("%w: no address given: HOST:PORT, http://HOST:PORT/PATH or dns://NAME is accepted", errUsage)
	}
	for _, address := range addresses {
		switch {
		case isName(address) && (*udp || address == nameScheme):
			return 0, fmt.Errorf("%w: %q: dns://NAME is accepted, without --udp", errUsage, address)
		case isName(address), isURL(address) && !*udp:
			continue
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return 0, fmt.Errorf("%w: %w: HOST:PORT, http://HOST:PORT/PATH or dns://NAME is accepted", errUsage, err)
		}
	}
	protocol := "tcp"
	if *udp {
		protocol = "udp"
	}
	code := exitYes
	for _, result := range attemptAll(protocol, addresses, *timeout) {
		if err := line(output, result); err != nil {
			return 0, err
		}
		switch {
		case result.Verdict == failed:
			code = exitCouldNotAsk
		case result.Verdict != open && result.Verdict != resolved && code == exitYes:
			code = exitNo
		}
	}
	return code, nil
}

// More at once would run into limits on open files and make slow answers look like silence.
const concurrency = 128

// attemptAll tries all addresses and answers in their order.
func attemptAll(protocol string, addresses []string, timeout time.Duration) []attempt {
	results := make([]attempt, len(addresses))
	slots := make(chan struct{}, concurrency)
	var attempts sync.WaitGroup
	for i, address := range addresses {
		slots <- struct{}{}
		attempts.Go(func() {
			defer func() { <-slots }()
			results[i] = try(protocol, address, timeout)
		})
	}
	attempts.Wait()
	return results
}

func try(protocol, address string, timeout time.Duration) attempt {
	result := attempt{Address: address, Protocol: protocol}
	started := time.Now()
	var err error
	switch {
	case isName(address):
		result.Protocol = "dns"
		err = lookUp(strings.TrimPrefix(address, nameScheme), timeout)
	case isURL(address):
		result.Protocol = "http"
		result.Status, err = request(address, timeout)
	default:
		err = exchange(protocol, address, timeout)
	}
	result.Milliseconds = float64(time.Since(started).Microseconds()) / 1000
	result.Verdict = judge(err)
	if err == nil && result.Protocol == "dns" {
		result.Verdict = resolved
	}
	if err != nil {
		result.Error = err.Error()
	}
	return result
}

func exchange(protocol, address string, timeout time.Duration) error {
	connection, err := (&net.Dialer{Timeout: timeout}).DialContext(context.Background(), protocol, address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if protocol == "tcp" {
		return nil
	}
	// A UDP socket always "connects": only an answer, or an ICMP error to a datagram, shows anything.
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if _, err := connection.Write([]byte("probe\n")); err != nil {
		return err
	}
	_, err = connection.Read(make([]byte, 64))
	return err
}

func judge(err error) verdict {
	var name *net.DNSError
	var network net.Error
	switch {
	case err == nil:
		return open
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return unreachable
	case errors.As(err, &name):
		if name.IsNotFound {
			return unresolved
		}
		return failed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return silent
	default:
		return failed
	}
}
