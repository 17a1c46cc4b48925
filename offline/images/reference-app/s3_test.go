package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func storeFor(t *testing.T, values map[string]string) *objectStore {
	t.Helper()
	file := filepath.Join(t.TempDir(), "object-store")
	text := "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
	if err := os.WriteFile(file, []byte(text), 0o400); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"AWS_REGION": "us-east-1", "AWS_SHARED_CREDENTIALS_FILE": file}
	for name, value := range values {
		all[name] = value
	}
	store, err := objectStoreFrom(environment(all))
	if err != nil {
		t.Fatal(err)
	}
	store.now = func() time.Time { return time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC) }
	return store
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html signs the same request for a day.
func TestPresignedURLsAreThoseOfTheDocumentation(t *testing.T) {
	canonical := "GET\n/test.txt\nX-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\nhost:examplebucket.s3.amazonaws.com\n\nhost\nUNSIGNED-PAYLOAD"
	store := storeFor(t, map[string]string{"AWS_ENDPOINT_URL_S3": "http://files:7070"})
	_, secret, err := store.key()
	if err != nil {
		t.Fatal(err)
	}
	const wanted = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	if signature := store.signature(secret, store.now(), canonical); signature != wanted {
		t.Fatalf("signed %s", signature)
	}
}

func TestAPresignedURLIsForThePublicHostAndTheBucketOnTheServer(t *testing.T) {
	store := storeFor(t, map[string]string{
		"AWS_ENDPOINT_URL_S3": "http://files:7070", "S3_BUCKET_MONTH_ENDS": "shop-month-ends-local",
		"S3_PUBLIC_URL_MONTH_ENDS": "https://files.shop.example.com:8443", "S3_BUCKET_INNER": "shop-inner-local",
	})
	address, err := store.presign(http.MethodPut, "month-ends", "2026/a b#1+2%.csv")
	if err != nil {
		t.Fatal(err)
	}
	seen, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Host != "files.shop.example.com:8443" || seen.EscapedPath() != "/shop-month-ends-local/2026/a%20b%231%2B2%25.csv" {
		t.Fatalf("the address is %s", address)
	}
	if len(seen.Query().Get("X-Amz-Signature")) != 64 || strings.Contains(address, "bPxRfiCY") {
		t.Fatalf("the address is %s", address)
	}
	for _, bucket := range []string{"inner", "other"} {
		if _, err := store.presign(http.MethodGet, bucket, "x"); err == nil {
			t.Errorf("%s was presigned", bucket)
		}
	}
}

func TestObjectsGoToTheStoreAndNotToTheOutside(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.EscapedPath())
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/") {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer server.Close()
	store := storeFor(t, map[string]string{"AWS_ENDPOINT_URL_S3": server.URL, "S3_BUCKET_UPLOADS": "shop-uploads-local"})
	settings := Settings{ObjectStore: store}
	if answer := request(t, settings, "/objects/uploads/a/b.txt", nil); answer.Code != http.StatusOK {
		t.Errorf("inside: %d %s", answer.Code, answer.Body)
	}
	outside := map[string]string{"X-Forwarded-Host": "shop.example.com"}
	for _, path := range []string{"/objects/uploads/a", "/presigned/get/uploads/a"} {
		if answer := request(t, settings, path, outside); answer.Code != http.StatusForbidden {
			t.Errorf("outside, %s: %d", path, answer.Code)
		}
		if answer := request(t, Settings{}, path, nil); answer.Code != http.StatusNotFound {
			t.Errorf("without a store, %s: %d", path, answer.Code)
		}
	}
	if len(asked) != 1 || asked[0] != "GET /shop-uploads-local/a/b.txt" {
		t.Errorf("the store was asked %v", asked)
	}
}

func TestAStoreThatRefusesTheKeyMakesTheServiceUnready(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<Error><Code>InvalidAccessKeyId</Code><Message>s3cret</Message></Error>", http.StatusForbidden)
	}))
	defer server.Close()
	store := storeFor(t, map[string]string{"AWS_ENDPOINT_URL_S3": server.URL})
	answer := request(t, Settings{Stores: []Store{store}}, "/readyz", nil)
	body := answer.Body.String()
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(body, "InvalidAccessKeyId") || strings.Contains(body, "s3cret") {
		t.Errorf("%d\n%s", answer.Code, body)
	}
}
