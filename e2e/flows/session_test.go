package flows

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// Ensure that a stored session answers from storage, before any wasm is fetched.
func TestReloadWithoutWasm(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	token := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.tokenString)`)

	// The answers are taken by the page itself as it loads; the engine may come later, when the page is idle.
	e.Site.Page("/early", `<!doctype html><script type="module" src="/early.js"></script>`, "")
	e.Site.Page("/early.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
const auth = globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
globalThis.early = (async () => {
  const { userState } = await auth.initialize();
  const tokens = await auth.getTokens();
  return [userState, auth.currentUserState, auth.username, auth.userSub, tokens.accessToken.claims.sub, tokens.accessToken.tokenString,
    performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('.wasm'))];
})();
`, "")
	e.Tab.ForgetRequests()
	e.Cognito.ResetCalls()
	e.Tab.Open(e.Origin + "/early")
	got := browser.Eval[[]any](e.Tab, `early`)
	if got[0] != "signedIn" || got[1] != "signedIn" || got[2] != "demo" || got[3] != got[4] || got[5] != token {
		t.Errorf("from storage: %v", got)
	}
	if got[6] != false {
		t.Error("the wasm was fetched before the stored session answered")
	}
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("requests were sent: %v", ops)
	}
}

// Ensure that an expired token is refreshed once for all who ask, and stored.
func TestRefresh(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	before := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.tokenString)`)
	e.Advance(2 * time.Hour)
	e.Cognito.ResetCalls()
	after := e2e.Must[[]string](e, `Promise.all(Array.from({ length: 50 }, () => auth.getTokens().then(t => t.accessToken.tokenString)))`)
	if slices.Contains(after, before) || len(slices.Compact(after)) != 1 {
		t.Errorf("%d different tokens, want one new one", len(slices.Compact(after)))
	}
	if ops := e.Operations(); !slices.Equal(ops, []string{"GetTokensFromRefreshToken"}) {
		t.Errorf("operations %v, want one GetTokensFromRefreshToken", ops)
	}
	if stored := e.Stored(); !slices.Contains(slices.Collect(maps.Values(stored)), after[0]) {
		t.Error("the new access token is not stored")
	}
	// The next page load takes the new tokens from storage.
	e.Cognito.ResetCalls()
	e.App("")
	if again := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.tokenString)`); again != after[0] {
		t.Error("after a reload the tokens are others")
	}
	if ops := e.Operations(); len(ops) != 0 {
		t.Errorf("requests after the reload: %v", ops)
	}
}

// Ensure that forceRefresh refreshes a token that is still good.
func TestForceRefresh(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	e.Cognito.ResetCalls()
	e.Advance(time.Second) // Cognito writes iat in whole seconds
	if same := e2e.Must[bool](e, `(async () => {
		const before = await auth.getTokens();
		const after = await auth.getTokens({ forceRefresh: true });
		return before.accessToken.tokenString === after.accessToken.tokenString;
	})()`); same {
		t.Error("forceRefresh gave the same token")
	}
	if ops := e.Operations(); !slices.Equal(ops, []string{"GetTokensFromRefreshToken"}) {
		t.Errorf("operations %v, want one GetTokensFromRefreshToken", ops)
	}
}

