//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/origin"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/core/srp"

	"github.com/hack-pad/safejs"
)

// js evaluates an expression of JavaScript.
func js(t testing.TB, expression string) safejs.Value {
	t.Helper()
	v, err := must(global("Function").New("return " + expression)).Invoke()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func toError(t testing.TB) func(error) safejs.Value {
	return errorMaker(js(t, `(name, code, message, retryable, requestId, cause) =>
		Object.assign(new Error(message), { name, code, retryable, requestId, cause })`))
}

// hostOf is a host with the functions and the page of two objects of JavaScript.
func hostOf(t testing.TB, functions, page string) *Host {
	return &Host{js(t, `((functions, page) => ({ page, ask: (name, args, signal) => functions[name](...args, signal) }))(`+functions+`, `+page+`)`)}
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestPromiseResolves(t *testing.T) {
	p := promise(toError(t), func() (any, error) {
		time.Sleep(time.Millisecond) // blocks the goroutine, not the page
		return "done", nil
	})
	v, err := await(soon(t), p)
	if err != nil || must(v.String()) != "done" {
		t.Errorf("%v %v", v, err)
	}
}

func TestPromiseRejectsWithARealError(t *testing.T) {
	cause := core.ServiceError("TooManyRequestsException", "slow down", "id-2", 400)
	p := promise(toError(t), func() (any, error) {
		e := core.ServiceError("NotAuthorizedException", "Incorrect username or password.", "id-1", 400)
		e.Cause = cause
		return nil, e
	})
	_, err := await(soon(t), p)
	var thrown exception
	if !errors.As(err, &thrown) {
		t.Fatalf("%v", err)
	}
	if !must(thrown.value.InstanceOf(global("Error"))) {
		t.Error("not an Error")
	}
	for name, want := range map[string]string{"name": "NotAuthorizedException", "code": "notAuthorized", "message": "Incorrect username or password.", "requestId": "id-1"} {
		if got := text(thrown.value, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := text(get(thrown.value, "cause"), "code"); got != "tooManyRequests" {
		t.Errorf("cause %q", got)
	}
	if !strings.Contains(err.Error(), "NotAuthorizedException: Incorrect") {
		t.Error(err)
	}
}

func TestPanicRejectsItsOwnPromiseOnly(t *testing.T) {
	for name, work := range map[string]func() (any, error){
		"panic":           func() (any, error) { panic("secret") },
		"nil dereference": func() (any, error) { var e *core.Error; return e.Name, nil },
		"broken page":     func() (any, error) { return text(safejs.Undefined(), "x"), nil },
	} {
		_, err := await(soon(t), promise(toError(t), work))
		if err == nil || !strings.Contains(err.Error(), "InternalError") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	TestPromiseResolves(t)
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := await(ctx, js(t, "new Promise(() => {})")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// A promise that settles later must not meet a released callback.
	ctx, cancel = context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	late := js(t, "new Promise((resolve) => setTimeout(resolve, 20, 1))")
	if _, err := await(ctx, late); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := await(soon(t), late); err != nil {
		t.Error(err)
	}
	if _, err := await(soon(t), js(t, "Promise.reject('not an Error')")); err == nil || strings.Contains(err.Error(), "not an Error'") {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	ctx, done := limits(safejs.Undefined())
	if _, ok := ctx.Deadline(); ok || ctx.Err() != nil {
		t.Error("limits without limits")
	}
	done()
	ctx, done = limits(js(t, "({ timeout: 10 })"))
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Error(ctx.Err())
	}
	done()
	controller := js(t, "new AbortController()")
	ctx, done = limits(object(map[string]any{"signal": get(controller, "signal")}))
	must(controller.Call("abort"))
	<-ctx.Done()
	done()
	ctx, done = limits(object(map[string]any{"signal": get(controller, "signal")}))
	if ctx.Err() == nil {
		t.Error("a signal that was aborted before")
	}
	done()
}

// jsStore makes a store of the page, whose answers go through wrap.
func jsStore(t testing.TB, wrap string) store {
	return hostOf(t, `((wrap, m) => ({
		"storage.get": (keys) => wrap(keys.map((k) => m.get(k) ?? null)),
		"storage.apply": (changes) => wrap(changes.forEach(([k, v]) => v === null ? m.delete(k) : m.set(k, v))),
	}))(`+wrap+`, new Map())`, "{}").Storage().(store)
}

var jsStores = map[string]string{"sync": "(v) => v", "async": "(v) => new Promise((r) => setTimeout(r, 1, v))"}

func TestStorage(t *testing.T) {
	for kind, wrap := range jsStores {
		t.Run(kind, func(t *testing.T) {
			origintest.TestStorage(t, func(t *testing.T) (one, other origin.Storage) {
				s := jsStore(t, wrap)
				return s, s
			})
		})
	}
	for _, failing := range []string{"() => { throw new Error('x') }", "async () => { throw 1 }"} {
		s := hostOf(t, `{ "session.get": `+failing+`, "session.apply": `+failing+` }`, "{}").Session()
		if _, err := s.Get(soon(t), "a"); core.AsError(err).Code != "storageUnavailable" {
			t.Error(err)
		}
		if err := s.Apply(soon(t), []core.Change{{Key: "a"}}); core.AsError(err).Code != "storageUnavailable" {
			t.Error(err)
		}
	}
}

// withProperty replaces a property of the browser for a test.
func withProperty(t testing.TB, object, name, value string) {
	t.Helper()
	o, key := js(t, object), must(safejs.ValueOf(name))
	undo := must(js(t, `(o, k, v) => {
		const before = Object.getOwnPropertyDescriptor(o, k);
		Object.defineProperty(o, k, { value: v, configurable: true, writable: true });
		return () => { before ? Object.defineProperty(o, k, before) : delete o[k] };
	}`).Invoke(o, key, js(t, value)))
	t.Cleanup(func() { must(undo.Invoke()) })
}

func fetchOf(t testing.TB, page string) Fetch { return Fetch{hostOf(t, "{}", page).Network()} }

func TestFetch(t *testing.T) {
	withProperty(t, "globalThis", "fetch", `async (url, options) => {
		globalThis.seen = { url, ...options, headers: [...options.headers], body: options.body && new TextDecoder().decode(options.body) };
		return new Response("answer", { status: 418, headers: { "X-Amzn-RequestId": "id", Date: "Sun, 22 Nov 2026 00:00:00 GMT" } });
	}`)
	r, err := http.NewRequest("POST", "https://example.com/", strings.NewReader("question"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "Service.Op")
	resp, err := fetchOf(t, "{ online: true }").Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body := make([]byte, 16)
	n, _ := resp.Body.Read(body)
	if resp.StatusCode != 418 || string(body[:n]) != "answer" || resp.Header.Get("x-amzn-requestid") != "id" {
		t.Errorf("%d %q %v", resp.StatusCode, body[:n], resp.Header)
	}
	seen := global("seen")
	for name, want := range map[string]string{"url": "https://example.com/", "method": "POST", "credentials": "omit", "cache": "no-store", "redirect": "error", "body": "question"} {
		if got := text(seen, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := must(must(global("JSON").Call("stringify", get(seen, "headers"))).String()); got != `[["x-amz-target","Service.Op"]]` {
		t.Errorf("headers %s", got)
	}
}

func TestFetchFailures(t *testing.T) {
	request := func(ctx context.Context) *http.Request {
		r, err := http.NewRequestWithContext(ctx, "GET", "https://example.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	withProperty(t, "globalThis", "fetch", `async () => { throw new TypeError("Failed to fetch") }`)
	_, err := fetchOf(t, "{}").Do(request(context.Background()))
	if e := core.AsError(err); e.Name != "NetworkError" || !e.Retryable {
		t.Error(err)
	}
	withProperty(t, "globalThis", "fetch", `(url, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))`)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := fetchOf(t, "{}").Do(request(ctx)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := fetchOf(t, "{ online: false }").Do(request(context.Background())); !errors.Is(err, core.ErrOffline) {
		t.Error(err)
	}
}

// A page that slept beyond the deadline takes the answer that comes when it is awake.
func TestFetchAfterSleep(t *testing.T) {
	withProperty(t, "globalThis", "fetch", `(url, { signal }) => new Promise((resolve, reject) => {
		setTimeout(resolve, 500, new Response("answer"));
		signal.addEventListener("abort", () => reject(signal.reason));
	})`)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	time.AfterFunc(10*time.Millisecond, func() {
		must(js(t, `() => { for (const until = Date.now() + 400; Date.now() < until;); }`).Invoke())
	})
	r, err := http.NewRequestWithContext(ctx, "GET", "https://example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fetchOf(t, "{}").Do(r); err != nil || ctx.Err() == nil {
		t.Errorf("%v, the deadline %v", err, ctx.Err())
	}
}

func TestWebLocks(t *testing.T) {
	serial := 0
	open := func(t *testing.T) (one, other prefixed) { // names of the browser's, not of a test's
		serial++
		prefix := fmt.Sprint("jsbridge", serial, ".")
		s := jsStore(t, jsStores["async"])
		return prefixed{(&Host{js(t, "({})")}).Locks(), s, prefix}, prefixed{(&Host{js(t, "({})")}).Locks(), s, prefix}
	}
	origintest.TestLocks(t, true, func(t *testing.T) (one, other origin.Locks) { return open(t) })
	origintest.TestShared(t, func(t *testing.T) (one, other origintest.Shared) { return open(t) })
}

type prefixed struct {
	origin.Locks
	origin.Storage
	prefix string
}

func (p prefixed) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	return p.Locks.With(ctx, p.prefix+name, wait, f)
}

func (p prefixed) Publish(ctx context.Context, name, value string) {
	p.Locks.Publish(ctx, p.prefix+name, value)
}

func (p prefixed) Published(ctx context.Context, name string) []string {
	return p.Locks.Published(ctx, p.prefix+name)
}

func TestLeases(t *testing.T) {
	withProperty(t, "navigator", "locks", "undefined")
	host := hostOf(t, `((m) => ({ "storage.get": (keys) => keys.map((k) => m.get(k) ?? null),
		"storage.apply": (changes) => changes.forEach(([k, v]) => v === null ? m.delete(k) : m.set(k, v)) }))(new Map([["jsbridge-test.lock", "dead page 1"]]))`, "{}")
	if _, ok := host.Locks().(leases); !ok {
		t.Fatalf("%T", host.Locks())
	}
	for _, wrap := range jsStores {
		s := jsStore(t, wrap)
		locks := leases{s}
		origintest.TestLocks(t, false, func(*testing.T) (one, other origin.Locks) { return locks, locks })
		origintest.TestShared(t, func(*testing.T) (one, other origintest.Shared) {
			p := prefixed{locks, s, ""}
			return p, p
		})
	}

	// A lease that ran out while its page was busy is another page's now.
	value := "another page " + strconv.FormatInt(time.Now().Add(leaseLife).UnixMilli(), 10)
	err := host.Locks().With(soon(t), "jsbridge-test", time.Second, func(ctx context.Context, _ bool) error {
		return host.Storage().Apply(ctx, []core.Change{{Key: "jsbridge-test.lock", Value: &value}})
	})
	if v, readErr := host.Storage().Get(soon(t), "jsbridge-test.lock"); err != nil || readErr != nil || v[0] == nil || *v[0] != value {
		t.Errorf("the other page's lease was taken from it: %v %v", err, readErr)
	}
}

func TestModPowEqualsGo(t *testing.T) {
	exp := bigIntExp(js(t, `(b, e, m) => {
		let base = BigInt("0x" + b), exp = BigInt("0x" + e), mod = BigInt("0x" + m), out = 1n % mod;
		for (; exp; exp >>= 1n, base = base * base % mod) if (exp & 1n) out = out * base % mod;
		return out.toString(16);
	}`))
	m := new(big.Int).Lsh(big.NewInt(1), 3072)
	m.Sub(m, big.NewInt(1103717))
	for i := range 8 {
		b := new(big.Int).Rsh(m, uint(i*300+1))
		e := new(big.Int).Rsh(m, uint(2800+i*20))
		if exp(b, e, m).Cmp(srp.GoExp(b, e, m)) != 0 {
			t.Errorf("case %d differs", i)
		}
	}
	for _, broken := range []string{"() => { throw 1 }", "() => 'x'", "() => 7"} {
		if got := bigIntExp(js(t, broken))(big.NewInt(3), big.NewInt(4), big.NewInt(7)); got.Int64() != 4 {
			t.Errorf("%s: %v", broken, got)
		}
	}
}

func TestPasskeys(t *testing.T) {
	p := hostOf(t, `{ async passkey(method, options, mediation, signal) {
		globalThis.seen = [method, options, mediation, signal.aborted].join();
		if (mediation === "none") return null;
		if (mediation) throw new DOMException("no", mediation);
		return options;
	} }`, "{ passkeys: true }").Passkeys()
	if out, err := p.Create(soon(t), json.RawMessage(`{"challenge": "AQI"}`), ""); err != nil || string(out) != `{"challenge": "AQI"}` {
		t.Errorf("%s %v", out, err)
	}
	if got := must(global("seen").String()); got != `create,{"challenge": "AQI"},,false` {
		t.Errorf("the host was asked for %s", got)
	}
	for mediation, code := range map[string]string{"none": "passkeyCancelled", "NotAllowedError": "passkeyCancelled", "SecurityError": "relyingPartyMismatch"} {
		if _, err := p.Get(soon(t), json.RawMessage(`{}`), mediation); core.AsError(err).Code != code {
			t.Errorf("%s: %v, want %s", mediation, err, code)
		}
	}
	if hostOf(t, "{}", "{ passkeys: false }").Passkeys() != nil {
		t.Error("passkeys in a browser without")
	}
}

// Ensure that what is asked of the page learns when nobody waits for it any more.
func TestAskEndsWithItsContext(t *testing.T) {
	h := hostOf(t, `{ leave: (url, signal) => new Promise(() => signal.addEventListener("abort", () => { globalThis.left = url; })) }`, `{ url: "https://example.com/" }`)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(time.Millisecond, cancel)
	if err := h.Navigation().Leave(ctx, "https://example.org/"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for c := soon(t); global("left").Type() != safejs.TypeString; time.Sleep(time.Millisecond) {
		if c.Err() != nil {
			t.Fatal("the host was not told")
		}
	}
}

func TestPopup(t *testing.T) {
	h := hostOf(t, `((responses) => ({
		"popup.open": (name, state, url) => name === "name" && state === "state" && url !== "blocked" ? 7 : 0, "popup.next": async (id) => responses.shift() ?? null,
		"popup.taken": (id, response) => { globalThis.taken = id + response }, "popup.close": (id) => { globalThis.popupClosed = id },
	}))(["theirs", "ours"])`, `{ url: "https://example.com/" }`)
	popup := func(url string) (string, error) {
		return h.Navigation().Popup(soon(t), core.Popup{Window: "name", State: "state", URL: url}, func(response string) bool { return response == "ours" })
	}
	if response, err := popup("url"); err != nil || response != "ours" || text(safejs.Global(), "taken") != "7ours" {
		t.Errorf("%q %v, taken %q", response, err, text(safejs.Global(), "taken"))
	}
	if must(global("popupClosed").Int()) != 7 {
		t.Error("the window was not closed")
	}
	if _, err := popup("url"); !errors.Is(err, core.ErrPopupClosed) {
		t.Error(err)
	}
	if _, err := popup("blocked"); !errors.Is(err, core.ErrPopupBlocked) {
		t.Error(err)
	}
	if hostOf(t, "{}", "{}").Navigation() != nil {
		t.Error("windows where there is no page")
	}
}

func TestDeviceName(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                         "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0":  "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile Safari/604": "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36":                   "Chrome on Android",
		"curl": "Browser",
	} {
		if got := hostOf(t, "{}", `{ userAgent: "`+agent+`" }`).DeviceName(); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// An engine that echoes.
type echo struct {
	woken  int
	closed bool
}

func (e *echo) Call(ctx context.Context, method string, args []byte) ([]byte, error) {
	if method == "panic" {
		panic("at the disco")
	}
	if method == "wait" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return []byte(method + string(args)), nil
}
func (e *echo) Wake()  { e.woken++ }
func (e *echo) Close() { e.closed = true }

func TestExposedEngine(t *testing.T) {
	e := new(echo)
	engine := expose(e, toError(t))
	v, err := await(soon(t), must(engine.Call("call", "m", "{}", js(t, "({})"))))
	if err != nil || must(v.String()) != "m{}" {
		t.Errorf("%v %v", v, err)
	}
	for method, want := range map[string]string{"panic": "InternalError", "wait": "TimeoutError"} {
		if _, err := await(soon(t), must(engine.Call("call", method, "{}", js(t, "({ timeout: 20 })")))); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", method, err)
		}
	}
	must(engine.Call("wake"))
	must(engine.Call("close"))
	if e.woken != 1 {
		t.Errorf("woken %d times", e.woken)
	}
	if !e.closed {
		t.Error("not closed")
	}
}
