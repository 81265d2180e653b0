package browser

import (
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Popup runs open, which makes the page open a window, and returns that window.
func (tab *Tab) Popup(open func()) *Tab {
	tab.t.Helper()
	before := tab.windows()
	open()
	var popup *Tab
	var err error
	tab.WaitUntil("the page has opened a window", func() bool {
		for opened := range tab.windows() {
			if !before[opened] {
				// A navigation to another process may cut the connection while it is made; the window must outlive that.
				popup, err = tryTab(tab.t, tab.ctx, chromedp.WithTargetID(opened), chromedp.WithDetachOnCancel())
				return err == nil
			}
		}
		return false
	})
	return popup
}

// WaitClosed waits until the window is closed.
func (tab *Tab) WaitClosed() {
	tab.t.Helper()
	id := chromedp.FromContext(tab.ctx).Target.TargetID
	tab.WaitUntil("the window is closed", func() bool { return !tab.windows()[id] })
}

// windows are the pages of the tab's profile: other tests have theirs in the same browser.
func (tab *Tab) windows() map[target.ID]bool {
	tab.t.Helper()
	root, err := sharedBrowser()
	if err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
	infos, err := chromedp.Targets(root)
	if err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
	own := chromedp.FromContext(tab.ctx)
	pages := map[target.ID]bool{}
	for _, info := range infos {
		if info.Type == "page" && info.BrowserContextID == own.BrowserContextID {
			pages[info.TargetID] = true
		}
	}
	return pages
}
