package browser

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// Flags are the switches every Chromium of this project starts with, without the leading dashes.
// No QUIC and no background traffic: a test must see only the requests its page makes. The sandbox
// is off because containers run the tests as root, where Chromium refuses to start with it.
var Flags = []string{
	"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
	"no-default-browser-check", "disable-background-networking", "disable-component-update",
	"disable-sync", "disable-extensions", "disable-dev-shm-usage", "disable-popup-blocking",
	"disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
	"disable-renderer-backgrounding", "password-store=basic", "force-color-profile=srgb",
	"disable-features=Translate", "hide-scrollbars",
}

// Launch starts Chromium with a new, temporary profile. The context is a chromedp context of the
// browser; the function closes the browser and removes the profile.
func Launch(further ...chromedp.ExecAllocatorOption) (context.Context, func(), error) {
	path, err := FindOrInstall()
	if err != nil {
		return nil, nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.WindowSize(1280, 900),
		// chromedp relays what the browser prints, such as a wrapper script's complaints; nobody reads it.
		chromedp.CombinedOutput(io.Discard),
	}
	for _, flag := range Flags {
		name, value, ok := strings.Cut(flag, "=")
		if ok {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	options = append(options, further...)
	// Without a user-data-dir of ours chromedp makes a fresh one and removes it at the end.
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	stop := func() {
		cancel()
		cancelAlloc()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return ctx, stop, nil
}

// shared is the one browser of a test binary: starting Chromium costs half a second, a fresh
// browser context (its own storage, cookies and cache) costs nearly nothing.
var shared struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func sharedBrowser() (context.Context, error) {
	shared.once.Do(func() { shared.ctx, shared.stop, shared.err = Launch() })
	return shared.ctx, shared.err
}

// Main runs the tests of a package and then closes the browser they shared. It is meant for
// TestMain: func TestMain(m *testing.M) { browser.Main(m) }.
func Main(m interface{ Run() int }) {
	code := m.Run()
	Close()
	os.Exit(code)
}

// Close closes the shared browser, if one was started.
func Close() {
	if shared.stop != nil {
		shared.stop()
	}
}
