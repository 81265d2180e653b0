package webdriver

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Ensure that a machine without the browsers gets Debian's, by root, and that anybody else is told what to install.
func TestInstall(t *testing.T) {
	for _, test := range []struct {
		name, brings, calls string
		missing             error
		install             func() error
	}{
		{"Firefox", "firefox-esr", "update\ninstall -y firefox-esr\n", ErrNoFirefox, func() error { _, err := FindFirefox(); return err }},
		{"WebKit", "WebKitWebDriver Xvfb", "update\ninstall -y webkit2gtk-driver xvfb\n", ErrNoWebKit, InstallWebKit},
		{"WebKit without a screen", "WebKitWebDriver", "update\ninstall -y webkit2gtk-driver xvfb\n", ErrNoWebKit, InstallWebKit},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			if err := test.install(); !errors.Is(err, test.missing) {
				t.Errorf("without apt-get: %v, want %v", err, test.missing)
			}
			// In apt-get's place: it notes how it was called and brings the commands.
			script := "#!/bin/sh\necho \"$@\" >>" + dir + "/calls\n[ \"$1\" = install ] && for name in " + test.brings +
				"; do echo '#!/bin/sh' >" + dir + "/$name; /bin/chmod +x " + dir + "/$name; done\nexit 0\n"
			if err := os.WriteFile(filepath.Join(dir, "apt-get"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			err := test.install()
			calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
			switch whole := test.name != "WebKit without a screen"; {
			case os.Geteuid() != 0:
				if !errors.Is(err, test.missing) || len(calls) > 0 {
					t.Errorf("not root: %v after the calls %q, want %v", err, calls, test.missing)
				}
			case (err == nil) != whole || err != nil && !errors.Is(err, test.missing) || string(calls) != test.calls:
				t.Errorf("as root: %v after the calls %q", err, calls)
			}
		})
	}
}
