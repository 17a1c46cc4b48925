// Command reference-app stands in for the services of a product where their own images cannot be had: it answers on the
// ports, calls the upstreams and reads the secret files that the product declares, and reports what it saw.
//
//	GET /               who it is, the headers it got (credentials redacted); within its zones also the names of its secret files
//	GET /healthz        the process serves
//	GET /readyz         the stores it was given answer, with the credentials that are in the files now
//	GET /call/<name>    calls one upstream and says how that went
//	GET /metrics        Prometheus text format
//
// `reference-app --healthcheck` asks its own /healthz and needs no shell in the image.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
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
	if len(os.Args) > 1 {
		if os.Args[1] != "--healthcheck" {
			fmt.Fprintf(os.Stderr, "reference-app: unknown argument %q: only --healthcheck is accepted\n", os.Args[1])
			os.Exit(2)
		}
		err = probeSelf(settings.Port)
	} else {
		err = serve(settings)
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

// serve answers until SIGTERM or SIGINT, then lets requests under way finish.
func serve(settings Settings) error {
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer release()

	server := &http.Server{
		Addr:              ":" + settings.Port,
		Handler:           newHandler(settings),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       60 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("serving", "product", settings.Product, "service", settings.Service, "port", settings.Port)

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	slog.Info("stopping")
	grace, cancel := context.WithTimeout(context.Background(), settings.ShutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("requests were still running after %s: %w", settings.ShutdownGrace, err)
	}
	return nil
}

// newHandler is the whole service without its listener.
func newHandler(settings Settings) http.Handler {
	metrics := newMetrics(settings)
	mux := http.NewServeMux()
	handle := func(route string, handler http.HandlerFunc) {
		mux.Handle("GET "+route, metrics.measure(route, handler))
	}
	handle("/{$}", func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, describe(settings, r)) })
	handle("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
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
