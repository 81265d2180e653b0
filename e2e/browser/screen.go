package browser

import (
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Viewport sets the size of the page in CSS pixels.
func (tab *Tab) Viewport(width, height int64) {
	tab.t.Helper()
	tab.Do(chromedp.EmulateViewport(width, height))
}

// Media sets media features, as in Media("prefers-color-scheme", "dark"). It replaces earlier ones.
func (tab *Tab) Media(nameValues ...string) {
	tab.t.Helper()
	var features []*emulation.MediaFeature
	for i := 0; i+1 < len(nameValues); i += 2 {
		features = append(features, &emulation.MediaFeature{Name: nameValues[i], Value: nameValues[i+1]})
	}
	if _, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		tab.t.Fatalf("browser: media: %v", err)
	}
}

// Settle waits until nothing moves or fades any more.
func (tab *Tab) Settle() {
	tab.t.Helper()
	tab.Run(findJS + ".settled()")
}

// Screenshot writes the whole page as name.png into the directory $SCREENSHOTS; without it, nothing.
func (tab *Tab) Screenshot(name string) {
	tab.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	// Colours that are still fading would make a picture of nothing anybody looks at.
	tab.Settle()
	// Chromium shifts a page from right to left sideways when it is to go beyond a viewport that shows all of it.
	beyond := Eval[bool](tab, `document.documentElement.scrollHeight > innerHeight`)
	shot, err := chromedp.Call(tab.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
	if err == nil {
		err = os.MkdirAll(dir, 0o777)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o666)
	}
	if err != nil {
		tab.t.Fatalf("browser: screenshot %s: %v", name, err)
	}
}
