package flows

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/site"
)

// hostile is a user pool domain in bad hands, or one that bad hands can reach: it sends the user back at once and answers
// the exchange as it likes. The pool itself, its keys with it, is honest.
type hostile struct {
	*e2e.Env
	*httptest.Server
	t *testing.T

	mu        sync.Mutex
	request   url.Values       // the authorization request
	stay      bool             // it is not answered
	exchanges []url.Values     // what the token endpoint was sent
	callback  func(url.Values) // changes the response
	tokens    func(*forged)    // changes the tokens
	answer    http.HandlerFunc // in place of tokens
}

// forged are the tokens that the domain answers with.
type forged struct {
	id, access  map[string]any
	sign        func(use string, claims map[string]any) string
	idToken     string // in place of the signed claims
	accessToken string
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{Env: e2e.Start(t), t: t}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Server.Close)
	outputs := site.Options{Origin: h.Origin, Cognito: e2e.SeededCognito(h.Cognito.URL())}.AmplifyOutputs()
	outputs["auth"].(map[string]any)["oauth"].(map[string]any)["domain"] = h.Server.URL
	for _, path := range []string{"/app", "/callback"} {
		h.Site.Page(path, `<!doctype html><title>app</title><button id="window">Sign in</button><script type="module" src="/app.js"></script>`, "none")
	}
	h.Site.Page("/app.js", `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: `+e2e.Args(outputs)+` });
document.querySelector('#window').onclick = () => {
  globalThis.shown = auth.showSignIn({ hostedUI: { mode: 'popup' } }).then((r) => r.userState, (error) => error.code);
};
`, "")
	h.open("/app")
	return h
}

