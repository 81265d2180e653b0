package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// conditions are what a test has made of the network and of what scripts find; the page's workers get them too.
type conditions struct {
	offline *network.EmulateNetworkConditionsByRuleParams
	block   *network.SetBlockedURLsParams
	scripts []string
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
	for _, script := range c.scripts {
		result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
		if err == nil && result.ExceptionDetails != nil {
			err = errors.New(thrown(result.ExceptionDetails))
		}
		if err != nil {
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
	tab.changing.Lock()
	defer tab.changing.Unlock()
	if err == nil {
		tab.workers = append(tab.workers, ctx)
		err = errors.Join(receiveCoverage(ctx), tab.conditions.apply(ctx))
	}
	if err == nil {
		err = (conditions{scripts: tab.workerScripts}).apply(ctx)
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

// OnNewWorker runs script in every worker of the tab from now on, before the worker's own script.
func (tab *Tab) OnNewWorker(script string) {
	tab.changing.Lock()
	defer tab.changing.Unlock()
	tab.workerScripts = append(tab.workerScripts, script)
}

// InWorkers evaluates JavaScript in the workers of the page that are alive.
func (tab *Tab) InWorkers(expression string) {
	tab.t.Helper()
	tab.changing.Lock()
	defer tab.changing.Unlock()
	tab.eachWorker(conditions{scripts: []string{expression}}.apply)
}

// eachWorker does something with the workers that are alive; changing is held.
func (tab *Tab) eachWorker(do func(context.Context) error) {
	tab.t.Helper()
	tab.workers = slices.DeleteFunc(tab.workers, func(ctx context.Context) bool {
		limited, cancel := context.WithTimeout(ctx, Patience) // it may be stuck
		defer cancel()
		err := do(limited)
		if err != nil && !errors.Is(err, chromedp.ErrTargetDetached) {
			tab.t.Logf("browser: in a worker: %v", err)
		}
		return err != nil
	})
}

// change makes a condition hold in the page and its workers.
func (tab *Tab) change(c conditions, keep func(*conditions)) error {
	tab.changing.Lock()
	defer tab.changing.Unlock()
	keep(&tab.conditions)
	tab.eachWorker(c.apply)
	return c.apply(tab.ctx)
}

// Heap collects the garbage of the page and its workers and gives the bytes that they hold, the memory of WebAssembly
// among them.
func (tab *Tab) Heap() int64 {
	tab.t.Helper()
	var sum float64
	weigh := func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return err
		}
		heap, err := chromedp.Call(ctx, runtime.GetHeapUsage, cdp.Empty{})
		sum += heap.UsedSize + heap.BackingStorageSize
		return err
	}
	tab.changing.Lock()
	defer tab.changing.Unlock()
	tab.eachWorker(weigh)
	if err := weigh(tab.ctx); err != nil {
		tab.t.Fatalf("browser: the heap: %v", err)
	}
	return int64(sum)
}