// Ensure that a corrupted or foreign value under any of our keys neither crashes nor signs anybody in.
func TestCorruptedStorage(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	good := e.Stored()
	var access, id string
	for key, value := range good {
		switch {
		case strings.HasSuffix(key, ".accessToken"):
			access = value
		case strings.HasSuffix(key, ".idToken"):
			id = value
		}
	}
	parts := strings.Split(access, ".")
	bad := map[string]string{
		"empty":              "",
		"null":               "null",
		"object":             "{}",
		"dots":               "..",
		"not base64":         "%%%.%%%.%%%",
		"claims not JSON":    parts[0] + ".bm90IGpzb24." + parts[2],
		"claims are a list":  parts[0] + ".W10." + parts[2],
		"claims are null":    parts[0] + ".bnVsbA." + parts[2],
		"cut":                access[:len(access)/2],
		"long":               strings.Repeat("x", 100_000),
		"another's token":    parts[0] + ".eyJ0b2tlbl91c2UiOiJhY2Nlc3MiLCJjbGllbnRfaWQiOiJhbm90aGVyIiwiZXhwIjo5OTk5OTk5OTk5fQ." + parts[2],
		"the other token":    id,
		"control characters": "\x00\x01\u2028",
	}
	for key := range good {
		for name, value := range bad {
			e.Tab.Run(`(() => {
				auth.close();
				localStorage.clear();
				Object.assign(localStorage, ` + e2e.Args(good) + `);
				localStorage.setItem(` + e2e.Args(key) + `, ` + e2e.Args(value) + `);
				globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
			})()`)
			what := key[strings.LastIndex(key, ".")+1:] + " is " + name
			state, err := e2e.Call[string](e, `auth.initialize().then(r => r.userState)`)
			if err != nil {
				t.Errorf("%s: initialize was rejected: %v", what, err)
				continue
			}
			if state == "signedIn" && (strings.HasSuffix(key, ".accessToken") || strings.HasSuffix(key, ".LastAuthUser")) {
				t.Errorf("%s: signed in", what)
			}
			// getTokens gives tokens of the right user, repaired by his own refresh token, or a typed error.
			ok, err := e2e.Call[bool](e, `auth.getTokens({ timeout: 10_000 }).then(({ accessToken: access, idToken: id }) =>
				access.claims.username === 'demo' && access.tokenString !== `+e2e.Args(value)+` && (!id || id.claims.aud === access.claims.client_id))`)
			switch {
			case err == nil && !ok:
				t.Errorf("%s: getTokens gave foreign tokens", what)
			case err != nil && (!err.AuthError || err.Code == "engineStopped" || err.Code == "timeout"):
				t.Errorf("%s: getTokens: %v", what, err)
			case err == nil && strings.HasSuffix(key, ".LastAuthUser"):
				t.Errorf("%s: getTokens gave tokens", what)
			}
		}
	}

	// Nothing good is left: nobody can be signed in.
	for name, value := range bad {
		all := maps.Clone(good)
		for key := range all {
			if !strings.HasSuffix(key, ".LastAuthUser") {
				all[key] = value
			}
		}
		e.Tab.Run(`(() => {
			auth.close();
			localStorage.clear();
			Object.assign(localStorage, ` + e2e.Args(all) + `);
			globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json', onExpired: 'reject' });
		})()`)
		if state, err := e2e.Call[string](e, `auth.initialize().then(r => r.userState)`); err != nil || state == "signedIn" {
			t.Errorf("everything is %s: state %q, %v", name, state, err)
		}
		if _, err := e2e.Call[any](e, `auth.getTokens({ timeout: 10_000 })`); err == nil || !err.AuthError || err.Code == "timeout" {
			t.Errorf("everything is %s: getTokens: %v", name, err)
		}
	}
}

// Ensure that a store that is full or forbidden gives way to memory, which is said, and that sign-in works.
func TestStorageFallback(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"full":      `Storage.prototype.setItem = function () { throw new DOMException('exceeded the quota', 'QuotaExceededError'); };`,
		"forbidden": `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied for this document', 'SecurityError'); } });`,
		"missing":   `Object.defineProperty(window, 'localStorage', { value: null });`,
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			e.Tab.OnNewDocument(script)
			e.App("")
			e.Tab.Run(`(globalThis.fallbacks = 0, auth.addEventListener('storageFallback', () => fallbacks++), undefined)`)
			mustSignIn(t, e)
			if name := e2e.Must[string](e, `auth.getTokens().then(t => t.accessToken.claims.username)`); name != "demo" {
				t.Errorf("getTokens gave the tokens of %q", name)
			}
			warnings := 0
			for _, line := range e.Tab.Console() {
				if strings.HasPrefix(line, "warning:") && strings.Contains(line, "memory") {
					warnings++
				}
			}
			if warnings != 1 {
				t.Errorf("%d warnings that memory is used, want 1: %q", warnings, e.Tab.Console())
			}
			if name == "full" && browser.Eval[int](e.Tab, `fallbacks`) == 0 {
				t.Error("no storageFallback event")
			}
			e2e.Must[any](e, `auth.signOut()`)
			if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedOut" {
				t.Errorf("state %q, want signedOut", state)
			}
		})
	}
}

// Ensure that storage: 'memory' and 'session' leave localStorage alone.
func TestStorageKinds(t *testing.T) {
	e := e2e.Start(t)
	for _, kind := range []string{"memory", "session"} {
		e.App("storage: '" + kind + "'")
		mustSignIn(t, e)
		if n := browser.Eval[int](e.Tab, `localStorage.length`); n != 0 {
			t.Errorf("storage %q: %d keys in localStorage", kind, n)
		}
		e.App("storage: '" + kind + "'")
		want := map[string]string{"memory": "signedOut", "session": "signedIn"}[kind]
		if got := e2e.Must[string](e, `auth.initialize().then(r => r.userState)`); got != want {
			t.Errorf("storage %q: %s after a reload, want %s", kind, got, want)
		}
	}
}
