package apps

import (
	"os"
	"path/filepath"
	"testing"

	"amplify-auth/e2e"
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
	for _, name := range []string{"webpack", "rollup", "esbuild"} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, serveStatic(t, e, build(t, project(t, name, "page"), "build"), "/some/app/"))
		})
	}
}

// Ensure that a page without any tool works.
func TestPlainHTML(t *testing.T) {
	dir := project(t, "html")
	script, err := os.ReadFile(filepath.Join("page", "main.js"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "main.js"), script, 0o666))
	unpack(t, filepath.Join(dir, "amplify-auth"))
	for _, under := range []string{"/", "/some/app/"} {
		t.Run(under, func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, serveStatic(t, e, dir, under))
		})
	}
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
