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

// hostName is what an attacker in a zone would write: the edge's management pages answer to this name and to few others.
const hostName = "localhost"

// request asks for a page and returns the status of the answer. An open port alone does not show whether the service
// behind it would have served this client. Redirects are answers, and are not followed.
func request(address string, timeout time.Duration) (status int, err error) {
	client := http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
	}
	question, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	question.Host = hostName
	response, err := client.Do(question)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}
