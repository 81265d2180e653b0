package browser

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/page"
)

// shiftClock makes Date tell a time that is __clockShift milliseconds ahead, in the page and in the Go
// program inside it. Timers and performance.now stay as they are.
const shiftClock = `(() => {
  globalThis.__clockShift = %d;
  if (Date.shifted) return;
  const Real = Date;
  globalThis.Date = class Date extends Real {
    static shifted = true;
    static now() { return Real.now() + globalThis.__clockShift; }
    constructor(...args) { super(...(args.length ? args : [Real.now() + globalThis.__clockShift])); }
  };
})()`

// Advance moves the wall clock of the page and its workers, in this document and in later ones. Another tab keeps its own.
func (tab *Tab) Advance(d time.Duration) {
	tab.t.Helper()
	tab.clockShift += d
	script := fmt.Sprintf(shiftClock, tab.clockShift.Milliseconds())
	last := tab.clockScript
	tab.clockScript = tab.OnNewDocument(script)
	if last != "" {
		command(tab, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams{Identifier: last})
	}
	if err := tab.change(conditions{scripts: []string{script}}, func(c *conditions) { c.scripts = []string{script} }); err != nil {
		tab.t.Fatalf("browser: the clock: %v", err)
	}
}
