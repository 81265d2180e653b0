// Package webdriver drives browsers other than Chromium by the W3C's WebDriver: WebKit by the protocol over HTTP, Firefox
// by WebDriver BiDi, which a program speaks for it. Keys and clicks are the browser's own, as a person's are.
package webdriver

import (
	"encoding/json"
	"fmt"
	"time"

	"amplify-auth/e2e/browser"
)

// driver is a window of a browser.
type driver interface {
	Open(url string) error
	Reload() error
	// Evaluate awaits the value of a JavaScript expression and returns its JSON.
	Evaluate(expression string) (string, error)
	Click(x, y float64) error
	Type(text string) error
	// Another opens a second window with the same storage.
	Another() (driver, error)
	Front() error
	// Opened is a window that a page has opened and that was not returned yet; nil if there is none.
	Opened() (driver, error)
}

// A Page is a window of a browser that ends with the test. A command that fails ends the test.
type Page struct {
	t browser.T
	d driver
}

func (p *Page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("webdriver: %v", err)
	}
}

// Open navigates, and waits for the load event.
func (p *Page) Open(url string) {
	p.t.Helper()
	p.must(p.d.Open(url))
}

// Reload is the reload button.
func (p *Page) Reload() {
	p.t.Helper()
	p.must(p.d.Reload())
}

// Another opens a second window with the same storage.
func (p *Page) Another() *Page {
	p.t.Helper()
	d, err := p.d.Another()
	p.must(err)
	return &Page{p.t, d}
}

// Popup runs open, which makes the page open a window, and returns that window.
func (p *Page) Popup(open func()) *Page {
	p.t.Helper()
	open()
	var d driver
	var err error
	if !poll(func() bool {
		d, err = p.d.Opened()
		return d != nil || err != nil
	}) {
		p.t.Fatalf("webdriver: the page has opened no window within %v", browser.Patience)
	}
	p.must(err)
	return &Page{p.t, d}
}

// Front shows the window, which may stand behind another.
func (p *Page) Front() {
	p.t.Helper()
	p.must(p.d.Front())
}

// Eval evaluates an expression in the page, awaits the promise it may give and decodes the value.
func Eval[V any](p *Page, expression string) V {
	p.t.Helper()
	v, err := tryEval[V](p, expression)
	if err != nil {
		p.t.Fatalf("webdriver: %s: %v", expression, err)
	}
	return v
}

func tryEval[V any](p *Page, expression string) (v V, err error) {
	text, err := p.d.Evaluate(expression)
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(text), &v)
}

// Wait waits until the expression is truthy, over navigations on the way.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	var last error
	if !poll(func() bool {
		ok, err := tryEval[bool](p, "Promise.resolve("+expression+").then((v) => !!v)")
		last = err
		return err == nil && ok
	}) {
		where, _ := tryEval[string](p, `location.href + ' ' + document.body.innerText`)
		p.t.Fatalf("webdriver: waited %v for %s (%v) at %.300s", browser.Patience, expression, last, where)
	}
}

// WaitFor waits until an element matches; selectors are those of the package browser.
func (p *Page) WaitFor(selector string) {
	p.t.Helper()
	p.Wait(browser.Element(selector) + " !== null")
}

// Click clicks the middle of an element once it stands still and a click would reach it.
func (p *Page) Click(selector string) {
	p.t.Helper()
	type spot struct {
		X, Y float64
		Why  string
	}
	last := spot{Why: "it was not looked for"}
	if !poll(func() bool {
		now, err := tryEval[spot](p, browser.Spot(selector))
		if err != nil {
			now = spot{Why: err.Error()}
		}
		same := now == last && now.Why == ""
		last = now
		return same
	}) {
		p.t.Fatalf("webdriver: cannot click %s: %s", selector, last.Why)
	}
	p.must(p.d.Click(last.X, last.Y))
}

// Fill clicks into a field, empties it and types. The field has to have the text then, so that no key was lost.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.Click(selector)
	element := browser.Element(selector)
	Eval[any](p, "("+element+").select()")
	p.must(p.d.Type(Backspace))
	p.must(p.d.Type(text))
	if got := Eval[string](p, "("+element+").value"); got != text {
		p.t.Fatalf("webdriver: typed %q into %s, which has %q", text, selector, got)
	}
}

// Press types keys, wherever the focus is.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.must(p.d.Type(keys))
}

// WebDriver's characters for special keys.
const (
	Backspace = "\uE003"
	Tab       = "\uE004"
	Enter     = "\uE007"
)

func poll(condition func() bool) bool {
	deadline := time.After(browser.Patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if condition() {
			return true
		}
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
}

// asJSON is an expression for the JSON text of what another gives.
func asJSON(expression string) string {
	return fmt.Sprintf("Promise.resolve(%s).then((value) => JSON.stringify(value) ?? 'null')", expression)
}
