package apps

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
)

// Ensure that apps of frameworks sign in, whose bundler is Vite. React's are rendered before, and hydrated in StrictMode.
func TestFrameworks(t *testing.T) {
	for _, app := range [][]string{{"react"}, {"react18", "react"}, {"vue"}, {"svelte"}} {
		t.Run(app[0], func(t *testing.T) {
			e := e2e.Start(t)
			dir := project(t, app[0], app[1:]...)
			run(t, dir, "npm", "run", "build")
			use(t, e, serveStatic(t, e, dir+"/dist", "/some/app/"))
			complains(t, e)
		})
	}
}

// Ensure that Next's app router builds and serves an app whose pages it renders on the server, and runs it in development.
func TestNext(t *testing.T) {
	dir := project(t, "next")
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
