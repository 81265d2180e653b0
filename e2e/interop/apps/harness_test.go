// Package apps builds small apps as their authors would, each with its own tool from the packed tarball, and uses them in
// Chromium against a local Cognito of their own. The apps lie beside this file; what each needs is in web/docs/bundlers.md.
package apps

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
	"amplify-auth/e2e/site"
	"amplify-auth/e2e/widget"
)

func TestMain(m *testing.M) { browser.Main(m) }

const outputs = "amplify_outputs.json"

var mustRoot = sync.OnceValue(func() string {
	root, err := e2e.Root()
	if err != nil {
		panic(err)
	}
	return root
})

// tarball is what npm would publish, by the names of its files.
var tarball = sync.OnceValues(func() (map[string][]byte, error) {
	dir := filepath.Join(mustRoot(), ".cache", "npm", "apps")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	npm := exec.Command("npm", "pack", "--json", "--loglevel=error", filepath.Join(mustRoot(), "dist"))
	npm.Dir = dir
	out, err := npm.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	var packed []struct{ Filename string }
	if err := json.Unmarshal(out, &packed); err != nil || len(packed) != 1 {
		return nil, fmt.Errorf("npm pack says %s (%v)", out, err)
	}
	f, err := os.Open(filepath.Join(dir, packed[0].Filename))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[strings.TrimPrefix(header.Name, "package/")], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
})

// project makes the app of a directory beside this file, in a copy: with the files of others before its own, with the
// packages that its lock file pins, and with the tarball as amplify-auth.
func project(t *testing.T, name string, others ...string) string {
	t.Helper()
	dir := filepath.Join(mustRoot(), ".cache", "npm", "apps", name)
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, entry := range entries { // what an earlier run made
		if entry.Name() != "node_modules" {
			must(t, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	for _, from := range append(others, name) {
		copyTree(t, from, dir)
	}
	install(t, dir)
	unpack(t, filepath.Join(dir, "node_modules", "amplify-auth"))
	return dir
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o666)
	})
	must(t, err)
}

// install installs what an app's lock file pins, which is without amplify-auth: the registry does not have what has just been
// built. UPDATE_LOCKS=1 writes the lock files anew.
func install(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, "package.json")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return
	}
	must(t, err)
	var without map[string]any
	must(t, json.Unmarshal(text, &without))
	delete(without["dependencies"].(map[string]any), "amplify-auth")
	short, err := json.Marshal(without)
	must(t, err)
	must(t, os.WriteFile(file, short, 0o666))
	if os.Getenv("UPDATE_LOCKS") != "" {
		must(t, os.RemoveAll(filepath.Join(dir, "node_modules"))) // npm would lock this machine's alone
		run(t, dir, "npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
		lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(filepath.Base(dir), "package-lock.json"), lock, 0o666))
	}
	must(t, peers.InstallHere(dir))
	must(t, os.WriteFile(file, text, 0o666))
}

// unpack writes the tarball's files into a directory.
func unpack(t *testing.T, dir string) {
	t.Helper()
	files, err := tarball()
	must(t, err)
	must(t, os.RemoveAll(dir))
	for name, data := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o777))
		must(t, os.WriteFile(file, data, 0o666))
	}
}

// run runs a command in an app's directory to its end.
func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	if out, err := command(dir, name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CI=1", "NO_COLOR=1", "NEXT_TELEMETRY_DISABLED=1", "NG_CLI_ANALYTICS=false")
	return cmd
}

// configure makes the page at an address one that the seeded client signs in for, and returns the app's configuration.
func configure(t *testing.T, e *e2e.Env, address string) []byte {
	t.Helper()
	e.Admin("UpdateUserPoolClient", map[string]any{
		"UserPoolId": emulator.SeedPoolID, "ClientId": emulator.SeedClientID,
		"ExplicitAuthFlows":               []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
		"AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"},
		"AllowedOAuthScopes":         []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"},
		"SupportedIdentityProviders": []string{"COGNITO"}, "CallbackURLs": []string{address}, "LogoutURLs": []string{address},
	})
	config := site.Options{Origin: e.Origin, Cognito: e2e.SeededCognito(e.Cognito.URL())}.AmplifyOutputs()
	oauth := config["auth"].(map[string]any)["oauth"].(map[string]any)
	oauth["redirect_sign_in_uri"], oauth["redirect_sign_out_uri"] = []string{address}, []string{address}
	text, err := json.Marshal(config)
	must(t, err)
	return text
}