func (h *hostile) open(path string) {
	h.Tab.Open(h.Origin + path)
	h.Tab.Wait("globalThis.auth")
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.Header().Set("Access-Control-Allow-Origin", "*")
	switch r.URL.Path {
	case "/oauth2/authorize":
		h.request = r.URL.Query()
		if h.stay {
			w.WriteHeader(http.StatusNoContent) // the browser stays where it is
			return
		}
		q := url.Values{"code": {"the-code"}, "state": {h.request.Get("state")}}
		if h.callback != nil {
			h.callback(q)
		}
		http.Redirect(w, r, h.request.Get("redirect_uri")+"?"+q.Encode(), http.StatusFound)
	case "/oauth2/token":
		r.ParseForm()
		h.exchanges = append(h.exchanges, r.PostForm)
		if h.answer != nil {
			h.answer(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(h.issue())
	default:
		http.NotFound(w, r)
	}
}

// issue makes honest tokens and lets the attack change them.
func (h *hostile) issue() map[string]any {
	now := time.Now()
	common := map[string]any{
		"iss": h.Cognito.URL() + "/" + emulator.SeedPoolID, "sub": "00000000-0000-4000-8000-00000000000a", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "origin_jti": "o",
	}
	f := &forged{id: maps.Clone(common), access: maps.Clone(common)}
	f.sign = func(use string, claims map[string]any) string {
		token, err := h.Cognito.SignToken(emulator.SeedPoolID, use, claims)
		if err != nil {
			h.t.Error(err)
		}
		return token
	}
	f.id["token_use"], f.id["aud"], f.id["nonce"], f.id["cognito:username"] = "id", emulator.SeedClientID, h.request.Get("nonce"), "mallory"
	f.access["token_use"], f.access["client_id"], f.access["username"] = "access", emulator.SeedClientID, "mallory"
	if h.tokens != nil {
		h.tokens(f)
	}
	if f.accessToken == "" {
		f.accessToken = f.sign("access", f.access)
	}
	if f.idToken == "" {
		f.idToken = f.sign("id", f.id)
	}
	return map[string]any{"access_token": f.accessToken, "id_token": f.idToken, "refresh_token": "the-refresh-token", "token_type": "Bearer", "expires_in": 3600}
}

// signIn goes through the redirect and returns what came of it: the error's code, or "".
func (h *hostile) signIn() string {
	h.t.Helper()
	h.Tab.Run(`void auth.showSignIn({ hostedUI: {} })`)
	h.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
	_, err := e2e.Call[any](h.Env, `auth.handleAuthResponse()`)
	if err == nil {
		return ""
	}
	return err.Code
}

// start begins a sign-in that does not get any further, and returns its authorization request.
func (h *hostile) start() url.Values {
	h.t.Helper()
	h.mu.Lock()
	h.stay = true
	h.mu.Unlock()
	h.Tab.ForgetRequests()
	h.Tab.Run(`void auth.showSignIn({ hostedUI: {} }).catch(() => {})`)
	// The next navigation must not meet this one under way.
	h.Tab.WaitUntil("the domain has answered", func() bool {
		return slices.ContainsFunc(h.Tab.Requests(), func(r browser.Request) bool {
			return r.Path() == "/oauth2/authorize" && (r.Status != 0 || r.Failed != "")
		})
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.request
}

// unharmed fails when anybody is signed in or anything of a session is stored.
func (h *hostile) unharmed(what string) {
	h.t.Helper()
	h.Tab.Wait(`globalThis.auth`)
	if got := e2e.Must[string](h.Env, `auth.initialize().then((r) => r.userState)`); got != "signedOut" {
		h.t.Errorf("%s: state %s", what, got)
	}
	for key := range h.Stored() {
		if !strings.HasPrefix(key, "session:") {
			h.t.Errorf("%s: the key %s is stored", what, key)
		}
	}
}

// pending fails when the sign-in in a window has ended or had a code exchanged.
func (h *hostile) pending() {
	h.t.Helper()
	if pending := browser.Eval[bool](h.Tab, `Promise.race([shown, new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(() => r('pending'))))]).then((v) => v === 'pending')`); !pending {
		h.t.Errorf("the message was taken: %s", browser.Eval[string](h.Tab, `shown`))
	}
	if n := count(h.Env, "oauth2/token"); n != 0 {
		h.t.Errorf("%d exchanges", n)
	}
	h.unharmed("a sign-in in a window")
}

// ignored opens a page at a URL and fails unless it is left alone: not handled, not exchanged, not changed.
func (h *hostile) ignored(what, address string) {
	h.t.Helper()
	before := len(h.exchanges)
	h.Tab.Open(address)
	h.Tab.Wait("globalThis.auth")
	got, err := e2e.Call[map[string]any](h.Env, `auth.handleAuthResponse()`)
	if err != nil || got["handled"] != false {
		h.t.Errorf("%s: %v %v", what, got, err)
	}
	if href := browser.Eval[string](h.Tab, `location.href`); href != address {
		h.t.Errorf("%s: the address became %s", what, href)
	}
	h.mu.Lock()
	if len(h.exchanges) != before {
		h.t.Errorf("%s: a code was exchanged: %v", what, h.exchanges)
	}
	h.mu.Unlock()
	h.unharmed(what)
}

// publicKey is the pool's key for id tokens.
func (h *hostile) publicKey() (*rsa.PublicKey, string) {
	resp, err := http.Get(h.Cognito.URL() + "/" + emulator.SeedPoolID + "/.well-known/jwks.json")
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var set struct{ Keys []struct{ Kid, N, E string } }
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		h.t.Fatal(err)
	}
	n, err := base64.RawURLEncoding.DecodeString(set.Keys[0].N)
	if err != nil {
		h.t.Fatal(err)
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}, set.Keys[0].Kid
}

func jwtPart(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// An attack is tried against a fresh page; it reports when it succeeds.
type attack struct {
	name string
	try  func(h *hostile)
}

var attacks = []attack{
	{"forged state", func(h *hostile) {
		h.start()
		h.ignored("a made-up state", h.Origin+"/callback?code=evil&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
		h.ignored("an error with a made-up state", h.Origin+"/callback?error=access_denied&state=AAAA")
	}},
	{"missing state", func(h *hostile) {
		h.start()
		h.ignored("no state", h.Origin+"/callback?code=evil")
		h.ignored("an empty state", h.Origin+"/callback?code=evil&state=")
	}},
	{"replayed state", func(h *hostile) {
		if code := h.signIn(); code != "" {
			h.t.Fatalf("honest sign-in: %s", code)
		}
		before := h.Stored()
		h.Tab.Open(h.Origin + "/callback?code=evil&state=" + h.request.Get("state"))
		h.Tab.Wait("globalThis.auth")
		e2e.Must[any](h.Env, `auth.handleAuthResponse()`)
		if len(h.exchanges) != 1 {
			h.t.Errorf("exchanged %v", h.exchanges)
		}
		checkStored(h.t, "replayed", h.Stored(), before)
	}},
	{"login CSRF", func(h *hostile) { // a whole response of the attacker's own sign-in
		other := h.Tab.Sibling()
		other.Open(h.Origin + "/app")
		other.Wait("globalThis.auth")
		h.callback = func(q url.Values) { q.Set("code", "of-mallory") }
		other.Run(`void auth.showSignIn({ hostedUI: {} })`)
		other.Wait(`location.pathname === '/callback' && globalThis.auth`)
		e2e.CallIn[any](other, `auth.handleAuthResponse()`)
		e2e.CallIn[any](other, `auth.signOut({ redirect: false })`)
		h.ignored("another's response", h.Origin+"/callback?code=of-mallory&state="+h.request.Get("state"))
	}},
	{"state of another tab", func(h *hostile) {
		state := h.start().Get("state")
		other := h.Tab.Sibling()
		other.Open(h.Origin + "/callback?code=evil&state=" + state)
		other.Wait("globalThis.auth")
		if got, err := e2e.CallIn[map[string]any](other, `auth.handleAuthResponse()`); err != nil || got["handled"] != false || len(h.exchanges) != 0 {
			h.t.Errorf("%v %v %v", got, err, h.exchanges)
		}
	}},
	{"code injection", func(h *hostile) { // at the honest domain, which checks PKCE
		h.Site.Page("/app.js", honestApp, "")
		h.open("/app")
		thief := h.Tab.Sibling()
		thief.Open(h.Origin + "/app")
		thief.Wait("globalThis.auth")
		thief.Run(`void auth.showSignIn({ hostedUI: { prompt: 'login' } })`)
		thief.Wait(`location.pathname === '/login'`)
		thief.OnNewDocument(`if (location.pathname === '/callback') { globalThis.stolen = location.href; stop(); }`)
		thief.Type(hostedUser, "demo")
		thief.Type(hostedPass, "Passw0rd!")
		thief.Click(hostedGo)
		thief.Wait(`globalThis.stolen`)
		stolen, err := url.Parse(browser.Eval[string](thief, `stolen`))
		if err != nil || stolen.Query().Get("code") == "" {
			h.t.Fatalf("nothing was stolen: %v %v", stolen, err)
		}
		h.Tab.Run(`void auth.showSignIn({ hostedUI: { prompt: 'login' } })`)
		h.Tab.Wait(`location.pathname === '/login'`)
		state := browser.Eval[string](h.Tab, `new URL(location).searchParams.get('state')`)
		h.Tab.Open(h.Origin + "/callback?code=" + stolen.Query().Get("code") + "&state=" + state)
		h.Tab.Wait("globalThis.auth")
		if _, err := e2e.Call[any](h.Env, `auth.handleAuthResponse()`); err == nil || err.Code != "badRequest" {
			h.t.Errorf("injected: %v", err)
		}
		h.unharmed("afterwards")
	}},
	{"PKCE downgrade by parameters", func(h *hostile) {
		for _, parameters := range []string{`{ code_challenge_method: 'plain' }`, `{ code_challenge: 'x' }`, `{ response_type: 'token' }`, `{ state: 'x' }`, `{ nonce: '' }`, `{ request_uri: 'https://evil.example' }`} {
			if _, err := e2e.Call[any](h.Env, `auth.showSignIn({ hostedUI: { signInURIQueryParameters: `+parameters+` } })`); err == nil || err.Code != "invalidParameter" {
				h.t.Errorf("%s: %v", parameters, err)
			}
		}
		if h.request != nil {
			h.t.Errorf("the page was left: %v", h.request)
		}
	}},
	{"PKCE downgrade on the way", func(h *hostile) { // the request loses its challenge; the honest domain then refuses the verifier
		h.Site.Page("/app.js", honestApp, "")
		h.open("/app")
		h.Tab.Run(`void auth.showSignIn({ hostedUI: {} })`)
		h.Tab.Wait(`location.pathname === '/login'`)
		h.Tab.Run(`(() => { const url = new URL(location); for (const name of ['code_challenge', 'code_challenge_method']) url.searchParams.delete(name); url.pathname = '/oauth2/authorize'; location.assign(url); })()`)
		h.Tab.Wait(`location.pathname === '/login' && !location.search.includes('code_challenge')`)
		signInHosted(h.Tab, "demo")
		h.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
		if _, err := e2e.Call[any](h.Env, `auth.handleAuthResponse()`); err == nil || err.Code != "badRequest" {
			h.t.Errorf("downgraded: %v", err)
		}
		h.unharmed("afterwards")
	}},
	{"mix-up of issuers", func(h *hostile) {
		h.callback = func(q url.Values) { q.Set("iss", "https://evil.example") }
		if code := h.signIn(); code != "securityFailed" || len(h.exchanges) != 0 {
			h.t.Errorf("ended with %q, exchanged %v", code, h.exchanges)
		}
		h.unharmed("afterwards")
	}},
	{"a parameter twice", func(h *hostile) {
		state := h.start().Get("state")
		// The page side takes what may be ours off the address bar; the engine then refuses it.
		for _, query := range []string{"code=the-code&code=evil&state=" + state, "code=evil&error=access_denied&state=" + state} {
			h.Tab.Open(h.Origin + "/callback?" + query)
			h.Tab.Wait("globalThis.auth")
			if got, err := e2e.Call[map[string]any](h.Env, `auth.handleAuthResponse()`); err != nil || got["handled"] != false || len(h.exchanges) != 0 {
				h.t.Errorf("%s: %v %v %v", query, got, err, h.exchanges)
			}
		}
		h.unharmed("afterwards")
	}},
	{"implicit response", func(h *hostile) {
		state := h.start().Get("state")
		tokens := h.issue()
		h.ignored("tokens in the fragment", h.Origin+"/callback#access_token="+tokens["access_token"].(string)+"&id_token="+tokens["id_token"].(string)+"&token_type=Bearer&state="+state)
	}},
	{"no id token", func(h *hostile) {
		h.answer = func(w http.ResponseWriter, _ *http.Request) {
			tokens := h.issue()
			delete(tokens, "id_token")
			json.NewEncoder(w).Encode(tokens)
		}
		if code := h.signIn(); code != "idTokenNotIssued" {
			h.t.Errorf("ended with %q", code)
		}
		h.unharmed("afterwards")
	}},
	{"token endpoint that redirects", func(h *hostile) {
		reached := false
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			reached = reached || r.Method == "POST"
		}))
		defer evil.Close()
		h.answer = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, evil.URL, http.StatusTemporaryRedirect)
		}
		if code := h.signIn(); code != "networkError" {
			h.t.Errorf("ended with %q", code)
		}
		if reached {
			h.t.Error("the code went elsewhere")
		}
		h.unharmed("afterwards")
	}},
	{"open redirect through returnTo", func(h *hostile) {
		for _, to := range []string{
			"https://evil.example/", "//evil.example/", `/\\evil.example/`, `\\\\evil.example`, `/\t/evil.example/`, ` //evil.example`, "http:evil.example", "https:///evil.example",
			"https://localhost@evil.example/", "/.//evil.example", "javascript:alert(1)", "data:text/html,x", h.Origin + ".evil.example/", h.Origin + "@evil.example/",
		} {
			_, err := e2e.Call[any](h.Env, `auth.showSignIn({ hostedUI: { returnTo: '`+to+`' } })`)
			if err == nil || err.Code != "invalidParameter" {
				h.t.Errorf("%s: %v", to, err)
			}
		}
		if h.request != nil {
			h.t.Errorf("the page was left: %v", h.request)
		}
	}},
	{"open redirect through SignInURI", func(h *hostile) {
		for _, uri := range []string{"javascript:alert(1)", "javascript://evil.example/%0aalert(1)", "data:text/html,x", "http://evil.example/authorize", "https://login.example\\@evil.example/", "https://user@evil.example/", "//evil.example/authorize"} {
			config := e2e.Args(map[string]any{"Auth": map[string]any{"Default": map[string]any{"OAuth": map[string]any{
				"AppClientId": "c", "SignInURI": uri, "TokenURI": "https://login.example/token", "SignInRedirectURI": h.Origin + "/callback", "Scopes": []string{"openid"},
			}}}})
			_, err := e2e.Call[any](h.Env, `new AmplifyAuth({ config: `+config+` }).showSignIn({ hostedUI: {} })`)
			if err == nil || err.Code != "invalidConfiguration" {
				h.t.Errorf("%s: %v", uri, err)
			}
		}
		if href := browser.Eval[string](h.Tab, `location.href`); href != h.Origin+"/app" {
			h.t.Errorf("the page was left for %s", href)
		}
	}},
	{"javascript: URLs in the configuration", func(h *hostile) {
		h.Tab.Run(`globalThis.alert = () => { globalThis.owned = true; }`)
		for _, key := range []string{"SignInRedirectURI", "SignOutURI", "TokenURI", "WebDomain", "Issuer"} {
			oauth := map[string]any{"AppClientId": "c", "SignInURI": "https://login.example/authorize", "TokenURI": "https://login.example/token", "SignInRedirectURI": h.Origin + "/callback", "Scopes": []string{"openid"}}
			oauth[key] = "javascript:alert(1)"
			_, err := e2e.Call[any](h.Env, `new AmplifyAuth({ config: `+e2e.Args(map[string]any{"Auth": map[string]any{"Default": map[string]any{"OAuth": oauth}}})+` }).showSignIn({ hostedUI: {} })`)
			if err == nil || err.Code != "invalidConfiguration" {
				h.t.Errorf("%s: %v", key, err)
			}
		}
		if browser.Eval[bool](h.Tab, `!!globalThis.owned`) {
			h.t.Error("the script ran")
		}
	}},
	{"message from a foreign origin to the opener", func(h *hostile) {
		h.Site.Page("/app.js", honestApp, "")
		h.open("/app")
		popup := h.Tab.Popup(func() { h.Tab.Click("#window") })
		popup.Wait(`location.pathname === '/login'`)
		// The very window of the sign-in, at the domain, with the right state, has neither an opener nor our channels.
		popup.Run(`(() => {
			const state = new URL(location).searchParams.get('state');
			const response = ` + e2e.Args(h.Origin+"/callback?code=evil&state=") + ` + state;
			if (opener) for (const data of [response, { authResponse: response }]) opener.postMessage(data, '*');
			for (const name of ['amplify-auth.oauth', 'amplify-auth.oauth.' + state]) new BroadcastChannel(name).postMessage({ authResponse: response });
		})()`)
		// A frame of another origin has the page itself.
		h.Tab.Run(`globalThis.heard = 0; addEventListener('message', () => { heard++; });
			document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts', srcdoc: '<script>top.postMessage({ authResponse: "` + h.Origin + `/callback?code=evil&state=popup.x" }, "*")</' + 'script>' }))`)
		h.Tab.Wait(`heard > 0`)
		h.pending()
		signInHosted(popup, "demo") // and the sign-in goes on
		h.Tab.Wait(`shown.then((v) => v === 'signedIn')`)
	}},
	{"popup channel squatting", func(h *hostile) { // by another page of the origin, which does not know the state
		h.Site.Page("/app.js", honestApp, "")
		h.open("/app")
		squatter := h.Tab.Sibling()
		squatter.Open(h.Origin + "/app")
		squatter.Run(`globalThis.overheard = []; window.name = 'AmplifyAuthSignIn';
			globalThis.squat = (name) => { const channel = new BroadcastChannel(name); channel.onmessage = ({ data }) => overheard.push(data); for (const data of [null, 1, 'x', {}, { authResponse: 7 }, { authResponse: ` + e2e.Args(h.Origin+"/callback?code=evil&state=popup.x") + ` }, { taken: 1 }]) channel.postMessage(data); };
			for (const name of ['amplify-auth.oauth', 'amplify-auth.oauth.', 'amplify-auth.oauth.popup.', 'amplify-auth.oauth.null']) squat(name)`)
		h.Tab.Front()
		popup := h.Tab.Popup(func() { h.Tab.Click("#window") })
		popup.Wait(`location.pathname === '/login'`)
		h.pending()
		// One that has learnt the state can disturb but not sign in as it likes: the code does not fit the verifier. What is
		// malformed does nothing.
		state := browser.Eval[string](popup, `new URL(location).searchParams.get('state')`)
		squatter.Run(`for (const data of [null, 1, 'x', [], { authResponse: 7 }, { taken: 1 }]) new BroadcastChannel('amplify-auth.oauth.' + ` + e2e.Args(state) + `).postMessage(data)`)
		h.pending()
		signInHosted(popup, "demo")
		h.Tab.Wait(`shown.then((v) => v === 'signedIn')`)
		if heard := browser.Eval[[]any](squatter, `overheard`); len(heard) != 0 {
			h.t.Errorf("the squatter heard %v", heard)
		}
	}},
	{"prototype of objects", func(h *hostile) { // what a polluted prototype holds is no option and no address
		h.Tab.Run(`Object.assign(Object.prototype, { mode: 'popup', returnTo: 'https://evil.example/', redirectURI: 'https://evil.example/', redirect: 'https://evil.example/', nonce: 'evil', maxAge: 1e9, handleRedirect: false, signInURIQueryParameters: { request_uri: 'https://evil.example/' } })`)
		q := h.start()
		if q.Get("redirect_uri") != h.Origin+"/callback" || q.Get("nonce") == "evil" || q.Has("max_age") || q.Has("request_uri") {
			h.t.Errorf("the request is %v", q)
		}
		h.unharmed("afterwards")
	}},
	{"auth_time that is too old", func(h *hostile) {
		for _, asked := range []string{`maxAge: 60`, `signInURIQueryParameters: { max_age: '60' }`} {
			for what, at := range map[string]any{"an hour ago": time.Now().Add(-time.Hour).Unix(), "none": nil, "a text": "4102444800"} {
				h.tokens = func(f *forged) { f.id["auth_time"] = at }
				h.open("/app")
				h.Tab.Run(`void auth.showSignIn({ hostedUI: { ` + asked + ` } })`)
				h.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
				if _, err := e2e.Call[any](h.Env, `auth.handleAuthResponse()`); err == nil || err.Code != "securityFailed" || !strings.Contains(err.Message, "maxAge") {
					h.t.Errorf("%s, auth_time %s: %v", asked, what, err)
				}
				h.unharmed(what)
			}
		}
	}},
	{"response of the own origin with a made-up state", func(h *hostile) {
		h.Site.Page("/app.js", honestApp, "")
		h.open("/app")
		popup := h.Tab.Popup(func() { h.Tab.Click("#window") })
		popup.Wait(`location.pathname === '/login'`)
		other := h.Tab.Sibling()
		address := h.Origin + "/callback?code=evil&state=popup.AAAA"
		other.Open(address)
		other.Wait(`globalThis.auth`)
		if got, err := e2e.CallIn[map[string]any](other, `auth.handleAuthResponse()`); err != nil || got["handled"] != false {
			h.t.Errorf("%v %v", got, err)
		}
		if href := browser.Eval[string](other, `location.href`); href != address {
			h.t.Errorf("the address became %s", href)
		}
		if n := count(h.Env, "oauth2/token"); n != 0 {
			h.t.Errorf("%d exchanges", n)
		}
		signInHosted(popup, "demo")
		h.Tab.Wait(`shown.then((v) => v === 'signedIn')`)
	}},
	{"token in a URL or Referer", func(h *hostile) {
		h.Site.Page("/app.js", honestApp, "")
		for _, path := range []string{"/app", "/callback", "/signed-out"} { // as careless as a page can be
			h.Site.Page(path, `<!doctype html><title>app</title><button id="window"></button><script type="module" src="/app.js"></script>`, "none")
			h.Site.PageHeader(path, "Referrer-Policy", "unsafe-url")
		}
		h.open("/app")
		h.Tab.ForgetRequests()
		h.Tab.Run(`void auth.showSignIn({ hostedUI: {} })`)
		signInHosted(h.Tab, "demo")
		h.Tab.Wait(`location.pathname === '/callback' && globalThis.auth`)
		secrets := e2e.Must[[]string](h.Env, `auth.handleAuthResponse().then(() => auth.getTokens()).then((t) => [t.idToken.tokenString, t.accessToken.tokenString, t.refreshToken.tokenString])`)
		e2e.Must[any](h.Env, `auth.getTokens({ forceRefresh: true })`)
		h.Tab.Run(`void auth.signOut()`)
		h.Tab.Wait(`location.pathname === '/signed-out' && globalThis.auth`)
		code := ""
		for _, r := range h.Tab.Requests() {
			if u, err := url.Parse(r.URL); err == nil && u.Path == "/callback" && u.Query().Has("code") {
				code = u.Query().Get("code")
			}
		}
		if code == "" {
			h.t.Fatal("no response was seen")
		}
		for _, r := range h.Tab.Requests() {
			for _, secret := range secrets {
				if strings.Contains(r.URL, secret) || strings.Contains(r.Header["Referer"], secret) {
					h.t.Errorf("%s %s (Referer %s) carries a token", r.Method, r.URL, r.Header["Referer"])
				}
			}
			if strings.Contains(r.URL, "id_token_hint") || strings.Contains(r.URL, "verifier") {
				h.t.Errorf("%s", r.URL)
			}
			// Before our script runs the page's own files are fetched with its address; nothing that we ask for is.
			if strings.Contains(r.Header["Referer"], code) && !strings.HasPrefix(r.URL, h.Origin) {
				h.t.Errorf("%s was sent the code by Referer", r.URL)
			}
		}
	}},
	{"callback in an iframe", func(h *hostile) {
		state := h.start().Get("state")
		h.Site.Page("/frame", `<!doctype html><title>frame</title><iframe id="callback" src="/callback?code=evil&state=`+state+`"></iframe>`, "none")
		h.Tab.Open(h.Origin + "/frame")
		h.Tab.Wait(`document.querySelector('#callback').contentWindow.auth`)
		got := browser.Eval[map[string]any](h.Tab, `document.querySelector('#callback').contentWindow.auth.handleAuthResponse()`)
		if got["handled"] != false || len(h.exchanges) != 0 {
			h.t.Errorf("%v, exchanged %v", got, h.exchanges)
		}
		_, err := browser.TryEval[any](h.Tab, `document.querySelector('#callback').contentWindow.auth.showSignIn({ hostedUI: {} })`)
		if err == nil || !strings.Contains(err.Error(), "frame") {
			h.t.Errorf("showSignIn in a frame: %v", err)
		}
	}},
	{"managed login in an iframe", func(h *hostile) {
		h.Site.Page("/frame", `<!doctype html><title>frame</title><iframe id="login"></iframe>`, "none")
		h.Tab.Open(h.Origin + "/frame")
		q := url.Values{"client_id": {emulator.SeedClientID}, "redirect_uri": {h.Origin + "/callback"}, "response_type": {"code"}}
		h.Tab.Run(`new Promise((done) => { const frame = document.querySelector('#login'); frame.onload = () => done(); frame.src = ` + e2e.Args(h.Cognito.URL()+"/login?"+q.Encode()) + `; })`)
		found := false
		for _, line := range h.Tab.Console() {
			found = found || strings.Contains(line, "frame")
		}
		if !found {
			h.t.Errorf("the page was shown: %v", h.Tab.Console())
		}
	}},
	{"stored transactions in bad shape", func(h *hostile) {
		for _, value := range []string{"", "garbage", "null", "[]", `{"deadline":1e99,"redirectURI":"x"}`, `{"deadline":9e15,"redirectURI":"` + h.Origin + `/callback"}`, `{"deadline":"soon","redirectURI":1}`} {
			h.open("/app")
			h.Tab.Run(`sessionStorage['AmplifyAuth.` + emulator.SeedClientID + `.oauth.bad'] = ` + e2e.Args(value))
			h.Tab.Open(h.Origin + "/callback?code=evil&state=bad")
			h.Tab.Wait("globalThis.auth")
			if got, err := e2e.Call[map[string]any](h.Env, `auth.handleAuthResponse()`); err != nil || got["handled"] != false || len(h.exchanges) != 0 {
				h.t.Errorf("%q: %v %v %v", value, got, err, h.exchanges)
			}
		}
		h.Tab.Run(`sessionStorage['AmplifyAuth.` + emulator.SeedClientID + `.callback'] = 'garbage'`)
		h.open("/app")
		h.unharmed("a garbled response")
	}},
}

