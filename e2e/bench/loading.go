package main

import (
	_ "embed"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

//go:embed pages/first-input.js
var firstInputJS string

// longTasksJS, put into a page before its own scripts, keeps in globalThis.longestTask the ms of the longest task over 50 ms.
const longTasksJS = `globalThis.longestTask = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => { longestTask = Math.max(longestTask, duration); }))
  .observe({ type: 'longtask', buffered: true });`

// networkKind is how pages are reached.
type networkKind struct {
	name       string
	latency    float64 // ms
	throughput float64 // bytes per second; 0: as fast as the machine
}

// The goals are for the loopback network: of a slower one, two round trips are the same for everybody.
var networks = []networkKind{
	{name: "loopback"},
	{name: "10 Mbit/s, 40 ms", latency: 40, throughput: 10e6 / 8},
}

func (n networkKind) apply(s *scenario, tab *browser.Tab) {
	if n.throughput == 0 {
		return
	}
	_, err := chromedp.Call(tab.Context(), network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: n.latency, DownloadThroughput: n.throughput, UploadThroughput: n.throughput}},
	})
	if err != nil {
		s.Fatalf("%v", err)
	}
}

// seeded is the seeded pool of a stage.
func (st *stage) seeded(s *scenario) *peers.Pool {
	return peers.OpenPool(s, st.Cognito.URL(), emulator.SeedPoolID, emulator.SeedClientID)
}

// figures are what one measurement of one product gives, by name.
type figures map[string]float64

// rounds runs measure once per round and product, the products in turn so that a busy moment of the machine meets all of
// them, and collects the figures: by name, then by product. A round that nobody counts goes first.
func (b *bench) rounds(s *scenario, products []string, measure func(s *scenario, product string) figures) map[string]map[string][]float64 {
	samples := map[string]map[string][]float64{}
	for round := range b.runs + 1 {
		for _, product := range products {
			s.within(func(s *scenario) {
				for name, value := range measure(s, product) {
					if samples[name] == nil {
						samples[name] = map[string][]float64{}
					}
					if round > 0 {
						samples[name][product] = append(samples[name][product], value)
					}
				}
			})
		}
	}
	return samples
}

// less takes the median of a product from the samples of the others.
func less(samples map[string][]float64, product string) map[string][]float64 {
	rest := map[string][]float64{}
	for other, values := range samples {
		for _, value := range values {
			if other != product {
				rest[other] = append(rest[other], value-median(samples[product]))
			}
		}
	}
	return rest
}

// loading measures from the navigation on.
func (b *bench) loading(s *scenario, r *report) {
	st := b.built.stage(s)
	pool := st.seeded(s)
	for _, n := range networks {
		ready := b.rounds(s, []string{ours, amplify, identityJS}, func(s *scenario, product string) figures {
			tab := st.coldTab(s)
			n.apply(s, tab)
			tab.OnNewDocument(longTasksJS)
			tab.Open(st.page(product, "ready", pool))
			tab.Wait("globalThis.done")
			return figures{"at": browser.Eval[float64](tab, "done.at"), "longest": browser.Eval[float64](tab, "longestTask")}
		})
		r.add("loading, "+n.name, "navigation -> ready to sign in", "ms", amplify, ready["at"])
		if n.throughput == 0 {
			r.add("loading, "+n.name, "longest task over 50 ms until then", "ms", amplify, ready["longest"])
		}

		input := b.rounds(s, []string{ours, authenticator, bare}, func(s *scenario, product string) figures {
			tab := st.coldTab(s)
			n.apply(s, tab)
			tab.OnNewDocument(firstInputJS)
			url := st.widget(pool)
			switch product {
			case authenticator:
				url = st.page(authenticator, "form", pool)
			case bare:
				url = st.html("bare-form", `<html lang="en">`, `<form><input name="username"><input name="password"></form>`, pool)
			}
			tab.Open(url)
			tab.Wait("globalThis.firstInput")
			// A field that drops what is typed would not be usable.
			tab.Type("input[name=username]", "demo")
			if typed := browser.Eval[string](tab, "("+browser.Element("input[name=username]")+").value"); typed != "demo" {
				s.Fatalf("the form of %s holds %q after demo was typed", product, typed)
			}
			return figures{"at": browser.Eval[float64](tab, "firstInput")}
		})
		first := r.add("loading, "+n.name, "navigation -> first usable input", "ms", authenticator, input["at"])
		if n.throughput == 0 {
			first.atMost(0.25)
		}
	}
}
