package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	// maximumObject is the largest object that is read or written, in bytes.
	maximumObject = 1 << 20
	// presignedFor is the life of a presigned URL in seconds.
	presignedFor = "300"
	s3Time       = "20060102T150405Z"
)

// unsigned stands for the hash of a body that the signature does not cover.
const unsigned = "UNSIGNED-PAYLOAD"

// objectStore is a server with S3's interface, as the variables of AWS' SDKs describe it: https://docs.aws.amazon.com/sdkref/
// Buckets go by their names in the product: S3_BUCKET_UPLOADS has the name on the server, S3_PUBLIC_URL_UPLOADS the address
// for presigned URLs.
type objectStore struct {
	endpoint        *url.URL
	region          string
	credentialsFile string
	variable        func(string) string
	now             func() time.Time
}

// objectStoreFrom reads AWS_ENDPOINT_URL_S3, AWS_REGION and AWS_SHARED_CREDENTIALS_FILE. It returns nil when the service has
// no such store.
func objectStoreFrom(variable func(string) string) (*objectStore, error) {
	address, file := variable("AWS_ENDPOINT_URL_S3"), variable("AWS_SHARED_CREDENTIALS_FILE")
	if address == "" || file == "" {
		return nil, nil
	}
	endpoint, err := url.Parse(address)
	if err != nil || endpoint.Host == "" {
		return nil, fmt.Errorf("AWS_ENDPOINT_URL_S3 is %q: a URL is accepted", address)
	}
	return &objectStore{endpoint, variable("AWS_REGION"), file, variable, time.Now}, nil
}

func (objectStore) Name() string { return "object-store" }

// Check lists the key's own buckets: the server answers that to every key that it knows, and to no other.
func (s objectStore) Check(ctx context.Context) error {
	status, body, err := s.send(ctx, http.MethodGet, "/", nil)
	if err == nil && status != http.StatusOK {
		return fmt.Errorf("the object store answered %d: %s", status, codeIn(body))
	}
	return err
}

// codeIn returns the code of an error of S3; the rest of the error may quote the request.
func codeIn(answer []byte) string {
	_, rest, _ := strings.Cut(string(answer), "<Code>")
	code, _, _ := strings.Cut(rest, "</Code>")
	return code
}

// send asks the server. @param path - with the bucket's name on the server
func (s objectStore) send(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, at(s.endpoint, path).String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	key, secret, err := s.key()
	if err != nil {
		return 0, nil, err
	}
	now := s.now().UTC()
	hash := hexHash(body)
	request.Header.Set("X-Amz-Date", now.Format(s3Time))
	request.Header.Set("X-Amz-Content-Sha256", hash)
	names := "host;x-amz-content-sha256;x-amz-date"
	headers := fmt.Sprintf("host:%s\nx-amz-content-sha256:%s\nx-amz-date:%s\n", request.URL.Host, hash, now.Format(s3Time))
	canonical := strings.Join([]string{method, request.URL.EscapedPath(), "", headers, names, hash}, "\n")
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s",
		key, s.scope(now), names, s.signature(secret, now, canonical)))
	response, err := upstreamClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maximumObject))
	return response.StatusCode, answer, err
}

// presign returns a URL with which anybody may do one thing with one object for a while. The signature covers the public host.
func (s objectStore) presign(method, bucket, object string) (string, error) {
	name, public := s.variable("S3_BUCKET_"+settingEnd(bucket)), s.variable("S3_PUBLIC_URL_"+settingEnd(bucket))
	if name == "" || public == "" {
		return "", fmt.Errorf("S3_BUCKET_%[1]s or S3_PUBLIC_URL_%[1]s is missing", settingEnd(bucket))
	}
	address, err := url.Parse(public)
	if err != nil {
		return "", err
	}
	key, secret, err := s.key()
	if err != nil {
		return "", err
	}
	address = at(address, "/"+name+"/"+object)
	now := s.now().UTC()
	query := url.Values{
		"X-Amz-Algorithm":     {"AWS4-HMAC-SHA256"},
		"X-Amz-Credential":    {key + "/" + s.scope(now)},
		"X-Amz-Date":          {now.Format(s3Time)},
		"X-Amz-Expires":       {presignedFor},
		"X-Amz-SignedHeaders": {"host"},
	}.Encode() // sorted, and no value has a space
	canonical := strings.Join([]string{method, address.EscapedPath(), query, "host:" + address.Host + "\n", "host", unsigned}, "\n")
	address.RawQuery = query + "&X-Amz-Signature=" + s.signature(secret, now, canonical)
	return address.String(), nil
}

