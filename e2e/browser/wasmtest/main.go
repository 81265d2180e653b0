// Command wasmtest runs a GOOS=js test binary in Chromium; it is meant for go test's -exec flag.
//
// The work is done by github.com/agnivade/wasmbrowsertest, an executable beside this one. This command
// gives it the Chromium and the flags of the other browser tests, and a small environment: Go's js port
// refuses to start when arguments and environment exceed 8 kB.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"amplify-auth/e2e/browser"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmtest:", err)
		code = 1
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	chromium, err := browser.FindOrInstall()
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "wasmtest")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	// wasmbrowsertest takes neither a path nor flags, but it looks for headless_shell in PATH first.
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' --%s \"$@\"\n", chromium, strings.Join(browser.Flags, " --"))
	if err := os.WriteFile(filepath.Join(dir, "headless_shell"), []byte(script), 0o755); err != nil {
		return 0, err
	}

	cmd := exec.Command(filepath.Join(filepath.Dir(self), "wasmbrowsertest"), args...)
	cmd.Env = []string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH")}
	for _, name := range []string{"HOME", "TMPDIR", "GOROOT"} {
		if value := os.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Stdout = os.Stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	// go test ends a test that takes too long with SIGQUIT; Chromium must end as well.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	go func() {
		for range signals {
			cmd.Process.Signal(os.Interrupt)
		}
	}()
	relay(os.Stderr, stderr)
	if err := cmd.Wait(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return max(exit.ExitCode(), 1), nil
		}
		return 0, err
	}
	return 0, nil
}

// relay copies lines, without the complaints of wasmbrowsertest's old chromedp about events of a
// Chromium newer than itself.
func relay(to io.Writer, from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !strings.Contains(lines.Text(), "could not unmarshal event") {
			fmt.Fprintln(to, lines.Text())
		}
	}
	io.Copy(io.Discard, from) // a line too long for the scanner must not block the writer
}
