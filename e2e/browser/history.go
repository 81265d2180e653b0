package browser

import (
	"context"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Back is the back button. It does not wait: a page from the back-forward cache has no load event.
func (tab *Tab) Back() {
	tab.t.Helper()
	tab.step(-1)
}

// Forward is the forward button.
func (tab *Tab) Forward() {
	tab.t.Helper()
	tab.step(1)
}

func (tab *Tab) step(by int64) {
	tab.t.Helper()
	history, err := chromedp.Run(tab.ctx, chromedp.NavigationEntries())
	if err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
	to := history.CurrentIndex + by
	if to < 0 || to >= int64(len(history.Entries)) {
		tab.t.Fatalf("browser: the history has no entry %d of %d", to, len(history.Entries))
	}
	_, err = chromedp.Call(tab.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[to].ID})
	if err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
}

// Close closes the window as its user does.
func (tab *Tab) Close() {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, page.Close, struct{}{}); err != nil {
		tab.t.Logf("browser: close: %v", err) // the answer may not come any more
	}
	tab.WaitClosed()
}

// Freeze stops what the page and its workers run, as a browser does with a tab that is long in the background, or lets them
// go on.
func (tab *Tab) Freeze(frozen bool) {
	tab.t.Helper()
	state := page.SetWebLifecycleStateState("active")
	if frozen {
		state = "frozen"
	}
	command(tab, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
}

// Front gives the window the focus.
func (tab *Tab) Front() {
	tab.t.Helper()
	if _, err := chromedp.Call(tab.ctx, page.BringToFront, struct{}{}); err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
}

// BlockThirdPartyCookies makes the browser send and keep none of them.
func (tab *Tab) BlockThirdPartyCookies() {
	tab.t.Helper()
	_, err := chromedp.Call(tab.ctx, network.SetCookieControls, network.SetCookieControlsParams{EnableThirdPartyCookieRestriction: true})
	if err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
}
