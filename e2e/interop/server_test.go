package interop

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e/browser"
)

// listening starts a server that ends with the test, and returns what the pattern's group matches of the line in which it
// says where it listens.
func listening(t *testing.T, server *exec.Cmd, pattern string) string {
	t.Helper()
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = server.Stdout
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	running := regexp.MustCompile(pattern)
	found, said := make(chan string, 1), make(chan string, 1)
	go func() {
		var before []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := running.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
				io.Copy(io.Discard, out)
				return
			}
			before = append(before, lines.Text())
		}
		said <- strings.Join(before, "\n")
	}()
	select {
	case url := <-found:
		return url
	case text := <-said:
		t.Fatalf("%s has stopped before it listened:\n%s", server, text)
	case <-time.After(browser.Patience):
		t.Fatalf("%s does not listen after %v", server, browser.Patience)
	}
	return ""
}