// An attack by an issuer's two names: another pool's keys, another pool's name, and the name that is not the pool's now.
var issuerAttack = attack{"issuer in both forms with another pool's keys", func(h *hostile) {
	other := h.Admin("CreateUserPool", m{"PoolName": "evil", "IssuerConfiguration": m{"Type": "UPDATED"}})["UserPool"].(m)["Id"].(string)
	byOther := func(use string, claims map[string]any) string {
		token, err := h.Cognito.SignToken(other, use, claims)
		if err != nil {
			h.t.Error(err)
		}
		return token
	}
	for _, kind := range []string{"ORIGINAL", "UPDATED"} {
		chooseIssuer(h.Env, kind)
		ours := h.Cognito.URL() + "/" + emulator.SeedPoolID
		if kind == "UPDATED" {
			ours = h.Cognito.URL() + "/issuer-cognito-idp/" + emulator.SeedPoolID
		}
		for _, issuer := range []string{ours, h.Cognito.URL() + "/" + other, h.Cognito.URL() + "/issuer-cognito-idp/" + other} {
			h.tokens = func(f *forged) {
				f.sign = byOther
				f.id["iss"], f.access["iss"] = issuer, issuer
			}
			h.open("/app")
			if code := h.signIn(); code != "securityFailed" {
				h.t.Errorf("%s, iss %s: the sign-in ended with %q", kind, issuer, code)
			}
			h.unharmed(issuer)
		}
	}
}}

