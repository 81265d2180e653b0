package flows

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// operable presses Tab until it has been everywhere: every control on show has to come up, marked as having the focus, and none
// that is out of sight. The focus goes back to where it was.
func operable(t *testing.T, w *widget.Widget, view string) {
	t.Helper()
	w.Tab.Run(controlsJS)
	var want, way, unmarked []string
	for range 3 { // a screen may get more of its rows meanwhile
		want = browser.Eval[[]string](w.Tab, `controls.begin()`)
		way, unmarked = tabbed(w, 5*(len(want)+2)) // a date has a stop for each part
		browser.Eval[any](w.Tab, `controls.end()`)
		slices.Sort(want)
		slices.Sort(way)
		if want, way = slices.Compact(want), slices.Compact(way); slices.Equal(way, want) && unmarked == nil {
			return
		}
	}
	t.Errorf("%s: Tab comes to %s, and there are %s; nothing marks the focus on %q", view, strings.Join(way, ", "), strings.Join(want, ", "), unmarked)
}

// tabbed is where Tab comes to, all around the page.
func tabbed(w *widget.Widget, most int) (way, unmarked []string) {
	around := 0
	for range most {
		w.Tab.Press(kb.Tab)
		at := browser.Eval[struct {
			Name   string
			Marked bool
		}](w.Tab, `controls.at()`)
		switch {
		case at.Name == "": // between the last and the first
			if around++; around == 2 {
				return way, unmarked
			}
		case len(way) > 0 && way[len(way)-1] == at.Name:
		case around > 0 && slices.Contains(way, at.Name):
			return way, unmarked
		default:
			if way = append(way, at.Name); !at.Marked {
				unmarked = append(unmarked, at.Name)
			}
		}
	}
	return way, unmarked
}

// controlsJS makes controls: begin() names the controls on show, at() is the one with the focus and whether that shows, end()
// gives the focus back.
const controlsJS = `globalThis.controls = (() => {
	const element = document.querySelector('amplify-sign-in, amplify-account'), root = element.shadowRoot;
	const name = (node) => node.name || node.dataset?.key || node.type || node.localName;
	const focused = () => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return at; };
	let before;
	return {
		begin() {
			before = focused();
			return [...root.querySelectorAll('button, a[href], select, [tabindex="0"]'), ...element.querySelectorAll('button, input, select, a[href]')]
				.filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0 && !node.disabled && !node.assignedSlot?.closest('.visually-hidden') && node.getBoundingClientRect().width > 1).map(name);
		},
		at() {
			const at = focused();
			if (!at || at === document.body) return { name: '', marked: false };
			const boxes = [at, at.assignedSlot?.closest('.box, .button, .check'), at.closest('.dial')].filter(Boolean);
			return { name: name(at), marked: boxes.some((box) => getComputedStyle(box).outlineStyle !== 'none') };
		},
		end() { if (before?.isConnected && before !== document.body) before.focus(); else focused()?.blur(); },
	};
})();`
