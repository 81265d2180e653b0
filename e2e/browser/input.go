package browser

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var findJS string

// Element is a JavaScript expression for the first element that matches, through open shadow roots;
// null when there is none. In "a >>> b" the part b is looked for below a and in the shadow trees below it.
func Element(selector string) string {
	quoted, _ := json.Marshal(selector)
	return fmt.Sprintf("%s.find(%s)", findJS, quoted)
}

// Spot is a JavaScript expression for where a click reaches the element: { x, y }, or { why } it would not.
func Spot(selector string) string {
	quoted, _ := json.Marshal(selector)
	return fmt.Sprintf("%s.spot(%s)", findJS, quoted)
}

// Click clicks the middle of the element with the mouse. It waits until the element is there, stands
// still, is enabled and is what a click at that place would meet.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	type spot struct {
		X, Y float64
		Why  string // why it cannot be clicked, if not empty
	}
	expression := Spot(selector)
	last := spot{Why: "it was not looked for"}
	if !tab.poll(func() bool {
		now, err := TryEval[spot](tab, expression)
		if err != nil {
			now = spot{Why: err.Error()}
		}
		same := now == last && now.Why == ""
		last = now
		return same
	}) {
		tab.t.Fatalf("browser: cannot click %s: %s", selector, last.Why)
	}
	tab.Do(
		chromedp.MouseEvent(chromedp.MouseMoved, last.X, last.Y),
		chromedp.MouseClickXY(last.X, last.Y),
	)
}

// Type clicks into the element and types the text key by key, after what is already there.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.Click(selector)
	tab.Press(kb.End)
	tab.Press(text)
}

// Fill replaces the text of the element by real keys: select all, then type.
func (tab *Tab) Fill(selector, text string) {
	tab.t.Helper()
	tab.Click(selector)
	tab.Press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	tab.Press(kb.Backspace)
	tab.Press(text)
}

// Press sends keys to whatever has the focus; kb has the names of the special ones.
func (tab *Tab) Press(keys string, options ...chromedp.KeyOption) {
	tab.t.Helper()
	tab.Do(chromedp.KeyEvent(keys, options...))
}

// Text is the text of the element as a person sees it, through open shadow roots; empty when there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, "("+Element(selector)+")?.innerText ?? ''")
}

// WaitFor waits until an element matches.
func (tab *Tab) WaitFor(selector string) {
	tab.t.Helper()
	tab.Wait(Element(selector) + " !== null")
}
