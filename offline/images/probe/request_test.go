package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestConnectAsksURLsForTheirStatus(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		case "/host":
			if r.Host == "localhost" {
				w.WriteHeader(http.StatusTeapot)
			}
		case "/moved":
			http.Redirect(w, r, "/forbidden", http.StatusFound)
		default:
			time.Sleep(time.Second)
		}
	}))
	t.Cleanup(server.Close)
	closed := "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t))) + "/"

	_, output := probe(t, "connect", "--timeout", "200ms",
		server.URL+"/forbidden", server.URL+"/host", server.URL+"/moved", server.URL+"/slow", closed, strings.TrimPrefix(server.URL, "http://"))
	expected := []attempt{
		{Protocol: "http", Verdict: open, Status: 403},
		{Protocol: "http", Verdict: open, Status: 418},
		{Protocol: "http", Verdict: open, Status: 302},
		{Protocol: "http", Verdict: silent},
		{Protocol: "http", Verdict: refused},
		{Protocol: "tcp", Verdict: open},
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) != len(expected) {
		t.Fatalf("%d lines, expected %d: %s", len(lines), len(expected), output)
	}
	for i, line := range lines {
		var result attempt
		if err := json.Unmarshal([]byte(line), &result); err != nil {
			t.Fatal(err)
		}
		found := attempt{Protocol: result.Protocol, Verdict: result.Verdict, Status: result.Status}
		if found != expected[i] {
			t.Errorf("%s: %+v, expected %+v", result.Address, found, expected[i])
		}
	}
}
