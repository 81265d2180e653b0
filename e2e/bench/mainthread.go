package main

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

//go:embed pages/main-thread.js
var mainThreadJS string

const (
	keyPause = 30 * time.Millisecond
	idle     = time.Second // that a page without a library is looked at, its keys typed
)

// mainThread measures what a page's own thread bears from the navigation through the first sign-in by SRP, with the CPU as
// it is and slowed as a phone's. Chromium slows the page's thread alone; the engine of `worker: false` runs on it.
func (b *bench) mainThread(s *scenario, r *report) {
	st := b.built.stage(s)
	pool := st.seeded(s)
	for _, slowed := range []float64{1, 4} {
		open := func(s *scenario) *browser.Tab {
			tab := st.coldTab(s)
			tab.OnNewDocument(mainThreadJS)
			call(s, tab, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowed})
			return tab
		}
		quiet := b.rounds(s, []string{ours, onPage, amplify, bare, compiling}, func(s *scenario, product string) figures {
			tab := open(s)
			before := cpu(s, tab)
			st.signInFrom(tab, product, pool)
			f := browser.Eval[figures](tab, "mainThread()")
			f["cpu"] = cpu(s, tab) - before
			return f
		})
		typed := b.rounds(s, []string{ours, onPage, amplify, bare, compiling}, func(s *scenario, product string) figures {
			tab := open(s)
			stop := typing(tab)
			st.signInFrom(tab, product, pool)
			stop()
			return browser.Eval[figures](tab, "typed()")
		})
		section := fmt.Sprintf("main thread, CPU slowed %g times", slowed)
		delete(quiet["ready"], bare)
		delete(quiet["ready"], compiling)
		r.add(section, "navigation -> ready to sign in", "ms", onPage, quiet["ready"]).atMost(1.1)
		r.add(section, "tasks over 50 ms", "tasks", bare, quiet["tasks"]).notMore()
		r.add(section, "their sum", "ms", amplify, quiet["sum"]).notMore()
		r.add(section, "the longest of them", "ms", amplify, quiet["longest"])
		r.add(section, "CPU, less the page without a library", "ms", amplify, less(quiet["cpu"], bare)).atMost(0.15)
		r.add(section, "delay of a typed key, p95", "ms", bare, typed["p95"])
		r.add(section, "delay of a typed key, worst", "ms", bare, typed["worst"]).atMost(1.2)
	}
}

// signInFrom opens a product's page and signs in as soon as it is ready.
func (st *stage) signInFrom(tab *browser.Tab, product string, pool *peers.Pool) {
	tab.Open(st.page(product, "ready", pool))
	tab.Run("whenDone") // asked once: to ask again and again would be work
	if product == bare || product == compiling {
		tab.Run(fmt.Sprintf("new Promise((resolve) => setTimeout(resolve, %d))", idle.Milliseconds()))
		return
	}
	tab.Run(fmt.Sprintf("app.signIn('demo', '%s', 'USER_SRP_AUTH').then(ok => { if (!ok) throw new Error('not signed in'); })", emulator.SeedPassword))
}

// cpu is what the page's thread has used, in ms.
func cpu(s *scenario, tab *browser.Tab) float64 {
	call(s, tab, performance.Enable, performance.EnableParams{TimeDomain: "threadTicks"})
	for _, m := range call(s, tab, performance.GetMetrics, cdp.Empty{}).Metrics {
		if m.Name == "TaskDuration" {
			return 1000 * m.Value
		}
	}
	s.Fatalf("the browser does not tell TaskDuration")
	return 0
}

func call[P, R any](s *scenario, tab *browser.Tab, c cdp.Command[P, R], params P) R {
	result, err := chromedp.Call(tab.Context(), c, params)
	if err != nil {
		s.Fatalf("%s: %v", c.Method, err)
	}
	return result
}

// typing types a key again and again, whether the page has seen the last or not, until the function it returns is called.
func typing(tab *browser.Tab) (stop func()) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(keyPause)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				// the answer waits for the page; a navigation swallows it
				go chromedp.Call(tab.Context(), input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Text: "a", Key: "a"})
			}
		}
	}()
	return func() { close(over) }
}
