// Package e2e gives a test the whole product in a browser: a local Cognito, the demo site and a tab,
// each its own, so that tests neither see nor disturb each other.
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
//	func TestSignIn(t *testing.T) {
//		e := e2e.Start(t)
//		e.Tab.Open(e.Origin)
//		...
//	}
package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/site"
)

// Env is what one test works with. Everything ends with the test.
type Env struct {
	Administrator
	Cognito *emulator.Server // its clock, faults, outbox and calls are this test's own
	Site    *site.Site
	Origin  string       // of the site: http://localhost:PORT, another origin than Cognito's
	Tab     *browser.Tab // empty storage, nothing opened yet

	t       browser.T
	cognito *listening
	policy  string // of the pages that App makes; the site's own if empty
}

var parallel sync.Map // the tests that have called t.Parallel

// Start starts a seeded local Cognito and the demo site on free ports, and opens a tab. A test that is no subtest runs in
// parallel with others from here on; one that starts them in its subtests calls t.Parallel itself.
func Start(t browser.T) *Env {
	t.Helper()
	if p, ok := t.(interface{ Parallel() }); ok && !strings.Contains(t.Name(), "/") {
		if _, again := parallel.LoadOrStore(t, true); !again {
			p.Parallel()
		}
	}
	e := &Env{t: t}
	root, err := Root()
	if err != nil {
		t.Fatalf("e2e: %v", err)
	}
	dist := Dist(root)
	if _, err := os.Stat(filepath.Join(dist, "amplify-auth.js")); err != nil {
		t.Fatalf("e2e: %s is not built: run make build first", dist)
	}
	siteListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("e2e: %v", err)
	}
	// The site is asked for by name: passkeys need a domain, and the two origins differ in more than the port.
	e.Origin = strings.Replace("http://"+siteListener.Addr().String(), "127.0.0.1", "localhost", 1)
	cognitoListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("e2e: %v", err)
	}
	cognitoURL := "http://" + cognitoListener.Addr().String()

	var over atomic.Bool // a test that is over must not be logged to
	t.Cleanup(func() { over.Store(true) })
	e.Cognito = emulator.New(emulator.Options{BaseURL: cognitoURL, CallbackOrigin: e.Origin, Limits: emulator.Limits{Lockout: true}, Logf: func(format string, args ...any) {
		if !over.Load() {
			t.Logf(format, args...)
		}
	}})
	e.Administrator = Administer(t, e.Cognito)
	if err := e.Cognito.Seed(); err != nil {
		t.Fatalf("e2e: seed the local Cognito: %v", err)
	}
	e.Site = site.New(site.Options{Root: root, Dist: dist, Origin: e.Origin, Cognito: SeededCognito(cognitoURL), SignedBy: e.Cognito.SignedBy})
	serve(t, siteListener, e.Site)
	e.cognito = serve(t, cognitoListener, e.Cognito)
	e.Tab = browser.NewTab(t)
	return e
}

// SeededCognito is what the site's configuration files say of a seeded local Cognito.
func SeededCognito(url string) site.Cognito {
	return site.Cognito{
		URL:            url,
		UserPoolID:     emulator.SeedPoolID,
		ClientID:       emulator.SeedClientID,
		IdentityPoolID: "us-east-1:00000000-0000-4000-8000-000000000001",
	}
}

// StopCognito makes the local Cognito unreachable, as a server that is down; its state stays.
func (e *Env) StopCognito() { e.cognito.stop() }

// StartCognito makes it reachable again, at the same address.
func (e *Env) StartCognito() {
	e.t.Helper()
	listener, err := net.Listen("tcp", e.cognito.addr)
	if err != nil {
		e.t.Fatalf("e2e: %v", err)
	}
	e.cognito = serve(e.t, listener, e.Cognito)
}

// listening is a server and its address.
type listening struct {
	addr string
	http *http.Server
}

func serve(t browser.T, listener net.Listener, handler http.Handler) *listening {
	l := &listening{listener.Addr().String(), &http.Server{Handler: handler}}
	go l.http.Serve(listener)
	t.Cleanup(l.stop)
	return l
}

func (l *listening) stop() { l.http.Close() }

// Dist is the build that the tests run: DIST, else that of the repository.
func Dist(root string) string {
	if dist := os.Getenv("DIST"); dist != "" {
		return dist
	}
	return filepath.Join(root, "dist")
}

// Root is the directory of the repository, found upwards from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", os.ErrNotExist
		}
		dir = parent
	}
}
