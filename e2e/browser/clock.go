package browser

import (
	"fmt"
	"time"
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

// Advance moves the page's wall clock, in this document and in later ones. Another tab keeps its own.
func (tab *Tab) Advance(d time.Duration) {
	tab.t.Helper()
	tab.clockShift += d
	script := fmt.Sprintf(shiftClock, tab.clockShift.Milliseconds())
	tab.OnNewDocument(script)
	if err := tab.change(conditions{clock: script}, func(c *conditions) { c.clock = script }); err != nil {
		tab.t.Fatalf("browser: the clock: %v", err)
	}
}
