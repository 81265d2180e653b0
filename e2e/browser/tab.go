package browser

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Patience is how long a tab waits for anything before the test fails.
const Patience = 30 * time.Second

// T is what a tab needs of a test. *testing.T and *testing.B have it.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
	Name() string
}

// Tab is one page of the browser. Its console goes to the test's log, and the test fails when the
// page ends with an uncaught exception, an unhandled rejection or a Go panic that Allow did not name.
// A Tab is used by one goroutine.
type Tab struct {
	t   T
	ctx context.Context

	clockShift  time.Duration // see Advance
	clockScript page.ScriptIdentifier

	changing      sync.Mutex // held while something is made of the page and its workers
	conditions    conditions
	workerScripts []string
	workers       []context.Context

	mu       sync.Mutex
	closed   bool // the test is over: nothing may be logged any more
	requests []*Request
	byID     map[network.RequestID]*Request
	console  []string
	problems []string
	allowed  []string
}

// NewTab opens an empty page with storage, cookies and cache of its own. It is closed with the test.
func NewTab(t T) *Tab {
	t.Helper()
	root, err := sharedBrowser()
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	return newTab(t, root, chromedp.WithNewBrowserContext())
}

// Sibling opens another page that shares the storage of this one, as a second tab of the same user.
func (tab *Tab) Sibling() *Tab {
	tab.t.Helper()
	// A window of its own keeps both pages visible; a hidden page gets no animation frames.
	return newTab(tab.t, tab.ctx, chromedp.WithNewWindow(true))
}

func newTab(t T, parent context.Context, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab, err := tryTab(t, parent, options...)
	if err != nil {
		t.Fatalf("browser: open a tab: %v", err)
	}
	return tab
}

func tryTab(t T, parent context.Context, options ...chromedp.ContextOption) (*Tab, error) {
	tab := &Tab{t: t, byID: map[network.RequestID]*Request{}}
	options = append(options, chromedp.WithListener(tab.onEvent))
	ctx, cancel := chromedp.NewContext(parent, options...)
	tab.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, err
	}
	if err := errors.Join(tab.setUpWorkers(), receiveCoverage(ctx)); err != nil {
		cancel()
		return nil, err
	}
	t.Cleanup(func() {
		tab.report()
		cancel()
	})
	return tab, nil
}

// Context is the chromedp context of the page, for what this package has no helper for.
func (tab *Tab) Context() context.Context { return tab.ctx }

// Do runs chromedp actions and fails the test when one fails or takes longer than Patience.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
}

// Open navigates to url and waits for the load event.
func (tab *Tab) Open(url string) {
	tab.t.Helper()
	tab.Do(chromedp.Navigate(url))
}

// Reload reloads the page and waits for the load event.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.Do(chromedp.Reload())
}

// OnNewDocument runs script in every document of the tab from now on, before the page's own scripts.
func (tab *Tab) OnNewDocument(script string) page.ScriptIdentifier {
	tab.t.Helper()
	return command(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}).Identifier
}

// Eval evaluates a JavaScript expression in the page, awaits the promise it may give and decodes the
// value. An exception or a rejection fails the test.
func Eval[V any](tab *Tab, expression string) V {
	tab.t.Helper()
	v, err := TryEval[V](tab, expression)
	if err != nil {
		tab.t.Fatalf("browser: %s: %v", expression, err)
	}
	return v
}

// TryEval is Eval that returns the error.
func TryEval[V any](tab *Tab, expression string) (V, error) {
	var v V
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		var thrown *chromedp.ExceptionError
		if errors.As(err, &thrown) && thrown.Exception != nil {
			err = errors.New(describe(thrown.Exception))
		}
		return v, err
	}
	if len(raw) == 0 { // undefined
		return v, nil
	}
	return v, json.Unmarshal(raw, &v)
}

// Run evaluates JavaScript for its effect.
func (tab *Tab) Run(expression string) {
	tab.t.Helper()
	Eval[json.RawMessage](tab, expression)
}

// Wait waits until the JavaScript expression (or the promise it gives) is truthy. It survives
// navigations on the way.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	var last error
	if !tab.poll(func() bool {
		ok, err := TryEval[bool](tab, "Promise.resolve("+expression+").then(v => !!v)")
		last = err
		return err == nil && ok
	}) {
		if last != nil {
			tab.t.Fatalf("browser: waited %v for %s: %v", Patience, expression, last)
		}
		tab.t.Fatalf("browser: waited %v for %s", Patience, expression)
	}
}

// WaitUntil waits until the condition holds; what names it in the failure.
func (tab *Tab) WaitUntil(what string, condition func() bool) {
	tab.t.Helper()
	if !tab.poll(condition) {
		tab.t.Fatalf("browser: waited %v until %s", Patience, what)
	}
}

// poll asks every 20 ms until the condition holds or Patience is over.
func (tab *Tab) poll(condition func() bool) bool {
	deadline := time.After(Patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if condition() {
			return true
		}
		select {
		case <-tick.C:
		case <-tab.ctx.Done():
			return false
		case <-deadline:
			return false
		}
	}
}

// Collect makes the page's engine collect garbage.
func (tab *Tab) Collect() {
	tab.t.Helper()
	command(tab, heapprofiler.CollectGarbage, cdp.Empty{})
}

// Allow names a text whose uncaught exceptions, rejections and panics do not fail the test.
func (tab *Tab) Allow(text string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.allowed = append(tab.allowed, text)
}

// Console returns the lines the page has written to the console so far, each as "type: text".
func (tab *Tab) Console() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.console...)
}

// onEvent runs on the connection's goroutine: it only takes notes.
func (tab *Tab) onEvent(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if tab.closed {
		return
	}
	switch e := event.(type) {
	case *runtime.EventBindingCalled:
		if e.Name != coverageBinding {
			return
		}
		if err := writeCoverage(e.Payload); err != nil {
			tab.t.Errorf("browser: coverage: %v", err)
		}
	case *target.EventAttachedToTarget:
		if e.TargetInfo.Type == "worker" && e.WaitingForDebugger {
			go tab.attachWorker(e.TargetInfo.TargetID)
		}
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, describe(arg))
		}
		text := strings.Join(words, " ")
		tab.note(string(e.Type), text)
		// A Go program reports its death on the console, line by line.
		if strings.HasPrefix(text, "panic:") || strings.HasPrefix(text, "fatal error:") {
			tab.problems = append(tab.problems, text)
		}
	case *runtime.EventExceptionThrown:
		text := thrown(e.ExceptionDetails)
		tab.note("exception", text)
		tab.problems = append(tab.problems, text)
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceWorker {
			return // its own console has said it
		}
		tab.note(string(e.Entry.Level), strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
	default:
		tab.onNetwork(event)
	}
}

func (tab *Tab) note(kind, text string) {
	line := kind + ": " + text
	tab.console = append(tab.console, line)
	tab.t.Logf("console %s", line)
}

// report fails the test for what the page has done wrong, and ends the logging.
func (tab *Tab) report() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.closed = true
next:
	for _, problem := range tab.problems {
		for _, text := range tab.allowed {
			if strings.Contains(problem, text) {
				continue next
			}
		}
		tab.t.Errorf("the page failed: %s", problem)
	}
}

func thrown(e *runtime.ExceptionDetails) string {
	if e.Exception == nil {
		return e.Text
	}
	return e.Text + " " + describe(e.Exception)
}

func describe(o *runtime.RemoteObject) string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return s
	}
	if o.Description != "" {
		return o.Description
	}
	return o.Value.String()
}
