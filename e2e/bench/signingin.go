package main

import (
	"fmt"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// signingIn measures the main thread while a user signs in with a password, the page loaded and at rest: the first time
// in a page, as people meet it, and once more, when the browser has compiled what it runs.
func (b *bench) signingIn(s *scenario, r *report) {
	st := b.built.stage(s)
	pool := st.seeded(s)
	scripts := []string{ours, amplify, identityJS}
	traced := func(s *scenario, tab *browser.Tab, flow string) tasks {
		// Whatever a product prepares while the page is idle is over by then.
		tab.Run("new Promise(resolve => setTimeout(() => requestIdleCallback(resolve), 500))")
		return trace(s, tab, fmt.Sprintf("app.signIn('demo', '%s', '%s').then(ok => { if (!ok) throw new Error('not signed in'); })", emulator.SeedPassword, flow))
	}
	open := func(s *scenario, product string) *browser.Tab {
		tab := st.coldTab(s)
		tab.Open(st.page(product, "ready", pool))
		tab.Wait("globalThis.done")
		return tab
	}
	srp := b.rounds(s, scripts, func(s *scenario, product string) figures {
		tab := open(s, product)
		first := traced(s, tab, "USER_SRP_AUTH")
		tab.Run("app.signOut()")
		return figures{"first": first.CPU, "longest": first.Longest, "again": traced(s, tab, "USER_SRP_AUTH").CPU}
	})
	plain := b.rounds(s, scripts, func(s *scenario, product string) figures {
		return figures{"first": traced(s, open(s, product), "USER_PASSWORD_AUTH").CPU}
	})
	// identity-js makes its SRP key pair in either flow, so there is no telling its part.
	part := map[string][]float64{}
	for _, product := range []string{ours, amplify} {
		for i, cpu := range srp["first"][product] {
			part[product] = append(part[product], cpu-plain["first"][product][i])
		}
	}
	r.add("signing in", "SRP CPU: first sign-in, less one without SRP", "ms", amplify, part).atMost(0.1)
	r.add("signing in", "longest task of the first sign-in by SRP", "ms", amplify, srp["longest"]).below(50)
	r.add("signing in", "CPU, first sign-in by SRP", "ms", amplify, srp["first"])
	r.add("signing in", "CPU, second sign-in by SRP", "ms", amplify, srp["again"])
	r.add("signing in", "CPU, first sign-in without SRP", "ms", amplify, plain["first"])
}
