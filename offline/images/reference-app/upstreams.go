package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	callTimeout   = 5 * time.Second
	maximumAnswer = 64 << 10 // bytes
)

// upstreamClient neither follows redirects nor keeps connections: each call shows what the network allows now.
var upstreamClient = http.Client{
	Timeout:       callTimeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
}

type call struct {
	Upstream     string  `json:"upstream"`
	Reached      bool    `json:"reached"`
	Status       int     `json:"status,omitempty"`
	Milliseconds float64 `json:"milliseconds"`
	Body         string  `json:"body,omitempty"`
	Error        string  `json:"error,omitempty"`

	unknown, timedOut bool
}

func (c call) httpStatus() int {
	switch {
	case c.unknown:
		return http.StatusNotFound
	case c.timedOut:
		return http.StatusGatewayTimeout
	case !c.Reached:
		return http.StatusBadGateway
	default:
		return http.StatusOK
	}
}

func callUpstream(ctx context.Context, upstreams map[string]*url.URL, name string) call {
	target, known := upstreams[name]
	if !known {
		return call{Upstream: name, unknown: true, Error: "no upstream of this name is declared in UPSTREAMS"}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	started := time.Now()
	result := call{Upstream: name}
	var err error
	if target.Scheme == "tcp" {
		err = dial(ctx, target.Host)
	} else {
		result.Status, result.Body, err = get(ctx, target.String())
	}
	result.Milliseconds = float64(time.Since(started).Microseconds()) / 1000
	result.Reached = err == nil
	if err != nil {
		var network net.Error
		result.timedOut = errors.As(err, &network) && network.Timeout()
		result.Error = err.Error()
	}
	return result
}

func dial(ctx context.Context, address string) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err == nil {
		connection.Close()
	}
	return err
}

func get(ctx context.Context, address string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := upstreamClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, maximumAnswer))
	return response.StatusCode, string(content), err
}
