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
	var id target.ID
	tab.WaitUntil("the page has opened a window", func() bool {
		for opened := range tab.windows() {
			if !before[opened] {
				id = opened
				return true
			}
		}
		return false
	})
	return newTab(tab.t, tab.ctx, chromedp.WithTargetID(id))
}

// WaitClosed waits until the window is closed.
func (tab *Tab) WaitClosed() {
	tab.t.Helper()
	id := chromedp.FromContext(tab.ctx).Target.TargetID
	tab.WaitUntil("the window is closed", func() bool { return !tab.windows()[id] })
}

// windows are the pages of the whole browser.
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
	pages := map[target.ID]bool{}
	for _, info := range infos {
		if info.Type == "page" {
			pages[info.TargetID] = true
		}
	}
	return pages
}
