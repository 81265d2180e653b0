package apps

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amplify-auth/e2e"
)

// Ensure that apps of frameworks sign in, whose bundler is Vite. React's are rendered before, and hydrated in StrictMode.
func TestFrameworks(t *testing.T) {
	for _, app := range [][]string{{"react", "member"}, {"react18", "react", "member"}, {"vue"}, {"svelte"}} {
		t.Run(app[0], func(t *testing.T) {
			e := e2e.Start(t)
			dir := project(t, app[0], app[1:]...)
			if app[0] == "vue" { // vue-tsc checks what the documentation shows
				for i, text := range snippets(t, "(?s)```html\n(<script setup>.*?amplify-auth/vue.*?)```") {
					text = strings.Replace(text, "<script setup>", `<script setup lang="ts">`, 1)
					must(t, os.WriteFile(filepath.Join(dir, "src", fmt.Sprintf("Snippet%d.vue", i)), []byte(text), 0o666))
				}
			}
			run(t, dir, "npm", "run", "build")
			use(t, e, serveStatic(t, e, dir+"/dist", "/some/app/"))
			complains(t, e)
		})
	}
}

// Ensure that Next's app router builds and serves an app whose pages it renders on the server, and runs it in development.
func TestNext(t *testing.T) {
	dir := project(t, "next", "member")
	run(t, dir, "npm", "run", "build")
	for _, mode := range []string{"start", "dev"} {
		t.Run(mode, func(t *testing.T) {
			e := e2e.Start(t)
			use(t, e, start(t, e, dir, func(port string) []string {
				return []string{"node", "node_modules/next/dist/bin/next", mode, "--port", port}
			}))
			complains(t, e)
		})
	}
}

// Ensure that Next exports a site of static pages alone, which any plain server serves.
func TestNextExport(t *testing.T) {
	e := e2e.Start(t)
	dir := project(t, "next", "member")
	must(t, os.WriteFile(filepath.Join(dir, "next.config.mjs"), []byte("export default { output: 'export', reactStrictMode: true };\n"), 0o666))
	run(t, dir, "npm", "run", "build")
	use(t, e, serveStatic(t, e, filepath.Join(dir, "out"), "/"))
	complains(t, e)
}

// Ensure that Angular's builder and its dev server, which moves the scripts of packages, work.
func TestAngular(t *testing.T) {
	dir := project(t, "angular")
	must(t, os.MkdirAll(filepath.Join(dir, "public"), 0o777))
	t.Run("build", func(t *testing.T) {
		e := e2e.Start(t)
		run(t, dir, "npm", "run", "build")
		use(t, e, serveStatic(t, e, filepath.Join(dir, "dist"), "/some/app/"))
		complains(t, e)
	})
	t.Run("serve", func(t *testing.T) {
		e := e2e.Start(t)
		use(t, e, start(t, e, dir, func(port string) []string {
			return []string{"node", "node_modules/@angular/cli/bin/ng.js", "serve", "--port", port}
		}))
		complains(t, e)
	})
}

// Ensure that the documentation's Svelte builds.
func TestDocumentationSvelte(t *testing.T) {
	dir := project(t, "svelte")
	must(t, os.WriteFile(filepath.Join(dir, "src", "auth.js"), []byte(authJS), 0o666))
	for _, text := range snippets(t, "(?s)```html\n(<script>\n[^`]*?svelte/store.*?)```") {
		must(t, os.WriteFile(filepath.Join(dir, "src", "App.svelte"), []byte(text), 0o666))
		run(t, dir, "npm", "run", "build")
	}
}

// complains fails where the page has written an error to the console, such as a hydration that does not match.
func complains(t *testing.T, e *e2e.Env) {
	t.Helper()
	for _, line := range e.Tab.Console() {
		if strings.HasPrefix(line, "error") && !strings.Contains(line, "favicon") {
			t.Errorf("the console says %s", line)
		}
	}
}

// Ensure that an app's own tests run with the fake client and a stored session.
func TestVitest(t *testing.T) {
	run(t, project(t, "vitest"), "npm", "test")
}
