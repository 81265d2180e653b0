package browser

import (
	"crypto/sha256"
	"strings"

	"github.com/chromedp/chromedp"
)

// NewTabWithExtension opens a tab of a Chromium of its own, which has the unpacked extension of a directory.
func NewTabWithExtension(t T, dir string) *Tab {
	t.Helper()
	browser, stop, err := Launch(chromedp.Flag("disable-extensions", false), chromedp.Flag("load-extension", dir),
		chromedp.Flag("disable-features", "Translate,DisableLoadExtensionCommandLineSwitch"))
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	t.Cleanup(stop)
	return newTab(t, browser)
}

// ExtensionID is what Chromium calls the unpacked extension of a directory: the first half of the path's SHA-256, in the
// letters a to p.
func ExtensionID(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	var id strings.Builder
	for _, b := range sum[:16] {
		id.WriteByte('a' + b>>4)
		id.WriteByte('a' + b&15)
	}
	return id.String()
}
