//go:build js && wasm

package jsbridge

import (
	"math/big"
	"strings"

	"github.com/hack-pad/safejs"

	"amplify-auth/core/srp"
)

// Network is what the browser knows of its connection.
type Network struct{}

// Online is false only when the browser is sure of it.
func (Network) Online() bool {
	return !get(global("navigator"), "onLine").Equal(must(safejs.ValueOf(false)))
}

// wakes calls f when the page may have slept, was hidden or offline.
func wakes(f func()) (stops []func()) {
	if document := global("document"); defined(document) {
		stops = append(stops, listen(document, "visibilitychange", func() {
			if text(document, "visibilityState") == "visible" {
				f()
			}
		}))
	}
	for _, event := range []string{"online", "pageshow"} { // pageshow: back from the back-forward cache
		stops = append(stops, listen(safejs.Global(), event, f))
	}
	return stops
}

// ModPow is srp.Exp by the engine's BigInt, several times faster than math/big in
// WebAssembly. Should the page's function fail, Go's own takes over.
func (h *Host) ModPow() srp.Exp {
	fn := get(h.v, "modPow")
	return func(base, exp, m *big.Int) *big.Int {
		v, err := fn.Invoke(base.Text(16), exp.Text(16), m.Text(16))
		if err == nil && v.Type() == safejs.TypeString {
			if n, ok := new(big.Int).SetString(must(v.String()), 16); ok {
				return n
			}
		}
		return srp.GoExp(base, exp, m)
	}
}

// Warn tells the page's developer something on the console.
func Warn(text string) { must(global("console").Call("warn", "AmplifyAuth: "+text)) }

// HostName is the page's, empty outside a page.
func HostName() string {
	if location := global("location"); defined(location) {
		return text(location, "hostname")
	}
	return ""
}

// DeviceName describes the browser to its user, such as "Firefox on Linux".
func DeviceName() string {
	agent := text(global("navigator"), "userAgent")
	find := func(names ...string) string {
		for _, n := range names {
			mark, name, ok := strings.Cut(n, "=")
			if !ok {
				name = mark
			}
			if strings.Contains(agent, mark) {
				return name
			}
		}
		return ""
	}
	// Order matters: every browser names those it descends from.
	browser := find("Edg=Edge", "OPR=Opera", "Firefox", "FxiOS=Firefox", "CriOS=Chrome", "Chrome", "Safari")
	system := find("Android", "iPhone", "iPad", "Windows", "CrOS=ChromeOS", "Mac OS=macOS", "Linux")
	switch {
	case browser == "":
		return "Browser"
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// SecurityData is what Cognito's threat protection wants to know of the user's
// browser; empty unless the page has its script.
func SecurityData(username, poolID, clientID string) string {
	data := global("AmazonCognitoAdvancedSecurityData")
	if !defined(data) {
		return ""
	}
	if v, err := data.Call("getData", username, poolID, clientID); err == nil && v.Type() == safejs.TypeString {
		return must(v.String())
	}
	return ""
}
