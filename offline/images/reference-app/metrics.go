package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Upper bounds in seconds, from a local answer to a slow upstream.
var durationBounds = []float64{0.005, 0.025, 0.1, 0.5, 1, 2.5, 5}

// metrics counts requests by route and status. Routes are patterns, never paths: labels stay few.
type metrics struct {
	settings  Settings
	lock      sync.Mutex
	requests  map[series]uint64
	durations map[string]*histogram
}

type series struct {
	route  string
	status int
}

type histogram struct {
	buckets []uint64
	count   uint64
	sum     float64
}

func newMetrics(settings Settings) *metrics {
	return &metrics{settings: settings, requests: map[series]uint64{}, durations: map[string]*histogram{}}
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// measure counts and logs each request of a route. Health checks are counted but not logged.
func (m *metrics) measure(route string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next(recorder, r)
		seconds := time.Since(started).Seconds()
		m.observe(route, recorder.status, seconds)
		if route != "/healthz" {
			slog.Info("request", "route", route, "status", recorder.status, "seconds", seconds)
		}
	})
}

func (m *metrics) observe(route string, status int, seconds float64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.requests[series{route, status}]++
	durations := m.durations[route]
	if durations == nil {
		durations = &histogram{buckets: make([]uint64, len(durationBounds))}
		m.durations[route] = durations
	}
	durations.count++
	durations.sum += seconds
	for i, bound := range durationBounds {
		if seconds <= bound {
			durations.buckets[i]++
		}
	}
}

// write serves https://prometheus.io/docs/instrumenting/exposition_formats/
func (m *metrics) write(w http.ResponseWriter, _ *http.Request) {
	m.lock.Lock()
	defer m.lock.Unlock()
	var text strings.Builder
	text.WriteString("# HELP app_info Who this is.\n# TYPE app_info gauge\n")
	fmt.Fprintf(&text, "app_info{product=%q,service=%q,environment=%q} 1\n",
		m.settings.Product, m.settings.Service, m.settings.Environment)

	text.WriteString("# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n")
	lines := make([]string, 0, len(m.requests))
	for key, count := range m.requests {
		lines = append(lines, fmt.Sprintf("http_requests_total{route=%q,status=\"%d\"} %d\n", key.route, key.status, count))
	}
	slices.Sort(lines)
	text.WriteString(strings.Join(lines, ""))

	text.WriteString("# HELP http_request_duration_seconds Time to answer.\n# TYPE http_request_duration_seconds histogram\n")
	routes := make([]string, 0, len(m.durations))
	for route := range m.durations {
		routes = append(routes, route)
	}
	slices.Sort(routes)
	for _, route := range routes {
		durations := m.durations[route]
		for i, bound := range durationBounds {
			fmt.Fprintf(&text, "http_request_duration_seconds_bucket{route=%q,le=\"%g\"} %d\n", route, bound, durations.buckets[i])
		}
		fmt.Fprintf(&text, "http_request_duration_seconds_bucket{route=%q,le=\"+Inf\"} %d\n", route, durations.count)
		fmt.Fprintf(&text, "http_request_duration_seconds_sum{route=%q} %g\n", route, durations.sum)
		fmt.Fprintf(&text, "http_request_duration_seconds_count{route=%q} %d\n", route, durations.count)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	if _, err := w.Write([]byte(text.String())); err != nil {
		slog.Warn("the metrics were not sent", "error", err)
	}
}