// at returns the address of a path on a server. S3 signs paths in which everything but letters, digits and -._~/ is escaped.
func at(server *url.URL, path string) *url.URL {
	escaped := strings.Split(path, "/")
	for i, part := range escaped {
		escaped[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	address := *server
	address.Path, address.RawPath = path, strings.Join(escaped, "/")
	return &address
}

// path returns the path of an object for send.
func (s objectStore) path(bucket, object string) (string, error) {
	name := s.variable("S3_BUCKET_" + settingEnd(bucket))
	if name == "" {
		return "", fmt.Errorf("S3_BUCKET_%s is missing", settingEnd(bucket))
	}
	return "/" + name + "/" + object, nil
}

func settingEnd(bucket string) string {
	return strings.ToUpper(strings.ReplaceAll(bucket, "-", "_"))
}

func (s objectStore) scope(now time.Time) string {
	return now.Format("20060102") + "/" + s.region + "/s3/aws4_request"
}

// signature is that of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
func (s objectStore) signature(secret string, now time.Time, canonical string) string {
	scope := s.scope(now)
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	text := strings.Join([]string{"AWS4-HMAC-SHA256", now.Format(s3Time), scope, hexHash([]byte(canonical))}, "\n")
	return hex.EncodeToString(mac(key, text))
}

func hexHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	code := hmac.New(sha256.New, key)
	code.Write([]byte(text))
	return code.Sum(nil)
}

// key reads the access key and its secret afresh, so a rotated file counts at once.
func (s objectStore) key() (access, secret string, err error) {
	content, err := os.ReadFile(s.credentialsFile)
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(string(content)) {
		name, value, _ := strings.Cut(line, "=")
		switch strings.TrimSpace(name) {
		case "aws_access_key_id":
			access = strings.TrimSpace(value)
		case "aws_secret_access_key":
			secret = strings.TrimSpace(value)
		}
	}
	if access == "" || secret == "" {
		return "", "", errors.New(s.credentialsFile + " holds no access key")
	}
	return access, secret, nil
}

// handleObjects serves the store's objects within the product's zones: outside, they are for presigned URLs only.
func handleObjects(store *objectStore, handle func(pattern string, handler http.HandlerFunc)) {
	inside := func(next func(w http.ResponseWriter, r *http.Request, bucket, object string) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if throughEdge(r) {
				answer(w, http.StatusForbidden, map[string]string{"error": "only within the product's zones"})
			} else if store == nil {
				answer(w, http.StatusNotFound, map[string]string{"error": "no object store"})
			} else if err := next(w, r, r.PathValue("bucket"), r.PathValue("object")); err != nil {
				answer(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
			}
		}
	}
	object := inside(func(w http.ResponseWriter, r *http.Request, bucket, object string) error {
		path, err := store.path(bucket, object)
		if err != nil {
			return err
		}
		// POST becomes PUT: every client has a way to send the former.
		method := map[string]string{http.MethodGet: http.MethodGet, http.MethodPost: http.MethodPut}[r.Method]
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maximumObject))
		if err != nil {
			return err
		}
		status, content, err := store.send(r.Context(), method, path, body)
		if err == nil {
			w.WriteHeader(status)
			_, err = w.Write(content)
		}
		return err
	})
	handle("GET /objects/{bucket}/{object...}", object)
	handle("POST /objects/{bucket}/{object...}", object)
	handle("GET /presigned/{method}/{bucket}/{object...}", inside(func(w http.ResponseWriter, r *http.Request, bucket, object string) error {
		address, err := store.presign(strings.ToUpper(r.PathValue("method")), bucket, object)
		if err == nil {
			answer(w, http.StatusOK, map[string]string{"url": address})
		}
		return err
	}))
}
