package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// More addresses than this is a mistake in the arguments, not a scan of a few zones.
const maximumAttempts = 1 << 20

type report struct {
	Attempts int             `json:"attempts"`
	Verdicts map[verdict]int `json:"verdicts"`
	// What answered: open and refused; with --all everything.
	Found []attempt `json:"found"`
}

func runScan(arguments []string, output io.Writer) (int, error) {
	flags := flag.NewFlagSet("scan", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 500*time.Millisecond, "per address")
	all := flags.Bool("all", false, "report what did not answer too")
	positional, err := parse(flags, arguments)
	if err != nil {
		return 0, err
	}
	if len(positional) != 2 {
		return 0, fmt.Errorf("%w: TARGETS and PORTS are accepted, such as 172.20.0.0/24,172.21.0.9 1-1024,5432", errUsage)
	}
	addresses, err := addressesOf(positional[0], positional[1])
	if err != nil {
		return 0, err
	}
	result := report{Attempts: len(addresses), Verdicts: map[verdict]int{}, Found: []attempt{}}
	for _, attempt := range attemptAll("tcp", addresses, *timeout) {
		result.Verdicts[attempt.Verdict]++
		if *all || attempt.Verdict == open || attempt.Verdict == refused {
			result.Found = append(result.Found, attempt)
		}
	}
	if err := line(output, result); err != nil {
		return 0, err
	}
	switch {
	case result.Verdicts[failed] > 0:
		return exitCouldNotAsk, nil
	case result.Verdicts[open] < result.Attempts:
		return exitNo, nil
	default:
		return exitYes, nil
	}
}

// addressesOf is every target with every port.
func addressesOf(targetList, portList string) ([]string, error) {
	prefixes, err := prefixesOf(targetList)
	if err != nil {
		return nil, err
	}
	ports, err := portsOf(portList)
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, prefix := range prefixes {
		for host := prefix.Addr(); prefix.Contains(host); host = host.Next() {
			if len(addresses)+len(ports) > maximumAttempts {
				return nil, fmt.Errorf("%w: more than %d addresses", errUsage, maximumAttempts)
			}
			for _, port := range ports {
				addresses = append(addresses, net.JoinHostPort(host.String(), strconv.Itoa(port)))
			}
		}
	}
	return addresses, nil
}

func prefixesOf(list string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for target := range strings.SplitSeq(list, ",") {
		if host, err := netip.ParseAddr(target); err == nil {
			prefixes = append(prefixes, netip.PrefixFrom(host, host.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(target)
		if err != nil {
			return nil, fmt.Errorf("%w: target %q: an IP address or a CIDR range is accepted", errUsage, target)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

func portsOf(list string) ([]int, error) {
	var ports []int
	for entry := range strings.SplitSeq(list, ",") {
		lowText, highText, isRange := strings.Cut(entry, "-")
		if !isRange {
			highText = lowText
		}
		low, lowErr := strconv.ParseUint(lowText, 10, 16)
		high, highErr := strconv.ParseUint(highText, 10, 16)
		if lowErr != nil || highErr != nil || low == 0 || low > high {
			return nil, fmt.Errorf("%w: port %q: a number or a range from 1 to 65535 is accepted", errUsage, entry)
		}
		for port := low; port <= high; port++ {
			ports = append(ports, int(port))
		}
	}
	return ports, nil
}
