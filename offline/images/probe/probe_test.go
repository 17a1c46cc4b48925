package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
)

func probe(t *testing.T, arguments ...string) (code int, output string) {
	t.Helper()
	var answers, problems bytes.Buffer
	code = run(arguments, &answers, &problems)
	return code, answers.String() + problems.String()
}

// freePort returns a port that nothing listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// startListener runs `listen` on a port and returns once it is bound.
func startListener(t *testing.T, port int) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	bound := make(signalOnWrite, 1)
	go func() { _ = listen(ctx, []int{port}, bound) }()
	<-bound
}

type signalOnWrite chan struct{}

func (s signalOnWrite) Write(text []byte) (int, error) {
	s <- struct{}{}
	return len(text), nil
}

func TestConnectTellsOpenFromRefused(t *testing.T) {
	port := freePort(t)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for _, protocol := range []string{"--udp=false", "--udp=true"} {
		if code, output := probe(t, "connect", protocol, address); code != exitNo || !strings.Contains(output, `"refused"`) {
			t.Errorf("closed, %s: exit %d, %s", protocol, code, output)
		}
	}
	startListener(t, port)
	for _, protocol := range []string{"--udp=false", "--udp=true"} {
		if code, output := probe(t, "connect", address, protocol); code != exitYes || !strings.Contains(output, `"open"`) {
			t.Errorf("listening, %s: exit %d, %s", protocol, code, output)
		}
	}
}

func TestAQuestionThatCannotBeAskedIsNeverANo(t *testing.T) {
	for _, arguments := range [][]string{
		{}, {"knock"}, {"connect"}, {"connect", "127.0.0.1"}, {"connect", "--timeout", "soon", "127.0.0.1:1"}, {"connect", "--udp", "http://127.0.0.1:1/"},
		{"scan", "127.0.0.1"}, {"scan", "localhost", "80"}, {"scan", "10.0.0.0/8", "80"}, {"scan", "127.0.0.1", "0"},
		{"scan", "127.0.0.1", "90-80"}, {"listen"}, {"dns"}, {"dns", "--server", "127.0.0.1", "x"},
		{"dns", "--server", "127.0.0.1:1", "--timeout", "300ms", "name.invalid."},
	} {
		if code, output := probe(t, arguments...); code != exitCouldNotAsk {
			t.Errorf("%v: exit %d, %s", arguments, code, output)
		}
	}
}

func TestScanReportsWhatAnswers(t *testing.T) {
	port := freePort(t)
	startListener(t, port)
	code, output := probe(t, "scan", "127.0.0.1,127.0.0.2/31", strconv.Itoa(port)+",1")
	var result report
	if err := json.Unmarshal([]byte(output), &result); err != nil {
		t.Fatal(err)
	}
	if code != exitNo || result.Attempts != 6 || result.Verdicts[open] != 3 || result.Verdicts[refused] != 3 {
		t.Errorf("exit %d, %s", code, output)
	}
}

func TestConnectTellsANameServersAnswerFromNone(t *testing.T) {
	code, output := probe(t, "connect", "--timeout", "1s", "dns://localhost")
	if code != exitYes || !strings.Contains(output, `"resolved"`) || !strings.Contains(output, `"dns"`) {
		t.Errorf("a name of this machine: exit %d, %s", code, output)
	}
	if code, output := probe(t, "connect", "dns://"); code != exitCouldNotAsk {
		t.Errorf("no name: exit %d, %s", code, output)
	}
	if code, output := probe(t, "connect", "--udp", "dns://localhost"); code != exitCouldNotAsk {
		t.Errorf("a datagram to a name: exit %d, %s", code, output)
	}
}