// serveStatic serves a built app as a plain server does, at a path of an origin of its own, and configures it.
func serveStatic(t *testing.T, e *e2e.Env, dir, under string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := fmt.Sprintf("http://localhost:%d%s", listener.Addr().(*net.TCPAddr).Port, under)
	config := configure(t, e, address)
	files := http.StripPrefix(strings.TrimSuffix(under, "/"), http.FileServer(http.Dir(dir)))
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path.Join(under, outputs) {
			w.Write(config)
			return
		}
		files.ServeHTTP(w, r)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return address
}

// start starts a server of the app's own, such as a dev server, on a free port and waits until it answers. args gets the
// port. Its configuration is public/amplify_outputs.json.
func start(t *testing.T, e *e2e.Env, dir string, args func(port string) []string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	address := "http://localhost:" + port + "/"
	must(t, os.MkdirAll(filepath.Join(dir, "public"), 0o777))
	must(t, os.WriteFile(filepath.Join(dir, "public", outputs), configure(t, e, address), 0o666))
	line := args(port)
	cmd := command(dir, line[0], line[1:]...)
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(browser.Patience):
			cmd.Process.Kill()
		}
	})
	for deadline := time.Now().Add(4 * browser.Patience); ; { // a dev server may build first
		if response, err := http.Get(address); err == nil {
			response.Body.Close()
			return address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s has stopped: %v\n%s", strings.Join(line, " "), err, said.String())
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer:\n%s", strings.Join(line, " "), said.String())
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// use uses an app as its users do: signs in by the element, in German, opens the account, reloads, signs a request, signs out,
// and signs in by the hosted UI, which redirects. Every app has an <amplify-sign-in> and #user, #sign with #signature, #sign-out and #hosted-ui.
func use(t *testing.T, e *e2e.Env, address string) {
	t.Helper()
	useWith(t, e, address, "worker")
}

// useWith is use where the engine runs in a certain thread.
func useWith(t *testing.T, e *e2e.Env, address, thread string) {
	t.Helper()
	e.Tab.Open(address)
	signInGerman(t, e)
	if got := browser.Eval[string](e.Tab, `client.engineThread`); got != thread {
		t.Errorf("the engine's thread is %q, want %q", got, thread)
	}
	openAccount(t, e)
	e.Tab.Reload()
	signedIn(e)
	e.Tab.Click("#sign")
	e.Tab.Wait(`document.querySelector('#signature').textContent.startsWith('AWS4-HMAC-SHA256 Credential=')`)

	e.Tab.Click("#sign-out")
	widget.On(t, e, "amplify-sign-in").At("signIn")
	e.Tab.Click("#hosted-ui")
	e.Tab.Wait(`location.origin === ` + e2e.Args(e.Cognito.URL()) + ` && document.readyState === 'complete'`)
	e.Tab.Fill(`input[name="username"]`, "demo")
	e.Tab.Type(`input[name="password"]`, emulator.SeedPassword)
	e.Tab.Click(`main form button:not([name])`)
	want, err := url.Parse(address)
	must(t, err)
	e.Tab.Wait(`location.origin + location.pathname === ` + e2e.Args(want.String()))
	signedIn(e)
}

func signInGerman(t *testing.T, e *e2e.Env) {
	t.Helper()
	w := widget.On(t, e, "amplify-sign-in")
	w.At("signIn")
	e.Tab.Run(`(globalThis.client = document.querySelector('amplify-sign-in').auth, 0)`) // an app may take the element away
	if title := w.Title(); title != "Anmelden" {
		t.Errorf("the element's title is %q, want the German one", title)
	}
	w.SignIn("demo", emulator.SeedPassword)
	signedIn(e)
}

// openAccount opens an <amplify-account>, whose screens are in a file of the package that is imported when it is first used.
func openAccount(t *testing.T, e *e2e.Env) {
	t.Helper()
	e.Tab.Run(`document.body.append(Object.assign(document.createElement('amplify-account'), { auth: client }))`)
	w := widget.On(t, e, "amplify-account")
	w.At("account")
	e.Tab.WaitFor(w.Button("deleteAccount"))
	if title := w.Title(); !strings.HasPrefix(title, "Ihr Konto") {
		t.Errorf("the account's title is %q, want the German one", title)
	}
}

func signedIn(e *e2e.Env) {
	e.Tab.Wait(`(() => { const user = document.querySelector('#user'); return user?.textContent.trim() === 'demo' && user.checkVisibility(); })()`)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
