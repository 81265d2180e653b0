package apps

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Ensure that a script signs in in the Node.js that is there and, where npm has them for the machine, in the releases that are supported.
func TestNode(t *testing.T) {
	dir := project(t, "node")
	programs := []string{"node"}
	if runtime.GOOS == "linux" && runtime.GOARCH == "amd64" {
		for _, release := range []string{"node20", "node22", "node24"} {
			programs = append(programs, filepath.Join(dir, "node_modules", release, "bin", "node"))
		}
	}
	for _, program := range programs {
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(program))), func(t *testing.T) {
			e := e2e.Start(t)
			cmd := command(dir, program, "main.js", e.Origin+"/"+outputs, "demo", emulator.SeedPassword)
			cmd.WaitDelay = time.Second
			timer := time.AfterFunc(browser.Patience, func() { cmd.Process.Kill() }) // one that does not end by itself
			defer timer.Stop()
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), "demo AWS4-HMAC-SHA256 Credential=") || strings.Count(string(out), "\n") != 1 {
				t.Errorf("%s: %v\n%s", program, err, out)
			}
		})
	}
}
