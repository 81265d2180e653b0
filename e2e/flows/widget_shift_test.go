package flows

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// shiftPage collects what moves on a page, and holds the configuration back until release() is called. The browser's own measure
// knows nothing of a node that is drawn anew elsewhere: watch() compares, frame by frame, where what has a name is.
const shiftPage = `
globalThis.moved = [];
const place = ({ x, y }) => Math.round(x) + ' ' + Math.round(y);
new PerformanceObserver((list) => {
  for (const { value, sources: all } of list.getEntries()) {
    // Until the first screen is drawn the page shows its own content without the element.
    const sources = all.filter(({ node }) => globalThis.watching || !(node?.closest ? node : node?.parentElement)?.closest('#below, #members'));
    if (sources.length || !all.length) moved.push(value.toFixed(4) + ': ' + sources.map(({ node, previousRect, currentRect }) =>
      (node?.localName ?? node?.nodeName) + ' "' + (node?.textContent ?? '').trim().slice(0, 20) + '" from ' + place(previousRect) + ' to ' + place(currentRect)).join(', '));
  }
}).observe({ type: 'layout-shift', buffered: true });
const fetched = fetch;
const held = new Promise((release) => { globalThis.release = release; });
globalThis.fetch = async (...args) => {
  if (String(args[0]).endsWith('/shift.json')) await held;
  return fetched(...args);
};
const places = () => {
  const found = {};
  for (const el of document.querySelectorAll('amplify-sign-in, amplify-account')) {
    const nodes = [...el.shadowRoot.querySelectorAll('[data-key], [part~=logo], [part~=input], [part~=divider]'), ...el.querySelectorAll('[data-amplify-auth], #members')];
    for (const node of nodes) {
      if (node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !node.matches('.visually-hidden') && node.textContent !== "\u00a0") {
        found[[el.localName, node.localName, node.dataset.key ?? node.slot ?? node.part, node.id].join(' ')] ??= place(node.getBoundingClientRect());
      }
    }
  }
  const below = document.querySelector('#below');
  if (below) found.below = place(below.getBoundingClientRect());
  return found;
};
globalThis.watch = (before = {}) => {
  const now = places();
  for (const [name, at] of Object.entries(now)) if ((before[name] ?? at) !== at) moved.push(name + ' from ' + before[name] + ' to ' + at);
  requestAnimationFrame(() => watch(now));
};
globalThis.drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));`

