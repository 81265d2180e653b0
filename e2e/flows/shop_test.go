package flows

import (
	"fmt"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// Ensure that the shop's guard leads back to the page, that its orders come by signed requests, and that without a network
// what came last is shown and said to be old.
func TestShop(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Allow("ERR_INTERNET_DISCONNECTED")
	shop(e, e.Tab, "/shop/orders")
	e.Tab.WaitFor(byRedirect)
	e.Tab.Run(`(` + signIn + `).then(() => {})`)
	e.Tab.Wait(`document.querySelectorAll('.orders li').length === 3`)
	e.Tab.Click(`a[href="/shop/orders/1042"]`)
	e.Tab.Wait(`document.querySelector('h1').textContent === 'A fountain pen'`)
	e.Tab.Offline(true)
	e.Tab.WaitFor("#offline")
	e.Tab.Click(`#view a[href="/shop/orders"]`)
	e.Tab.WaitFor(".notice")
	if got := e.Tab.Text("#view"); !strings.Contains(got, "There is no connection: this is from") || !strings.Contains(got, "Two notebooks") {
		t.Errorf("offline the page says %q", got)
	}
	e.Tab.Click(`a[href="/shop/orders/1041"]`)
	e.Tab.WaitFor(`[data-code="networkError"]`)
	e.Tab.Offline(false)
	e.Tab.Click("#view button")
	e.Tab.Wait(`document.querySelector('h1').textContent === 'Two notebooks' && document.querySelector('#offline').hidden`)
	shop(e, e.Tab, "/shop/orders/7")
	if got := e.Tab.Text("h1"); got != "Not found" {
		t.Errorf("an order that is not there: %q", got)
	}
	e.Tab.Click("#sign-out")
	e.Tab.WaitFor(byRedirect)
}

// Ensure that the shop fits a phone and a wide screen, in light, dark and from right to left.
func TestShopLayout(t *testing.T) {
	e := e2e.Start(t)
	shop(e, e.Tab, "/shop")
	e.Tab.Run(`(` + signIn + `).then(() => {})`)
	for page, path := range map[string]string{"home": "/shop", "orders": "/shop/orders", "order": "/shop/orders/1042?tab=delivery#map"} {
		shop(e, e.Tab, path)
		for _, width := range []int64{320, 1280} {
			for _, look := range []string{"light", "dark", "rtl"} {
				e.Tab.Viewport(width, 700)
				e.Tab.Media("prefers-color-scheme", strings.Replace(look, "rtl", "light", 1))
				e.Tab.Run(`document.dir = '` + map[bool]string{true: "rtl", false: "ltr"}[look == "rtl"] + `'`)
				if over := browser.Eval[[]string](e.Tab, `[...document.querySelectorAll('*')].filter((node) => { const { left, right } = node.getBoundingClientRect(); return left < 0 || right > innerWidth; }).map(({ localName }) => localName)`); len(over) > 0 {
					t.Errorf("%s at %d px, %s: beside the page lie %q", page, width, look, over)
				}
				e.Tab.Screenshot(fmt.Sprintf("shop-%s-%d-%s", page, width, look))
			}
		}
	}
}
