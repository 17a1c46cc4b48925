package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const storeTimeout = 2 * time.Second

// Store is a database the service was given. Check reads the credentials afresh, so a rotated file counts at once.
type Store interface {
	Name() string
	Check(ctx context.Context) error
}

type storeState struct {
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
}

// checkStores asks all stores at once and reports whether each answered.
func checkStores(ctx context.Context, stores []Store) (states map[string]storeState, ready bool) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	states, ready = map[string]storeState{}, true
	var lock sync.Mutex
	var checks sync.WaitGroup
	for _, store := range stores {
		checks.Go(func() {
			err := store.Check(ctx)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				states[store.Name()] = storeState{Status: "ok"}
			} else {
				states[store.Name()], ready = storeState{Status: "failed", Error: err.Error()}, false
			}
		})
	}
	checks.Wait()
	return states, ready
}

// location says where a store is and which files hold the credentials: either one URL in a file (what dynamic
// credentials need, since user and password change together), or an address with a user and a password file.
type location struct {
	scheme         string
	urlFile        string
	address, path  string
	user, userFile string
	passwordFile   string
}

// locationFrom reads <prefix>_URL_FILE, or _ADDRESS, _DATABASE, _USER, _USER_FILE and _PASSWORD_FILE.
// It returns nil when the service has no such store.
func locationFrom(variable func(string) string, prefix, scheme string) *location {
	found := &location{
		scheme:       scheme,
		urlFile:      variable(prefix + "_URL_FILE"),
		address:      variable(prefix + "_ADDRESS"),
		path:         variable(prefix + "_DATABASE"),
		user:         variable(prefix + "_USER"),
		userFile:     variable(prefix + "_USER_FILE"),
		passwordFile: variable(prefix + "_PASSWORD_FILE"),
	}
	if found.urlFile == "" && found.address == "" {
		return nil
	}
	return found
}

// resolve reads the files. Its errors name files, never what is in them.
func (l location) resolve() (*url.URL, error) {
	if l.urlFile != "" {
		text, err := readSecret(l.urlFile)
		if err != nil {
			return nil, err
		}
		target, err := url.Parse(text)
		if err != nil || target.Host == "" {
			return nil, fmt.Errorf("%s holds no URL", l.urlFile)
		}
		return target, nil
	}
	target := &url.URL{Scheme: l.scheme, Host: l.address, Path: "/" + l.path}
	user, err := l.user, error(nil)
	if l.userFile != "" {
		if user, err = readSecret(l.userFile); err != nil {
			return nil, err
		}
	}
	if l.passwordFile == "" {
		if user != "" {
			target.User = url.User(user)
		}
		return target, nil
	}
	password, err := readSecret(l.passwordFile)
	if err != nil {
		return nil, err
	}
	target.User = url.UserPassword(user, password)
	return target, nil
}

func readSecret(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" {
		return "", errors.New(file + " is empty")
	}
	return secret, nil
}
