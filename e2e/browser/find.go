// Package browser drives a real Chromium for the tests: it finds or installs it, starts it with a
// profile of its own, and gives every test a tab whose storage nobody shares.
package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// names are looked up in PATH in this order.
var names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"/snap/bin/chromium",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
}

// ErrNotFound says in one line what a machine without Chromium needs.
var ErrNotFound = errors.New("no Chromium found: install it (Debian: apt-get install chromium) or set CHROME to its path")

// Find returns the path of Chromium: $CHROME if it is set, else the first well-known name in PATH.
func Find() (string, error) {
	if name := os.Getenv("CHROME"); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("CHROME=%s cannot be run: %w", name, err)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNotFound
}

// FindOrInstall is Find, which installs Debian's package first when there is no browser and the
// process may do so.
func FindOrInstall() (string, error) {
	path, err := Find()
	if !errors.Is(err, ErrNotFound) {
		return path, err
	}
	if err := Install(err, "chromium"); err != nil {
		return "", err
	}
	return Find()
}

// Install installs Debian packages, if the process may do so: root, with apt-get in PATH. Otherwise it returns
// missing. apt-get's output goes to stderr.
func Install(missing error, packages ...string) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return missing
	}
	for _, args := range [][]string{{"update"}, append([]string{"install", "-y"}, packages...)} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%w (apt-get %s failed: %v)", missing, args[0], err)
		}
	}
	return nil
}
