package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func request(t *testing.T, settings Settings, path string, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	newHandler(settings, new(atomic.Bool)).ServeHTTP(recorder, r)
	return recorder
}

func TestCredentialsAreRedactedAndRoutingHeadersAreShown(t *testing.T) {
	answer := request(t, Settings{}, "/", map[string]string{
		"Authorization": "Bearer s3cret", "Cookie": "s3cret", "X-Vault-Token": "s3cret", "X-Api-Key": "s3cret",
		"X-Auth-Request-Access-Token": "s3cret", "X-Forwarded-For": "192.0.2.1", "X-Auth-Request-User": "ada",
	})
	if strings.Contains(answer.Body.String(), "s3cret") {
		t.Fatalf("a credential is in the answer:\n%s", answer.Body)
	}
	var seen description
	if err := json.Unmarshal(answer.Body.Bytes(), &seen); err != nil {
		t.Fatal(err)
	}
	if seen.Headers["X-Forwarded-For"] != "192.0.2.1" || seen.Headers["X-Auth-Request-User"] != "ada" {
		t.Fatalf("headers of the edge are missing: %v", seen.Headers)
	}
}

func TestSecretFilesAreNamedAndNotQuoted(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "redis-password"), []byte("s3cret"), 0o400); err != nil {
		t.Fatal(err)
	}
	body := request(t, Settings{SecretsFolder: folder}, "/", nil).Body.String()
	if !strings.Contains(body, "redis-password") || strings.Contains(body, "s3cret") {
		t.Fatalf("unexpected answer:\n%s", body)
	}
}

func TestSecretFilesAreNotNamedToTheOutside(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "redis-password"), []byte("s3cret"), 0o400); err != nil {
		t.Fatal(err)
	}
	body := request(t, Settings{SecretsFolder: folder}, "/", map[string]string{"X-Forwarded-Host": "shop.example.com"}).Body.String()
	if strings.Contains(body, "redis-password") || strings.Contains(body, "secrets") {
		t.Fatalf("unexpected answer:\n%s", body)
	}
}

func TestSettingsReportEveryProblemAtOnce(t *testing.T) {
	_, err := settingsFrom(environment(map[string]string{"PORT": "0", "UPSTREAMS": "a=ftp://x,b", "SHUTDOWN_GRACE": "soon", "DRAIN_SECONDS": "-1"}))
	for _, part := range []string{"PORT", "ftp://x", `"b"`, "SHUTDOWN_GRACE", "DRAIN_SECONDS"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s is not reported: %v", part, err)
		}
	}
}

func TestCallsSayHowTheyWent(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	address := strings.TrimPrefix(upstream.URL, "http://")
	settings, err := settingsFrom(environment(map[string]string{
		"UPSTREAMS": "web=" + upstream.URL + ", socket=tcp://" + address + ", gone=tcp://127.0.0.1:1",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{
		"/call/web": http.StatusOK, "/call/socket": http.StatusOK,
		"/call/gone": http.StatusBadGateway, "/call/undeclared": http.StatusNotFound,
	} {
		if got := request(t, settings, path, nil).Code; got != status {
			t.Errorf("%s answered %d, not %d", path, got, status)
		}
	}
}

func TestReadinessFailsWithoutItsSecretAndQuotesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("postgres://app:s3cret@[broken/db"), 0o400); err != nil {
		t.Fatal(err)
	}
	for _, values := range []map[string]string{
		{"POSTGRES_URL_FILE": file},
		{"POSTGRES_URL_FILE": file + "-missing"},
		{"REDIS_ADDRESS": "127.0.0.1:1", "REDIS_PASSWORD_FILE": file},
	} {
		settings, err := settingsFrom(environment(values))
		if err != nil {
			t.Fatal(err)
		}
		answer := request(t, settings, "/readyz", nil)
		if answer.Code != http.StatusServiceUnavailable || strings.Contains(answer.Body.String(), "s3cret") {
			t.Errorf("%v: %d\n%s", values, answer.Code, answer.Body)
		}
	}
}

func TestMetricsCountByRouteAndStatus(t *testing.T) {
	handler := newHandler(Settings{Product: "psra", Service: "api"}, new(atomic.Bool))
	for _, path := range []string{"/healthz", "/healthz", "/call/none", "/metrics"} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if path != "/metrics" {
			continue
		}
		for _, line := range []string{
			`app_info{product="psra",service="api",environment=""} 1`,
			`http_requests_total{route="/healthz",status="200"} 2`,
			`http_requests_total{route="/call/{name}",status="404"} 1`,
			`http_request_duration_seconds_count{route="/healthz"} 2`,
		} {
			if !strings.Contains(recorder.Body.String(), line) {
				t.Errorf("%q is missing in\n%s", line, recorder.Body)
			}
		}
	}
}

func TestHealthFailsWhileItDrainsAndRequestsAreAnswered(t *testing.T) {
	var draining atomic.Bool
	handler := newHandler(Settings{}, &draining)
	status := func(method, path, body string) int {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
		return recorder.Code
	}
	if got := status(http.MethodGet, "/healthz", ""); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	draining.Store(true)
	if got := status(http.MethodGet, "/healthz", ""); got != http.StatusServiceUnavailable {
		t.Errorf("while it drains, /healthz answered %d", got)
	}
	if get, post := status(http.MethodGet, "/", ""), status(http.MethodPost, "/echo", "x"); get != http.StatusOK || post != http.StatusOK {
		t.Errorf("while it drains, requests got %d and %d", get, post)
	}
}

func TestEchoSendsBackWhatItGotUpToItsLimit(t *testing.T) {
	for size, status := range map[int]int{5: http.StatusOK, maximumEcho + 1: http.StatusBadRequest} {
		recorder := httptest.NewRecorder()
		body := strings.Repeat("x", size)
		newHandler(Settings{}, new(atomic.Bool)).ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/echo", strings.NewReader(body)))
		if recorder.Code != status || (status == http.StatusOK && recorder.Body.String() != body) {
			t.Errorf("%d bytes: %d, %d bytes back", size, recorder.Code, recorder.Body.Len())
		}
	}
}

type storeThat struct{ err error }

func (s storeThat) Name() string                { return "store" }
func (s storeThat) Check(context.Context) error { return s.err }

func TestAJobEndsWellOnlyWhenEveryStoreAnswers(t *testing.T) {
	answers, silent := storeThat{}, storeThat{errors.New("no answer")}
	if err := askStores(Settings{Stores: []Store{answers}}); err != nil {
		t.Errorf("every store answers: %v", err)
	}
	if askStores(Settings{Stores: []Store{answers, silent}}) == nil {
		t.Error("a store that does not answer is no success")
	}
}
