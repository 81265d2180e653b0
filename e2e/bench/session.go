package main

import (
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// cachedCalls is how many calls in a row a sample of the cached tokens is made of.
const cachedCalls = 2000

// storedSession measures what a signed-in user's pages do all the time: ask for the tokens.
func (b *bench) storedSession(s *scenario, r *report) {
	st := b.built.stage(s)
	pool := st.seeded(s)
	scripts := []string{ours, amplify, identityJS}
	signedIn := func(s *scenario, product string) *browser.Tab {
		tab := st.coldTab(s)
		tab.Open(st.page(product, "ready", pool))
		tab.Wait("globalThis.done")
		tab.Run(fmt.Sprintf("app.signIn('demo', '%s', 'USER_PASSWORD_AUTH')", emulator.SeedPassword))
		return tab
	}
	cached := b.rounds(s, scripts, func(s *scenario, product string) figures {
		return figures{"call": 1000 * browser.Eval[float64](signedIn(s, product), fmt.Sprintf("app.perCall(%d)", cachedCalls))}
	})
	r.add("stored session", "cached tokens, per call", "µs", amplify, cached["call"]).atMost(0.1)

	for _, n := range networks {
		tokens := b.rounds(s, append(scripts, bare), func(s *scenario, product string) figures {
			by := product
			if by == bare {
				by = ours
			}
			tab := signedIn(s, by)
			// The page before is one that found its token as well: no engine to tear down, the browser's process warm, nothing
			// in its cache.
			tab.Open(st.page(product, "token", pool))
			tab.Wait("globalThis.done")
			if _, err := chromedp.Call(tab.Context(), network.ClearBrowserCache, cdp.Empty{}); err != nil {
				s.Fatalf("%v", err)
			}
			n.apply(s, tab)
			tab.Open(st.page(product, "token", pool))
			tab.Wait("globalThis.done")
			if token := browser.Eval[string](tab, "done.value"); token == "" {
				s.Fatalf("%s has no token", product)
			}
			return figures{"at": browser.Eval[float64](tab, "done.at")}
		})
		r.add("stored session", "navigation -> token, "+n.name, "ms", amplify, tokens["at"])
		if n.throughput == 0 {
			// A navigation by itself takes about half of what aws-amplify's page takes until its token, so the goal is for
			// what the libraries add to it.
			r.add("stored session", "the same, less the page without a library", "ms", amplify, less(tokens["at"], bare)).atMost(0.5)
		}
	}
}