// forgeries are attacks by the answer of the token endpoint.
var forgeries = []struct {
	name   string
	change func(*hostile, *forged)
}{
	{"wrong nonce", func(_ *hostile, f *forged) { f.id["nonce"] = "of-another-sign-in" }},
	{"no nonce", func(_ *hostile, f *forged) { delete(f.id, "nonce") }},
	{"alg none", func(_ *hostile, f *forged) {
		f.idToken = jwtPart(map[string]any{"alg": "none"}) + "." + jwtPart(f.id) + "."
	}},
	{"alg none for the access token", func(_ *hostile, f *forged) {
		f.accessToken = jwtPart(map[string]any{"alg": "none"}) + "." + jwtPart(f.access) + "."
	}},
	{"HS256 with the public key", func(h *hostile, f *forged) {
		key, kid := h.publicKey()
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			h.t.Error(err)
		}
		text := jwtPart(map[string]any{"alg": "HS256", "kid": kid}) + "." + jwtPart(f.id)
		m := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		m.Write([]byte(text))
		f.idToken = text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
	}},
	{"wrong kid", func(_ *hostile, f *forged) {
		parts := strings.Split(f.sign("id", f.id), ".")
		f.idToken = jwtPart(map[string]any{"alg": "RS256", "kid": "another"}) + "." + parts[1] + "." + parts[2]
	}},
	{"changed claims", func(_ *hostile, f *forged) {
		parts := strings.Split(f.sign("id", f.id), ".")
		f.id["cognito:username"] = "admin"
		f.idToken = parts[0] + "." + jwtPart(f.id) + "." + parts[2]
	}},
	{"the key for access tokens", func(_ *hostile, f *forged) {
		parts := strings.Split(f.sign("id", f.id), ".")
		other := strings.Split(f.sign("access", f.id), ".")
		f.idToken = parts[0] + "." + parts[1] + "." + other[2]
	}},
	{"wrong iss", func(_ *hostile, f *forged) { f.id["iss"] = "https://evil.example/" + emulator.SeedPoolID }},
	{"wrong aud", func(_ *hostile, f *forged) { f.id["aud"] = "another-client" }},
	{"access token of another client", func(_ *hostile, f *forged) { f.access["client_id"] = "another-client" }},
	{"expired", func(_ *hostile, f *forged) { f.id["exp"] = time.Now().Add(-2 * time.Minute).Unix() }},
	{"future nbf", func(_ *hostile, f *forged) { f.id["nbf"] = time.Now().Add(time.Hour).Unix() }},
	{"access token as id token", func(_ *hostile, f *forged) { f.idToken = f.sign("access", f.access) }},
	{"id token as access token", func(_ *hostile, f *forged) { f.accessToken = f.sign("id", f.id) }},
	{"another user's access token", func(_ *hostile, f *forged) { f.access["sub"] = "00000000-0000-4000-8000-00000000000b" }},
	{"wrong at_hash", func(_ *hostile, f *forged) { f.id["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }},
}

// honestApp is the page's script with the local Cognito's own domain.
const honestApp = `
import { AmplifyAuth } from '/amplify-auth.js';
globalThis.AmplifyAuth = AmplifyAuth;
globalThis.auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
document.querySelector('#window').onclick = () => {
  globalThis.shown = auth.showSignIn({ hostedUI: { mode: 'popup' } }).then((r) => r.userState, (error) => error.code);
};
`

// Ensure that no attack gets through. The honest sign-in through the same machinery works, so that each could.
func TestHostedUIAttacks(t *testing.T) {
	t.Parallel()
	t.Run("none", func(t *testing.T) {
		h := newHostile(t)
		if code := h.signIn(); code != "" || len(h.exchanges) != 1 {
			t.Fatalf("the honest sign-in ended with %q", code)
		}
		if name := browser.Eval[string](h.Tab, `auth.username`); name != "mallory" {
			t.Errorf("signed in as %q", name)
		}
	})
	t.Run("forged tokens", func(t *testing.T) {
		h := newHostile(t)
		for i, f := range forgeries {
			h.tokens = func(tokens *forged) { f.change(h, tokens) }
			h.open("/app")
			if code := h.signIn(); code != "securityFailed" {
				t.Errorf("%s: the sign-in ended with %q, want securityFailed", f.name, code)
			}
			if len(h.exchanges) != i+1 {
				t.Errorf("%s: %d exchanges: the attack was not tried", f.name, len(h.exchanges))
			}
			h.unharmed(f.name)
		}
	})
	if n := len(attacks) + len(forgeries); n < 35 {
		t.Errorf("%d attacks", n)
	}
	for _, a := range append(attacks, issuerAttack) {
		t.Run(a.name, func(t *testing.T) {
			a.try(newHostile(t))
		})
	}
}