// Ensure that on every first screen nothing on show moves from the first paint until the configuration, which is slow to
// come, has made of it what it is.
func TestWidgetLayoutShift(t *testing.T) {
	const (
		signIn  = "amplify-sign-in"
		account = "amplify-account"
		there   = "el.auth && el.screen && !el.shadowRoot.querySelector('.unconfigured, .busy')"
	)
	e := e2e.Start(t)
	e.Site.Page("/shift.js", shiftPage, "")
	e.Site.Page("/late.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>`, "")
	pool := widget.Seeded(e)
	providers := `["google", "facebook", "amazon", "apple", { "id": "Example", "label": "Example" }]`
	oauth := m{"oauth": m{"domain": e.Cognito.URL(), "scopes": []string{"openid"}, "redirect_sign_in_uri": []string{e.Origin + "/callback"},
		"redirect_sign_out_uri": []string{e.Origin + "/signed-out"}, "response_type": "code"}}
	hosted := maps.Clone(oauth["oauth"].(m))
	hosted["identity_providers"] = []string{"GOOGLE", "FACEBOOK", "LOGIN_WITH_AMAZON"}
	identities := m{"CredentialsProvider": m{"CognitoIdentity": m{"Default": m{"PoolId": emulator.SeedIdentityPoolID, "Region": "us-east-1"}}}}
	e.Admin("SetUserPoolSessionConfiguration", m{"UserPoolId": pool.ID, "UserSessionTracking": "ENABLED", "TokenSession": m{"MaxPerUser": 5}}) // a row more in the account
	named := m{"username_attributes": []string{"email"}, "password_policy": widget.Policy, "standard_required_attributes": []string{"email", "name"}}
	passwordless := widget.Outputs(pool, m{"passwordless": widget.Passwordless})
	client := `import('/amplify-auth.js').then(({ AmplifyAuth }) => new AmplifyAuth({ config: ` + e2e.Args(widget.Outputs(pool, nil)) + ` }))`
	signedIn := client + `.then((auth) => auth.signIn({ username: 'demo', password: '` + emulator.SeedPassword + `' }))`
	ended := client + `.then((auth) => auth.getTokens({ wait: false })).then(() => Promise.reject(Error('the session has not ended')), () => {})`
	const tall = `<textarea id="members" rows="20">members only</textarea>`
	const remembered = `localStorage.setItem('amplify-sign-in.` + emulator.SeedClientID + `.username', 'demo')`
	// Nobody knows how much room these will take, so that what stands below them has to make it.
	unknown := []string{"providers of the configuration", "sign-up of the configuration", "ended session", "account of who is signed in", "account, misconfigured"}
	for _, test := range []struct {
		name, config string
		attributes   map[string]string
		before       string // done on the page that comes before
		after        string // done once the element is drawn
		selector     string
		until        string
	}{
		{"password", widget.Outputs(pool, nil), nil, "", "", signIn, there},
		{"a logo", widget.Outputs(pool, nil), map[string]string{"logo": "/late.svg"}, "", "", signIn, there},
		{"e-mail address", widget.Outputs(pool, named), nil, "", "", signIn, there},
		{"providers", widget.Outputs(pool, oauth), map[string]string{"providers": providers}, "", "", signIn, there},
		{"providers of the configuration", widget.Outputs(pool, m{"oauth": hosted}), nil, "", "", signIn, there},
		{"passwordless", passwordless, nil, "", "", signIn, there},
		{"passwordless, from right to left", passwordless, map[string]string{"lang": "ar"}, "", "", signIn, there},
		{"remembered", widget.Outputs(pool, nil), nil, remembered, "", signIn, there},
		{"remembered, passwordless", passwordless, nil, remembered, "", signIn, there},
		{"identity pool", e2e.Args(identities), map[string]string{"providers": `[{ "id": "google", "clientId": "local" }]`}, "", "", signIn, there},
		{"identity pool alone", e2e.Args(identities), nil, "", "", signIn, there},
		{"misconfigured", "not JSON", nil, "", "", signIn, "el.screen === 'misconfigured'"},
		{"sign-up", widget.Outputs(pool, named), map[string]string{"initial-screen": "signUp", "sign-up-attributes": widget.SignUpAttributes}, "", "", signIn, there},
		{"sign-up of the configuration", widget.Outputs(pool, named), map[string]string{"initial-screen": "signUp"}, "", "", signIn, there},
		{"forgotten password", widget.Outputs(pool, named), map[string]string{"initial-screen": "forgotPassword"}, "", "", signIn, there},
		{"dialog", passwordless, map[string]string{"modal": ""}, "", `document.querySelector('amplify-sign-in').show()`, signIn, there},
		{"dialog that comes late", passwordless, map[string]string{"modal": ""}, "", "", signIn, there + " && (el.show(), true)"},
		{"showSignIn", passwordless, nil, "", `import('/amplify-auth.js').then(({ AmplifyAuth }) => { new AmplifyAuth({ config: '/shift.json' }).showSignIn({ canCancel: true }).catch(() => {}); release(); })`, signIn, there}, // which waits for it itself
		{"account", widget.Outputs(pool, nil), nil, "", "", account, there},
		{"signed in", widget.Outputs(pool, nil), map[string]string{"": tall}, signedIn, "", signIn, "el.state === 'signedIn' && !el.screen"},
		{"dialog of who is signed in", widget.Outputs(pool, nil), map[string]string{"modal": "", "": tall}, signedIn, `document.querySelector('amplify-sign-in').show()`, signIn, "el.state === 'signedIn' && !el.screen"},
		{"account of who is signed in", widget.Outputs(pool, nil), nil, signedIn, "", account, `el.shadowRoot.querySelector('[data-key="sessions"]')`},
		{"ended session", widget.Outputs(pool, nil), map[string]string{"": tall}, ended, "", signIn, "el.screen === 'signIn'"},
		{"account, misconfigured", "not JSON", nil, "", "", account, "el.screen === 'misconfigured'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			attributes := map[string]string{"config": "/shift.json"}
			maps.Copy(attributes, test.attributes)
			tag := widget.Tag(test.selector, attributes)
			if test.name == "showSignIn" {
				tag = ""
			}
			if !slices.Contains(unknown, test.name) {
				tag += `<p id="below">Below</p>`
			}
			e.Site.Page("/shift.json", test.config, "")
			e.Site.Page("/shift", `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>shift</title><link rel="icon" href="data:,">
<script src="/shift.js"></script><script type="module" src="/amplify-sign-in.js"></script><body><h1>Page</h1>`+tag, "")
			e.Site.Page("/before", `<!doctype html><title>before</title><link rel="icon" href="data:,">`, "")
			e.Tab.Open(e.Origin + "/before")
			e.Tab.Run(`localStorage.clear()`)
			switch test.before {
			case "":
			case ended:
				e.Tab.Run(signedIn)
				e.Admin("AdminUserGlobalSignOut", m{"UserPoolId": pool.ID, "Username": "demo"})
				e.Advance(2 * time.Hour)
				e.Tab.Run(ended)
			default:
				e.Tab.Run(test.before)
			}
			e.Tab.Open(e.Origin + "/shift")
			e.Tab.Wait(`customElements.get('amplify-sign-in')`)
			if test.after != "" {
				e.Tab.Run(test.after)
			}
			w := widget.On(t, e, test.selector)
			w.Wait("el.shadowRoot.querySelector('.loading, .panel > *')")
			e.Tab.Run("drawn()")
			if test.after != "" && !widget.Eval[bool](w, "[...el.shadowRoot.querySelectorAll('dialog .loading, dialog #title')].some((node) => node.checkVisibility())") {
				t.Error("the dialog shows nothing")
			}
			e.Tab.Run("watching = true, watch()")
			if widget.Eval[bool](w, "Boolean(el.auth)") && test.name != "showSignIn" {
				t.Error("the configuration was not held back")
			}
			e.Tab.Run("release()")
			w.Wait(test.until)
			e.Tab.Run("drawn()")
			if moved := browser.Eval[[]string](e.Tab, "moved"); len(moved) > 0 {
				t.Errorf("moved: %s", strings.Join(moved, "; "))
			}
		})
	}
}
