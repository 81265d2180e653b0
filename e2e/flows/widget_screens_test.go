package flows

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/contract"
	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// Ensure that every screen looks right in light, dark, at the width of a small phone and from right to left: nothing
// sticks out, is cut off or lies over something else, and the keyboard comes to all that can be operated. The pictures are taken
// where screenshots are wanted.
func TestWidgetScreens(t *testing.T) {
	seen := map[string]bool{}
	for _, tour := range widget.Tours {
		t.Run(tour.Name, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.Viewport(480, 800)
			tour.Run(t, e, func(w *widget.Widget, view string) {
				seen[view] = true
				look(t, w, view)
			})
		})
	}
	for _, screen := range screens(t) {
		if !seen[screen] {
			t.Errorf("no tour of e2e/widget/tours.go comes to the screen %s", screen)
		}
	}
}

// Ensure that the words of every language fit a small phone where they are longest: beside the marks of providers, and in rows with a
// status and actions.
func TestWidgetLanguagesFit(t *testing.T) {
	for _, tour := range widget.Tours {
		if !slices.Contains([]string{"providers", "account"}, tour.Name) {
			continue
		}
		t.Run(tour.Name, func(t *testing.T) {
			t.Parallel()
			e := e2e.Start(t)
			e.Tab.Viewport(320, 640)
			tour.Run(t, e, func(w *widget.Widget, view string) {
				for _, language := range append(browser.Eval[[]string](e.Tab, `import('/amplify-sign-in.js').then(({ LANGUAGES }) => LANGUAGES.slice(1))`), "en") {
					w.Tab.Run(`document.querySelector('` + w.Selector + `').lang = '` + language + `'`)
					w.Wait(`el.shadowRoot.querySelector('.frame').lang === '` + language + `'`)
					if wrong := browser.Eval[[]string](w.Tab, misplaced); len(wrong) > 0 {
						t.Errorf("%s, %s: %s", view, language, strings.Join(wrong, "; "))
					}
				}
			})
		})
	}
}

// Ensure that a long title goes around the close button.
func TestWidgetLongTitle(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Viewport(320, 640)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), map[string]string{"can-cancel": ""})
	w.Tab.Run(`document.querySelector('amplify-sign-in').texts = { 'signIn.title': 'Welcome'.repeat(9) }`)
	w.Wait(`el.shadowRoot.querySelector('#title').textContent.startsWith('Welcome')`)
	if wrong := browser.Eval[[]string](w.Tab, misplaced); len(wrong) > 0 {
		t.Errorf("%s", strings.Join(wrong, "; "))
	}
}

// screens are the views of the tables of screens in web/widget.
func screens(t *testing.T) (views []string) {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, "web/widget", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	table := regexp.MustCompile(`screens = \{([^}]+)\}`)
	name := regexp.MustCompile(`\w+`)
	add := func(prefix, file string) {
		match := table.FindStringSubmatch(read(file))
		if match == nil {
			t.Fatalf("%s has no table of screens", file)
		}
		for _, screen := range name.FindAllString(match[1], -1) {
			if screen != "challenges" { // those of the contract, below
				views = append(views, prefix+screen)
			}
		}
	}
	add("", "screens/index.js")
	add("account-", "account.js")
	add("account-", "account/index.js")
	for _, state := range contract.SignInStates { // each of which has a screen
		if state.Name != "signedIn" && !slices.Contains(views, state.Name) {
			views = append(views, state.Name)
		}
	}
	if len(views) < 30 {
		t.Fatalf("only %d screens: %v", len(views), views)
	}
	return views
}

func look(t *testing.T, w *widget.Widget, view string) {
	t.Helper()
	see := func(look string) {
		t.Helper()
		w.Tab.Run(`document.activeElement?.scrollIntoView({ block: 'nearest' })`)
		if wrong := browser.Eval[[]string](w.Tab, misplaced); len(wrong) > 0 {
			t.Errorf("%s, %s: %s", view, look, strings.Join(wrong, "; "))
		}
		w.Tab.Screenshot("widget-" + view + "-" + look)
	}
	set := `document.querySelector('` + w.Selector + `').lang = `
	shown := func(dir string) {
		t.Helper()
		w.Wait(`el.shadowRoot.querySelector('.frame').dir === '` + dir + `'`)
	}
	see("light")
	operable(t, w, view)
	w.Tab.Media("prefers-color-scheme", "dark")
	see("dark")
	w.Tab.Media()
	w.Tab.Viewport(320, 640)
	see("phone")
	w.Tab.Run(set + `'ar'`)
	shown("rtl")
	see("rtl")
	w.Tab.Viewport(480, 800)
	w.Tab.Run(set + `''`)
	shown("ltr")
}

// misplaced lists what sticks out of the page or of its box, and what is cut off.
const misplaced = `(() => {
	const wrong = [];
	const el = document.querySelector('amplify-sign-in, amplify-account');
	const name = (node) => node.localName + (node.part?.length ? '[' + node.part + ']' : '') + ' "' + (node.innerText ?? node.value ?? '').trim().slice(0, 30) + '"';
	if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page scrolls sideways: ' + document.documentElement.scrollWidth);
	const frame = el.shadowRoot.querySelector('.frame');
	const edge = frame.getBoundingClientRect();
	for (const node of [...frame.querySelectorAll('*'), ...el.querySelectorAll('[data-amplify-auth]')]) {
		if (!node.checkVisibility() || node.closest('.visually-hidden, svg, form') || node.assignedSlot?.closest('.visually-hidden')) continue;
		const box = node.getBoundingClientRect();
		if (!box.width) continue;
		if (box.left < edge.left - 1 || box.right > edge.right + 1) wrong.push(name(node) + ' sticks out of the frame');
		if (/^(h2|p|span|button|label|code|bdi|a|li)$/.test(node.localName) && node.scrollWidth > node.clientWidth + 1 && node.clientWidth) wrong.push(name(node) + ' is wider than its box');
		if (node.matches((innerWidth > 400 ? '.row-title, ' : '') + '.provider .words') && node.offsetHeight > 32) wrong.push(name(node) + ' breaks');
		if (node.localName === 'button' && node.scrollHeight > node.clientHeight + 1 && node.clientHeight) wrong.push(name(node) + ' is higher than its box');
	}
	// Nor may words lie under the close button.
	const close = frame.querySelector('.close')?.getBoundingClientRect();
	const title = document.createRange();
	title.selectNodeContents(frame.querySelector('#title'));
	if (close && [...title.getClientRects()].some((line) => line.right > close.left && line.left < close.right && line.bottom > close.top && line.top < close.bottom)) wrong.push('the title lies under the close button');
	// What can be pressed must not lie over another.
	const targets = [...frame.querySelectorAll('button, a'), ...el.querySelectorAll('[data-amplify-auth] input, input[data-amplify-auth], label[data-amplify-auth]')].filter((node) => node.checkVisibility());
	for (const [i, a] of targets.entries()) {
		for (const b of targets.slice(i + 1)) {
			if (a.contains(b) || b.contains(a)) continue;
			const over = (p, q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1;
			if ([...a.getClientRects()].some((p) => [...b.getClientRects()].some((q) => over(p, q)))) wrong.push(name(a) + ' lies over ' + name(b));
		}
	}
	return wrong;
})()`
