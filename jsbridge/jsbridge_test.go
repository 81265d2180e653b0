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
	return store{js(t, `((wrap, m) => ({
		get: (keys) => wrap(keys.map((k) => m.get(k) ?? null)),
		apply: (changes) => wrap(changes.forEach(([k, v]) => v === null ? m.delete(k) : m.set(k, v))),
	}))(`+wrap+`, new Map())`)}
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
	for _, failing := range []string{"({ get() { throw new Error('x') }, apply() { throw new Error('x') } })", "({ get: async () => { throw 1 }, apply: async () => { throw 1 } })"} {
		s := store{js(t, failing)}
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
	must(js(t, `(o, k, v) => Object.defineProperty(o, k, { value: v, configurable: true, writable: true })`).Invoke(o, key, js(t, value)))
	t.Cleanup(func() { must(js(t, `(o, k) => { delete o[k] }`).Invoke(o, key)) })
}

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
	resp, err := Fetch{}.Do(r)
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
	_, err := Fetch{}.Do(request(context.Background()))
	if e := core.AsError(err); e.Name != "NetworkError" || !e.Retryable {
		t.Error(err)
	}
	withProperty(t, "globalThis", "fetch", `(url, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))`)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := (Fetch{}).Do(request(ctx)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	withProperty(t, "navigator", "onLine", "false")
	if _, err := (Fetch{}).Do(request(context.Background())); !errors.Is(err, core.ErrOffline) {
		t.Error(err)
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
	host := &Host{js(t, `({ storage: ((m) => ({ get: (keys) => keys.map((k) => m.get(k) ?? null),
		apply: (changes) => changes.forEach(([k, v]) => v === null ? m.delete(k) : m.set(k, v)) }))(new Map([["jsbridge-test.lock", "dead page 1"]])) })`)}
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
	host := &Host{js(t, `({ modPow(b, e, m) {
		let base = BigInt("0x" + b), exp = BigInt("0x" + e), mod = BigInt("0x" + m), out = 1n % mod;
		for (; exp; exp >>= 1n, base = base * base % mod) if (exp & 1n) out = out * base % mod;
		return out.toString(16);
	} })`)}
	exp := host.ModPow()
	m := new(big.Int).Lsh(big.NewInt(1), 3072)
	m.Sub(m, big.NewInt(1103717))
	for i := range 8 {
		b := new(big.Int).Rsh(m, uint(i*300+1))
		e := new(big.Int).Rsh(m, uint(2800+i*20))
		if exp(b, e, m).Cmp(srp.GoExp(b, e, m)) != 0 {
			t.Errorf("case %d differs", i)
		}
	}
	for _, broken := range []string{"({ modPow() { throw 1 } })", "({ modPow: () => 'x' })", "({ modPow: () => 7 })"} {
		h := &Host{js(t, broken)}
		if got := h.ModPow()(big.NewInt(3), big.NewInt(4), big.NewInt(7)); got.Int64() != 4 {
			t.Errorf("%s: %v", broken, got)
		}
	}
}

func TestPasskeys(t *testing.T) {
	withProperty(t, "navigator", "credentials", `({
		async create({ publicKey: k }) {
			globalThis.seen = [k.challenge, k.user.id, k.excludeCredentials[0].id].map((b) => b instanceof Uint8Array && [...b].join()).join(" ");
			return { id: "AQID", type: "public-key", authenticatorAttachment: "platform", response: {
				clientDataJSON: Uint8Array.of(1).buffer, attestationObject: Uint8Array.of(255, 254).buffer, getTransports: () => ["internal"] } };
		},
		async get({ mediation }) { globalThis.seen = mediation; throw new DOMException("no", "NotAllowedError") },
	})`)
	p := Passkeys()
	if p == nil {
		t.Fatal("no passkeys")
	}
	out, err := p.Create(soon(t), json.RawMessage(`{"challenge": "AQI", "user": {"id": "Aw", "name": "x"}, "excludeCredentials": [{"id": "BA", "type": "public-key"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := must(global("seen").String()); got != "1,2 3 4" {
		t.Errorf("options %q", got)
	}
	want := `{"authenticatorAttachment":"platform","clientExtensionResults":{},"id":"AQID","rawId":"AQID","response":{"attestationObject":"__4","clientDataJSON":"AQ","transports":["internal"]},"type":"public-key"}`
	if string(out) != want {
		t.Errorf("%s", out)
	}
	if _, err := p.Get(soon(t), json.RawMessage(`{"challenge": "AQI"}`), ""); core.AsError(err).Code != "passkeyCancelled" {
		t.Error(err)
	}
	if _, err := p.Get(soon(t), json.RawMessage(`{"challenge": "not base64!"}`), ""); core.AsError(err).Code != "passkeyFailed" {
		t.Error(err)
	}
	if _, err := p.Get(soon(t), json.RawMessage(`{"challenge": "AQI"}`), "conditional"); core.AsError(err).Code != "passkeyCancelled" || must(global("seen").String()) != "conditional" {
		t.Error(err)
	}
	withProperty(t, "globalThis", "PublicKeyCredential", "undefined")
	if Passkeys() != nil {
		t.Error("passkeys in a browser without")
	}
}

func TestWakes(t *testing.T) {
	woken := make(chan struct{}, 10)
	stops := wakes(func() { woken <- struct{}{} })
	js(t, `dispatchEvent(new Event("online"))`)
	<-woken
	for _, stop := range stops {
		stop()
	}
	js(t, `dispatchEvent(new Event("online"))`)
	if len(woken) != 0 {
		t.Error("woken after stop")
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
		withProperty(t, "navigator", "userAgent", `"`+agent+`"`)
		if got := DeviceName(); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// An engine that echoes.
type echo struct{ closed bool }

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
func (e *echo) Wake()  {}
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
	must(engine.Call("close"))
	if !e.closed {
		t.Error("not closed")
	}
}
