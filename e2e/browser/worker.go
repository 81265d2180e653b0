package browser

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// conditions are what a test has made of the network and the clock; the page's workers get them too.
type conditions struct {
	offline *network.EmulateNetworkConditionsByRuleParams
	block   *network.SetBlockedURLsParams
	clock   string
}

func (c conditions) apply(ctx context.Context) error {
	if c.offline != nil {
		if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, *c.offline); err != nil {
			return err
		}
	}
	if c.block != nil {
		if _, err := chromedp.Call(ctx, network.SetBlockedURLs, *c.block); err != nil {
			return err
		}
	}
	if c.clock != "" {
		if _, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: c.clock}); err != nil {
			return err
		}
	}
	return nil
}

// Workers tells whether pages have workers: ENGINE=page takes them away, so that the engine runs on the page.
var Workers = os.Getenv("ENGINE") != "page"

// setUpWorkers makes the tab's workers wait at their start until their requests, console and conditions are the tab's.
func (tab *Tab) setUpWorkers() error {
	if !Workers {
		_, err := chromedp.Call(tab.ctx, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: `delete globalThis.Worker`})
		return err
	}
	flatten := true
	_, err := chromedp.Call(tab.ctx, target.SetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &flatten, Filter: target.Filter{{Type: "worker"}},
	})
	return err
}

func (tab *Tab) attachWorker(id target.ID) {
	ctx, _ := chromedp.NewContext(tab.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel(), chromedp.WithListener(tab.onEvent))
	err := chromedp.Do(ctx) // ends with the tab's context
	tab.mu.Lock()
	tab.workers = append(tab.workers, ctx)
	conditions := tab.conditions
	tab.mu.Unlock()
	if err == nil {
		err = conditions.apply(ctx)
	}
	if err == nil {
		_, err = chromedp.Call(ctx, runtime.RunIfWaitingForDebugger, cdp.Empty{})
	}
	if err != nil && tab.ctx.Err() == nil { // a worker may end at any time
		tab.mu.Lock()
		tab.note("worker", fmt.Sprint(err))
		tab.mu.Unlock()
	}
}

// InWorkers evaluates JavaScript in the workers of the page that are alive.
func (tab *Tab) InWorkers(expression string) {
	tab.t.Helper()
	for _, ctx := range tab.liveWorkers() {
		if err := (conditions{clock: expression}).apply(ctx); err != nil {
			tab.t.Logf("browser: in a worker: %v", err)
		}
	}
}

func (tab *Tab) liveWorkers() []context.Context {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.workers)
}

// change makes a condition hold in the page and its workers.
func (tab *Tab) change(c conditions, keep func(*conditions)) error {
	tab.mu.Lock()
	keep(&tab.conditions)
	tab.mu.Unlock()
	for _, ctx := range tab.liveWorkers() {
		if err := c.apply(ctx); err != nil {
			tab.t.Logf("browser: a worker has ended: %v", err)
		}
	}
	return c.apply(tab.ctx)
}
