package main

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Settings is everything the service takes from its environment. Credentials are never in it, only the files they are in.
type Settings struct {
	Product, Service, Environment string
	Port                          string
	SecretsFolder                 string
	// How long it answers after it was asked to stop, before it stops listening.
	Drain         time.Duration
	ShutdownGrace time.Duration
	Upstreams     map[string]*url.URL
	Stores        []Store
	// Missing when the service has no object store.
	ObjectStore *objectStore
}

// settingsFrom reads the environment and reports every problem at once.
func settingsFrom(variable func(string) string) (Settings, error) {
	or := func(name, fallback string) string {
		if value := variable(name); value != "" {
			return value
		}
		return fallback
	}
	settings := Settings{
		Product:       or("PRODUCT", "unknown"),
		Service:       or("SERVICE", "reference-app"),
		Environment:   or("ENVIRONMENT", "unknown"),
		Port:          or("PORT", "8080"),
		SecretsFolder: or("SECRETS_DIR", "/run/secrets"),
	}

	var problems []error
	if port, err := strconv.Atoi(settings.Port); err != nil || port < 1 || port > 65535 {
		problems = append(problems, fmt.Errorf("PORT is %q: a number from 1 to 65535 is accepted", settings.Port))
	}
	grace, err := time.ParseDuration(or("SHUTDOWN_GRACE", "10s"))
	if err != nil {
		problems = append(problems, fmt.Errorf("SHUTDOWN_GRACE: %w", err))
	}
	settings.ShutdownGrace = grace
	seconds, err := strconv.ParseUint(or("DRAIN_SECONDS", "0"), 10, 16)
	if err != nil {
		problems = append(problems, fmt.Errorf("DRAIN_SECONDS is %q: whole seconds are accepted", variable("DRAIN_SECONDS")))
	}
	settings.Drain = time.Duration(seconds) * time.Second
	if settings.Upstreams, err = parseUpstreams(variable("UPSTREAMS")); err != nil {
		problems = append(problems, err)
	}
	if store := postgresFrom(variable); store != nil {
		settings.Stores = append(settings.Stores, store)
	}
	if store := redisFrom(variable); store != nil {
		settings.Stores = append(settings.Stores, store)
	}
	if settings.ObjectStore, err = objectStoreFrom(variable); err != nil {
		problems = append(problems, err)
	} else if settings.ObjectStore != nil {
		settings.Stores = append(settings.Stores, settings.ObjectStore)
	}
	return settings, errors.Join(problems...)
}

// parseUpstreams reads `name=url,name=url`; a URL is http, https or tcp.
func parseUpstreams(list string) (map[string]*url.URL, error) {
	upstreams := map[string]*url.URL{}
	var problems []error
	for entry := range strings.SplitSeq(list, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		name, address, _ := strings.Cut(entry, "=")
		target, err := url.Parse(address)
		switch {
		case err != nil || name == "" || target.Host == "":
			problems = append(problems, fmt.Errorf("UPSTREAMS has %q: name=url is accepted", entry))
		case target.Scheme != "http" && target.Scheme != "https" && target.Scheme != "tcp":
			problems = append(problems, fmt.Errorf("UPSTREAMS has %q: http, https and tcp are accepted", entry))
		case upstreams[name] != nil:
			problems = append(problems, fmt.Errorf("UPSTREAMS names %q twice", name))
		default:
			upstreams[name] = target
		}
	}
	return upstreams, errors.Join(problems...)
}
