package apps

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// build runs a command of an app's packages and returns the directory it has filled, with the app's page.
func build(t *testing.T, dir, script string, args ...string) string {
	t.Helper()
	out := filepath.Join(dir, "dist")
	must(t, os.RemoveAll(out))
	run(t, dir, "npm", append([]string{"run", script, "--"}, args...)...)
	if _, err := os.Stat(filepath.Join(out, "index.html")); os.IsNotExist(err) {
		page, err := os.ReadFile(filepath.Join(dir, "index.html"))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(out, "index.html"), page, 0o666))
	}
	return out
}

// Ensure that what a bundler builds works, at the root of a plain server and below it.
func TestBundlers(t *testing.T) {
	for _, name := range []string{"webpack", "rollup", "esbuild", "parcel"} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, serveStatic(t, e, build(t, project(t, name, "page"), "build"), "/some/app/"))
		})
	}
}

// plainPage makes an app without any tool, whose page finds the package's files at an address.
func plainPage(t *testing.T, files string) string {
	t.Helper()
	dir := project(t, "html", "page")
	imports, err := os.ReadFile(filepath.Join(dir, "imports.html"))
	must(t, err)
	name := filepath.Join(dir, "index.html")
	page, err := os.ReadFile(name)
	must(t, err)
	page = bytes.Replace(page, []byte("</head>"), append(bytes.ReplaceAll(imports, []byte("./amplify-auth/"), []byte(files)), "</head>"...), 1)
	must(t, os.WriteFile(name, page, 0o666))
	return dir
}

// Ensure that a page without any tool works.
func TestPlainHTML(t *testing.T) {
	dir := plainPage(t, "./amplify-auth/")
	unpack(t, filepath.Join(dir, "amplify-auth"))
	for _, under := range []string{"/", "/some/app/"} {
		t.Run(under, func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, serveStatic(t, e, dir, under))
		})
	}
}

// Ensure that a page works whose scripts, engine and languages come from another origin, such as a CDN. A worker cannot.
func TestOtherOrigin(t *testing.T) {
	e := e2e.Start(t)
	files := t.TempDir()
	unpack(t, files)
	server := http.FileServer(http.Dir(files))
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(cdn.Close)
	useWith(t, e, serveStatic(t, e, plainPage(t, cdn.URL+"/"), "/"), "page")
	for _, file := range []string{"amplify-auth.js", "amplify-auth.wasm", "amplify-sign-in.js", "locales/de.js", "parts/account.js"} {
		if !slices.ContainsFunc(e.Tab.Requests(), func(r browser.Request) bool { return r.URL == cdn.URL+"/"+file }) {
			t.Errorf("%s was not fetched from the other origin", file)
		}
	}
}

// Ensure that the page of a Chrome extension (Manifest V3) works, under the policy that extensions have.
func TestExtension(t *testing.T) {
	e := e2e.Start(t)
	dir := build(t, project(t, "extension", "page"), "build")
	address := "chrome-extension://" + browser.ExtensionID(dir) + "/index.html"
	must(t, os.WriteFile(filepath.Join(dir, outputs), configure(t, e, address), 0o666))
	e.Tab = browser.NewTabWithExtension(t, dir)
	use(t, e, address)
}

// Ensure that Vite's builds and its dev servers work, those that move the script of a package and leave its files too.
func TestVite(t *testing.T) {
	dir := project(t, "vite", "page")
	for _, version := range []string{"vite", "vite7", "vite5"} {
		vite := filepath.Join("node_modules", version, "bin", "vite.js")
		t.Run(version+" build", func(t *testing.T) {
			e := e2e.Start(t)
			must(t, os.RemoveAll(filepath.Join(dir, "dist")))
			run(t, dir, "node", vite, "build", "--base", "./")
			use(t, e, serveStatic(t, e, filepath.Join(dir, "dist"), "/some/app/"))
		})
		t.Run(version+" dev", func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, start(t, e, dir, func(port string) []string { return []string{"node", vite, "--port", port, "--strictPort"} }))
		})
	}
}
