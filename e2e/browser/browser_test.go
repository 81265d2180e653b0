package browser

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

func TestMain(m *testing.M) { Main(m) }

// record is a T that keeps the failures of a tab, to test that a tab reports them.
type record struct {
	*testing.T
	errors  []string
	cleanup []func()
}

func (r *record) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *record) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }
func (r *record) end() {
	for _, f := range r.cleanup {
		f()
	}
}

func serve(t *testing.T, html string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, html)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Ensure that a tab's storage is its own, and that a sibling shares it.
func TestStorageIsolation(t *testing.T) {
	url := serve(t, "<p>hello")
	a, b := NewTab(t), NewTab(t)
	a.Open(url)
	b.Open(url)
	a.Run(`localStorage.setItem('k', 'of a')`)
	if got := Eval[*string](b, `localStorage.getItem('k')`); got != nil {
		t.Errorf("another tab's test reads %q, want nothing", *got)
	}
	sibling := a.Sibling()
	sibling.Open(url)
	if got := Eval[string](sibling, `localStorage.getItem('k')`); got != "of a" {
		t.Errorf("the sibling reads %q, want %q", got, "of a")
	}
}

// Ensure that exceptions, rejections and Go panics fail the test, unless they were allowed.
func TestPageFailures(t *testing.T) {
	tests := []struct{ name, script, allow, want string }{
		{"exception", `setTimeout(() => { throw new Error("boom") })`, "", "boom"},
		{"rejection", `Promise.reject(new Error("lost"))`, "", "lost"},
		{"Go panic", `console.log("panic: runtime error")`, "", "panic: runtime error"},
		{"allowed", `Promise.reject(new Error("expected one"))`, "expected", ""},
		{"log only", `console.error("just words")`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &record{T: t}
			tab := NewTab(r)
			if test.allow != "" {
				tab.Allow(test.allow)
			}
			tab.Open(serve(t, "<script>"+test.script+"</script>"))
			tab.WaitUntil("the console has the line", func() bool { return len(tab.Console()) > 0 })
			r.end()
			got := strings.Join(r.errors, "\n")
			if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
				t.Errorf("reported %q, want %q", got, test.want)
			}
		})
	}
}

// Ensure that clicks and keys are real, and reach fields in shadow trees.
func TestInput(t *testing.T) {
	tab := NewTab(t)
	tab.Open(serve(t, `<div style="height:2000px"></div><x-form></x-form>
<script>
customElements.define('x-form', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' });
    root.innerHTML = '<form><input name=username value=old><button disabled>Go</button></form><output></output>';
    root.querySelector('input').oninput = () => { root.querySelector('button').disabled = false; };
    root.querySelector('form').onsubmit = (e) => {
      e.preventDefault();
      root.querySelector('output').textContent = root.querySelector('input').value + ' ' + e.isTrusted;
    };
  }
});
</script>`))
	tab.Type("x-form >>> input[name=username]", "er")
	tab.Click("button")
	if got, want := tab.Text("output"), "older true"; got != want {
		t.Errorf("after typing and a click: %q, want %q", got, want)
	}
	tab.Fill("input", "new!")
	tab.Press(kb.Enter)
	if got, want := tab.Text("output"), "new! true"; got != want {
		t.Errorf("after Fill and Enter: %q, want %q", got, want)
	}
}

// Ensure that offline means no request gets out, and that requests are listed.
func TestNetwork(t *testing.T) {
	tab := NewTab(t)
	tab.Open(serve(t, "<p>hello"))
	tab.ForgetRequests()
	if got := Eval[int](tab, `fetch('/there').then(r => r.status)`); got != 404 {
		t.Errorf("online: status %d, want 404", got)
	}
	if !tab.Fetched("/there") || tab.Fetched("/elsewhere") {
		t.Errorf("requests: %+v", tab.Requests())
	}
	tab.Offline(true)
	if got := Eval[string](tab, `fetch('/there').then(() => 'answered', e => e.name + ' ' + navigator.onLine)`); got != "TypeError false" {
		t.Errorf("offline: %q, want %q", got, "TypeError false")
	}
	tab.Offline(false)
	if got := Eval[string](tab, `fetch('/there').then(() => 'answered ' + navigator.onLine, e => e.name)`); got != "answered true" {
		t.Errorf("online again: %q, want %q", got, "answered true")
	}
	tab.Block("*://*:*/blocked*")
	if got := Eval[string](tab, `fetch('/blocked').then(() => 'answered', e => e.name)`); got != "TypeError" {
		t.Errorf("blocked: %q, want %q", got, "TypeError")
	}
}

// Ensure that the moved clock holds in this document and the next.
func TestAdvance(t *testing.T) {
	tab := NewTab(t)
	tab.Open(serve(t, "<p>hello"))
	before := Eval[float64](tab, `Date.now()`)
	tab.Advance(time.Hour)
	tab.Advance(time.Hour)
	for _, where := range []string{"same document", "after a reload"} {
		for _, expression := range []string{`Date.now()`, `(new Date).getTime()`} {
			if hours := (Eval[float64](tab, expression) - before) / 3600e3; hours < 2 || hours > 2.1 {
				t.Errorf("%s: %s is %v h ahead, want 2", where, expression, hours)
			}
		}
		tab.Reload()
	}
	if got := Eval[string](tab, `new Date(0).toISOString()`); got != "1970-01-01T00:00:00.000Z" {
		t.Errorf("new Date(0) is %s", got)
	}
}

// Ensure that a wrong CHROME is said, and not papered over by another browser.
func TestFind(t *testing.T) {
	t.Setenv("CHROME", "/nowhere/chrome")
	if path, err := Find(); err == nil {
		t.Errorf("Find() = %q, want an error that names CHROME", path)
	}
}

// Ensure that a machine without a browser gets Debian's, by root, and that anybody else is told what to install.
func TestInstall(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CHROME", "")
	t.Setenv("PATH", dir)
	if path, err := Find(); err == nil {
		t.Skipf("a browser stands outside PATH: %s", path)
	}
	if _, err := FindOrInstall(); !errors.Is(err, ErrNotFound) {
		t.Errorf("without apt-get: %v, want ErrNotFound", err)
	}
	// In apt-get's place: it notes how it was called and brings a browser.
	script := "#!/bin/sh\necho \"$@\" >>" + dir + "/calls\n[ \"$1\" = install ] && { echo '#!/bin/sh' >" + dir + "/chromium; /bin/chmod +x " + dir + "/chromium; }\nexit 0\n"
	if err := os.WriteFile(filepath.Join(dir, "apt-get"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := FindOrInstall()
	if os.Geteuid() != 0 {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("not root: %q, %v, want ErrNotFound", path, err)
		}
		return
	}
	calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil || path != filepath.Join(dir, "chromium") || string(calls) != "update\ninstall -y chromium\n" {
		t.Errorf("as root: %q, %v after the calls %q", path, err, calls)
	}
}
