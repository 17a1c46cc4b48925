package main

import (
	"net/http"
	"strings"
	"time"
)

// isURL tells addresses that want an HTTP answer from those that want a connection.
func isURL(address string) bool {
	return strings.HasPrefix(address, "http://")
}

// request asks for a page and returns the status of the answer. An open port alone does not show whether the service
// behind it would have served this client. Redirects are answers, and are not followed.
func request(address string, timeout time.Duration) (status int, err error) {
	client := http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
	}
	response, err := client.Get(address)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}
