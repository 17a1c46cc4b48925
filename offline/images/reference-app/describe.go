package main

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

type description struct {
	Product     string            `json:"product"`
	Service     string            `json:"service"`
	Environment string            `json:"environment"`
	Host        string            `json:"host"`
	Client      string            `json:"client"`
	Headers     map[string]string `json:"headers"`
	Upstreams   []string          `json:"upstreams"`
	// Missing for requests from outside: which secrets a service has is nobody's business there.
	Secrets []secretFile `json:"secrets,omitempty"`
}

// secretFile says that a secret is there and when it was written, so that a rotation can be seen; never what it is.
type secretFile struct {
	Name     string    `json:"name"`
	Modified time.Time `json:"modified"`
}

func describe(settings Settings, r *http.Request) description {
	host, _ := os.Hostname()
	upstreams := make([]string, 0, len(settings.Upstreams))
	for name := range settings.Upstreams {
		upstreams = append(upstreams, name)
	}
	slices.Sort(upstreams)
	secrets := secretFiles(settings.SecretsFolder)
	if throughEdge(r) {
		secrets = nil
	}
	return description{
		Product:     settings.Product,
		Service:     settings.Service,
		Environment: settings.Environment,
		Host:        host,
		Client:      r.RemoteAddr,
		Headers:     visibleHeaders(r),
		Upstreams:   upstreams,
		Secrets:     secrets,
	}
}

// throughEdge says whether a request comes from outside: the edge sets X-Forwarded-Host on every request and removes a visitor's own.
func throughEdge(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-Host") != ""
}

// visibleHeaders returns what the edge and the callers sent, with everything that may authenticate someone redacted.
func visibleHeaders(r *http.Request) map[string]string {
	headers := map[string]string{"Host": r.Host}
	for name, values := range r.Header {
		if isCredential(name) {
			headers[name] = "[redacted]"
		} else {
			headers[name] = strings.Join(values, ", ")
		}
	}
	return headers
}

func isCredential(header string) bool {
	header = strings.ToLower(header)
	for _, part := range []string{"auth", "cookie", "token", "secret", "password", "credential", "session", "signature", "-key", "jwt", "cert"} {
		if strings.Contains(header, part) && header != "x-auth-request-user" && header != "x-auth-request-email" {
			return true
		}
	}
	return false
}

func secretFiles(folder string) []secretFile {
	files := []secretFile{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return files
	}
	for _, entry := range entries {
		// Stat and not Info: a Vault agent may hand out symbolic links.
		if info, err := os.Stat(folder + "/" + entry.Name()); err == nil && info.Mode().IsRegular() {
			files = append(files, secretFile{Name: entry.Name(), Modified: info.ModTime().UTC()})
		}
	}
	return files
}
