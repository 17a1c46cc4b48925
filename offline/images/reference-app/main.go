// Command reference-app stands in for the services of a product where their own images cannot be had: it answers on the
// ports, calls the upstreams and reads the secret files that the product declares, and reports what it saw.
//
//	GET /               who it is, the headers it got (credentials redacted); within its zones also the names of its secret files
//	GET /healthz        the process takes requests; 503 from SIGTERM on, while it still serves
//	GET /readyz         the stores it was given answer, with the credentials that are in the files now
//	GET /call/<name>    calls one upstream and says how that went
//	POST /echo          what it was sent
//	GET, POST /objects/<bucket>/<object>           reads, writes an object; within its zones only
//	GET /presigned/<method>/<bucket>/<object>      a URL with which others may; within its zones only
//	GET /metrics        Prometheus text format
//
// `reference-app --healthcheck` asks its own /healthz and needs no shell in the image. `reference-app --once` stands in for
// a job: it asks the stores once, says what they answered, and ends.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	settings, err := settingsFrom(os.Getenv)
	if err != nil {
		slog.Error("the settings do not hold", "error", err)
		os.Exit(2)
	}
	switch argument := strings.Join(os.Args[1:], " "); argument {
	case "":
		err = serve(settings)
	case "--healthcheck":
		err = probeSelf(settings.Port)
	case "--once":
		err = askStores(settings)
	default:
		fmt.Fprintf(os.Stderr, "reference-app: unknown argument %q: --healthcheck and --once are accepted\n", argument)
		os.Exit(2)
	}
	if err != nil {
		slog.Error("reference-app ends", "error", err)
		os.Exit(1)
	}
}

// probeSelf asks the running server in this container for /healthz.
func probeSelf(port string) error {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + net.JoinHostPort("127.0.0.1", port) + "/healthz")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("/healthz answered %s", response.Status)
	}
	return nil
}

// askStores logs in to every store once.
func askStores(settings Settings) error {
	stores, ready := checkStores(context.Background(), settings.Stores)
	slog.Info("asked the stores", "service", settings.Service, "stores", stores)
	if !ready {
		return errors.New("a store does not answer")
	}
	return nil
}

// serve answers until SIGTERM or SIGINT. Then it says that it takes no more requests, answers those that come all the same
// for as long as who sends them needs to notice (DRAIN_SECONDS), and lets requests under way finish.
func serve(settings Settings) error {
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer release()

	var draining atomic.Bool
	server := &http.Server{
		Addr:              ":" + settings.Port,
		Handler:           newHandler(settings, &draining),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		// Longer than the edge keeps a connection for its next request (90 s): who closes first may cut off a request.
		IdleTimeout: 120 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("serving", "product", settings.Product, "service", settings.Service, "port", settings.Port)

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	slog.Info("stopping", "drain", settings.Drain.String())
	draining.Store(true)
	select {
	case err := <-failed:
		return err
	case <-time.After(settings.Drain):
	}
	grace, cancel := context.WithTimeout(context.Background(), settings.ShutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("requests were still running after %s: %w", settings.ShutdownGrace, err)
	}
	return nil
}

// maximumEcho is the largest body that is sent back, in bytes.
const maximumEcho = 1 << 20

// newHandler is the whole service without its listener.
func newHandler(settings Settings, draining *atomic.Bool) http.Handler {
	metrics := newMetrics(settings)
	mux := http.NewServeMux()
	handle := func(route string, handler http.HandlerFunc) {
		mux.Handle("GET "+route, metrics.measure(route, handler))
	}
	handle("/{$}", func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, describe(settings, r)) })
	handle("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if draining.Load() {
			answer(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		} else {
			answer(w, http.StatusOK, map[string]string{"status": "ok"})
		}
	})
	handle("/readyz", func(w http.ResponseWriter, r *http.Request) {
		stores, ready := checkStores(r.Context(), settings.Stores)
		if ready {
			answer(w, http.StatusOK, stores)
		} else {
			answer(w, http.StatusServiceUnavailable, stores)
		}
	})
	handle("/call/{name}", func(w http.ResponseWriter, r *http.Request) {
		call := callUpstream(r.Context(), settings.Upstreams, r.PathValue("name"))
		answer(w, call.httpStatus(), call)
	})
	mux.Handle("POST /echo", metrics.measure("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maximumEcho))
		if err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if _, err := w.Write(body); err != nil {
			slog.Warn("the answer was not sent", "error", err)
		}
	}))
	handleObjects(settings.ObjectStore, func(pattern string, handler http.HandlerFunc) {
		_, route, _ := strings.Cut(pattern, " ")
		mux.Handle(pattern, metrics.measure(route, handler))
	})
	mux.HandleFunc("GET /metrics", metrics.write)
	return mux
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(body); err != nil {
		slog.Warn("the answer was not sent", "error", err)
	}
}
