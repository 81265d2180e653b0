package interop

import (
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// Ensure that axe-core finds nothing to complain of on any screen of the widget, in light and in dark.
func TestAxe(t *testing.T) {
	axe, err := bundle("axe.js")
	if err != nil {
		t.Fatal(err)
	}
	// Its rules for whole pages stay on: the page around the widget keeps them.
	const complaints = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => {
		if (!passes.some(({ id }) => id === 'color-contrast')) throw Error('axe has not looked at the contrast');
		return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => id + ': ' + help + ': ' + node.html + ' ' + (node.any[0]?.message ?? '')));
	})`
	for _, tour := range widget.Tours {
		t.Run(tour.Name, func(t *testing.T) {
			e := e2e.Start(t)
			tour.Run(t, e, func(w *widget.Widget, view string) {
				if !browser.Eval[bool](w.Tab, "'axe' in globalThis") {
					w.Tab.Run("(async () => {" + axe + "})()")
				}
				for _, scheme := range []string{"light", "dark"} {
					w.Tab.Media("prefers-color-scheme", scheme)
					w.Tab.Settle()
					for _, complaint := range browser.Eval[[]string](w.Tab, complaints) {
						t.Errorf("%s, %s: %s", view, scheme, strings.Join(strings.Fields(complaint), " "))
					}
				}
			})
		})
	}
}
