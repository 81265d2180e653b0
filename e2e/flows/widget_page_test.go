package flows

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that a press counts although the screen is drawn anew before the button is let go, and that what was drawn late
// shows then.
func TestWidgetPressedWhileDrawn(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(nil, nil)
	w := open(t, e, widget.Outputs(p, nil), nil)
	w.At("signIn")
	redraw := func() {
		w.Tab.Run(`Object.defineProperty(navigator, 'onLine', { value: !navigator.onLine, configurable: true }), dispatchEvent(new Event('offline'))`)
	}
	mouse := func(selector string, types ...input.DispatchMouseEventType) {
		t.Helper()
		w.Tab.Wait("!(" + browser.Spot(selector) + ").why")
		at := browser.Eval[struct{ X, Y float64 }](w.Tab, browser.Spot(selector))
		for _, kind := range types {
			w.Tab.Do(chromedp.MouseEvent(kind, at.X, at.Y, chromedp.ButtonType(input.MouseButtonLeft), chromedp.ClickCount(1)))
		}
	}
	link := w.Button("signIn.forgot")
	mouse(link, input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed)
	redraw()
	mouse(link, input.DispatchMouseEventTypeMouseReleased)
	w.At("forgotPassword")
	if got := w.Text(); !strings.Contains(got, "offline") {
		t.Errorf("offline, the screen says %q", got)
	}

	mouse(w.Selector+" >>> #title", input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed)
	redraw()
	if got := w.Text(); !strings.Contains(got, "offline") {
		t.Errorf("while the mouse is down, the screen says %q", got)
	}
	mouse(w.Selector+" >>> #title", input.DispatchMouseEventTypeMouseReleased)
	w.Tab.WaitUntil("the notice is gone", func() bool { return !strings.Contains(w.Text(), "offline") })

	w.Tab.Run("(" + browser.Element(w.Button("signIn")) + ").focus()")
	for _, key := range kb.Encode(' ') {
		if key.Type == kb.KeyUp {
			redraw()
		}
		if _, err := chromedp.Call(w.Tab.Context(), input.DispatchKeyEvent, *key); err != nil {
			t.Fatal(err)
		}
	}
	w.At("signIn")
}

// Ensure that showSignIn opens a dialog or fills a container, does what its options say, resolves with the user state,
// and says so when the user closes it or the page gives up; nothing of it stays in the page.
func TestWidgetShowSignIn(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e.Tab.Run(`document.body.insertAdjacentHTML('beforeend', '<button id="opener">Sign in</button><div id="box"></div>'); document.querySelector('#opener').focus()`)
	show := func(options string) *widget.Widget {
		t.Helper()
		e.Tab.Run(`globalThis.shown = auth.showSignIn(` + options + `).then(({ userState }) => userState, (error) => error.code + ' ' + (error instanceof AmplifyAuth.AuthError)); undefined`)
		w := widget.On(t, e, "amplify-sign-in")
		w.Wait("el.screen")
		return w
	}
	ended := func(how, want string) {
		t.Helper()
		if got := browser.Eval[string](e.Tab, "shown"); got != want {
			t.Errorf("%s: %q, want %q", how, got, want)
		}
		e.Tab.Wait(`!document.querySelector('amplify-sign-in, [data-amplify-auth]')`)
	}

	w := show(`{ canCancel: true, logoImage: '/icon.svg', backgroundColor: 'rgb(10, 20, 60)', primaryColor: 'rgb(250, 220, 0)' }`)
	look := widget.Eval[[]string](w, `((root) => {
		const style = (selector) => getComputedStyle(root.querySelector(selector));
		return [String(root.querySelector('dialog').matches(':modal')), style('dialog').backgroundColor, style('dialog').colorScheme,
			style('[part=submit-button]').backgroundColor, style('[part=submit-button]').color, root.querySelector('[part=logo]').getAttribute('src')];
	})(el.shadowRoot)`)
	if want := []string{"true", "rgb(10, 20, 60)", "dark", "rgb(250, 220, 0)", "rgb(0, 0, 0)", "/icon.svg"}; !slices.Equal(look, want) {
		t.Errorf("modal, background, scheme, button, its text and logo are %q, want %q", look, want)
	}
	w.Tab.WaitUntil("the user name has the focus", func() bool { return w.Focus() == "username" })
	w.Press("close")
	ended("closed by its button", "userCancelledSignIn true")
	show(`{ canCancel: true }`)
	e.Tab.Press(kb.Escape)
	ended("closed by Escape", "userCancelledSignIn true")

	w = show(`{ disableSignUp: true, startWithSignUp: true, signal: (globalThis.giveUp = new AbortController()).signal }`)
	e.Tab.Press(kb.Escape)
	e.Tab.Press(kb.Escape)
	w.Wait(`el.shadowRoot.querySelector('dialog').open`) // the second Escape is one that a page cannot hold up
	if got := widget.Eval[string](w, `[el.screen, el.shadowRoot.querySelector('[data-key=signUp], [data-key=close]')].join(' ')`); got != "signIn " {
		t.Errorf("screen, buttons that should not be there: %q", got)
	}
	e.Tab.Run(`giveUp.abort()`)
	ended("given up by the page", "aborted true")
	if got := browser.Eval[string](e.Tab, `document.activeElement.id`); got != "opener" {
		t.Errorf("given up by the page, the focus is on %q", got)
	}

	show(`{ container: '#box' }`)
	e.Tab.Run(`document.querySelector('#box').replaceChildren()`)
	ended("emptied by the page", "aborted true")
	w = show(`{ container: '#box', startWithSignUp: true }`)
	if got := widget.Eval[string](w, `el.parentElement.id + ' ' + el.screen`); got != "box signUp" {
		t.Errorf("container and screen: %s", got)
	}
	w.Press("signIn")
	w.At("signIn")
	w.SignIn("demo", emulator.SeedPassword)
	ended("signed in", "signedIn")
	wantState(t, e, "signedIn")
	fails(t, e, "showSignIn", nil, "invalidState")
	must(t, e, "signOut", nil)
	fails(t, e, "showSignIn", m{"container": "#nowhere"}, "invalidParameter")

	e.Tab.Run(`(async () => {
		const fetched = fetch;
		let answer;
		globalThis.fetch = (url) => new Promise((resolve) => { answer = () => resolve(fetched(url)); });
		const slow = new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' });
		globalThis.fetch = fetched;
		const giveUp = new AbortController();
		globalThis.shown = slow.showSignIn({ signal: giveUp.signal }).catch(({ code }) => code + ' true');
		giveUp.abort();
		await shown;
		answer();
		await slow.initialize({ timeout: 20000 });
		await slow.getPendingSignIn();
	})()`)
	ended("given up before the configuration came", "aborted true")

	show(`{}`)
	e.Tab.Run(`globalThis.again = auth.showSignIn({ signal: AbortSignal.abort() }).catch(({ code }) => code); auth.showSignIn({}).catch(() => {}); undefined`)
	if got := browser.Eval[string](e.Tab, "again"); got != "aborted" {
		t.Errorf("the second call, given up: %q", got)
	}
	if got := browser.Eval[int](e.Tab, `document.querySelectorAll('amplify-sign-in').length`); got != 1 {
		t.Errorf("two calls have opened %d dialogs", got)
	}
	e.Tab.Run(`auth.close()`)
	ended("closed with its client", "aborted true")
}

// Ensure that beforesubmit can stop a step, change what is sent and add to it, and that aftersubmit tells of the end.
func TestWidgetSubmitEvents(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.Tab.Run(`
		globalThis.told = [];
		addEventListener('beforesubmit', (event) => {
			told.push(event.type + ' ' + event.detail.screen);
			if (event.detail.values.username === 'stop') event.preventDefault();
			event.detail.values.username = event.detail.values.username?.replace('alias', 'demo');
		});
		addEventListener('aftersubmit', ({ type, detail: { screen, next } }) => told.push([type, screen, next].join(' ')));`)
	e.Cognito.ResetCalls()
	w.SignIn("stop", emulator.SeedPassword)
	w.Tab.Wait("told.length")
	if got := e.Operations(); len(got) != 0 || widget.Eval[bool](w, `el.shadowRoot.querySelector('.busy') !== null`) {
		t.Errorf("stopped, it asked for %v", got)
	}
	w.SignIn("alias-sms", emulator.SeedPassword)
	w.At("smsMFA")
	w.Answer("confirmationCode", e.Code("demo-sms"))
	w.SignedIn()
	told := browser.Eval[string](w.Tab, `told.join(', ')`)
	if want := "beforesubmit signIn, beforesubmit signIn, aftersubmit signIn smsMFA, beforesubmit smsMFA, aftersubmit smsMFA "; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

// Ensure that two widgets of one page do not mix, that one moved keeps what is typed, and that one removed leaves neither
// nodes, listeners nor timers behind.
func TestWidgetTwice(t *testing.T) {
	e := e2e.Start(t)
	config := widget.Outputs(widget.Seeded(e), nil)
	one := widget.Open(t, e, widget.Tag("amplify-sign-in", map[string]string{"id": "one", "config": config})+`<div id="elsewhere"></div>`+
		widget.Tag("amplify-sign-in", map[string]string{"id": "two", "config": config, "": ""}), nil)
	one, two := one.In("#one"), one.In("#two")
	one.Wait("el.auth && el.screen")
	two.Wait("el.auth && el.screen")
	one.Fill("username", "demo")
	two.Fill("username", "somebody")
	if ids := browser.Eval[bool](e.Tab, `new Set([...document.querySelectorAll('[id]')].map(({ id }) => id)).size === document.querySelectorAll('[id]').length`); !ids {
		t.Error("two elements have one id")
	}
	e.Tab.Run(`document.querySelector('#elsewhere').append(document.querySelector('#one'))`)
	one.Fill("password", emulator.SeedPassword)
	if got := widget.Eval[string](one, `el.querySelector('[name=username]').value + ' ' + el.querySelectorAll('input').length`); got != "demo 3" {
		t.Errorf("after the move the user name and the number of fields are %s", got)
	}
	one.Submit()
	one.SignedIn()
	two.Wait("el.screen === undefined") // the same session
	one.SignOut()
	two.At("signIn")

	// Whatever a removed element has left on the window, the document or the clock would hold it.
	e.Tab.Run(`(async () => {
		globalThis.held = new Set();
		globalThis.seen = 0;
		for (const target of [window, document, document.documentElement]) {
			const { addEventListener, removeEventListener } = target;
			const entry = (type, fn) => [...held].find((one) => one.type === type && one.fn === fn && one.target === target);
			target.addEventListener = function (type, fn, options) {
				if (!entry(type, fn)) { held.add({ target, type, fn, signal: options?.signal }); seen++; }
				return addEventListener.call(this, type, fn, options);
			};
			target.removeEventListener = function (type, fn, options) { held.delete(entry(type, fn)); return removeEventListener.call(this, type, fn, options); };
		}
		globalThis.left = () => {
			for (const one of held) if (one.signal?.aborted) held.delete(one);
			return [...held].map(({ type }) => type);
		};
		const { setInterval } = window;
		globalThis.timers = new Set();
		window.setInterval = (...args) => { const id = setInterval(...args); timers.add(id); return id; };
		const { clearInterval } = window;
		window.clearInterval = (id) => { timers.delete(id); clearInterval(id); };
	})()`)
	e.Tab.Run(`(() => {
		const three = document.createElement('amplify-sign-in');
		three.id = 'three';
		three.setAttribute('config', ` + e2e.Args(config) + `);
		document.querySelector('main').append(three);
		globalThis.three = new WeakRef(three);
	})()`)
	three := one.In("#three")
	three.Wait("el.auth && el.screen")
	three.Press("signIn.forgot")
	three.Answer("username", "demo")
	three.At("resetPassword") // with a countdown
	e.Tab.Run(`document.querySelector('#three').remove()`)
	var left string
	defer func() {
		if left != "" {
			t.Errorf("what is left of the third element: %s", left)
		}
	}()
	e.Tab.WaitUntil("nothing of it is left", func() bool {
		left = browser.Eval[string](e.Tab, `left().join(' ') + (timers.size ? ' and a timer' : '')`)
		return left == ""
	})
	if browser.Eval[int](e.Tab, "seen") == 0 {
		t.Error("the third element has listened to nothing: nothing was tested")
	}
	e.Tab.WaitUntil("the removed element is garbage", func() bool {
		e.Tab.Collect()
		return browser.Eval[bool](e.Tab, `three.deref() === undefined`)
	})
}

// Ensure that an element does without its client until the page gives it one, and the account panel inside with it; that
// it is drawn in another document and in another shadow root, in the language there; and that no empty box is left where
// it is no dialog any more.
func TestWidgetSetUpLate(t *testing.T) {
	e := e2e.Start(t)
	w := widget.Open(t, e, widget.Tag("amplify-sign-in", map[string]string{"": widget.Members + "<amplify-account></amplify-account>"}), nil)
	w.Refused()
	if !slices.ContainsFunc(w.Tab.Console(), func(line string) bool { return strings.Contains(line, "needs a config attribute or an auth property") }) {
		t.Errorf("the console does not say what is wrong: %q", w.Tab.Console())
	}
	w.Tab.Run(`document.querySelector('amplify-sign-in').show(); document.createElement('amplify-sign-in').show()`)
	w.Tab.Run(`import('/amplify-auth.js').then(({ AmplifyAuth }) => { document.querySelector('amplify-sign-in').auth = new AmplifyAuth({ config: '/amplify_outputs.json' }); })`)
	w.Tab.WaitUntil("nothing is wrong any more", func() bool { return w.Problems() == "" })
	w.SignIn("demo", emulator.SeedPassword)
	w.SignedIn()
	w.In("amplify-account").At("account")
	w.Tab.Run(`((el) => { el.setAttribute('modal', ''); el.removeAttribute('modal'); })(document.querySelector('amplify-sign-in'))`)
	if widget.Eval[bool](w, `el.shadowRoot.querySelector('.frame').checkVisibility()`) {
		t.Error("signed in, there is an empty box")
	}
	w.SignOut()

	// A client that is replaced while it signs in signs nobody in here.
	e.Cognito.ResetCalls()
	fault("slow", 1, 300)(e)
	w.SignIn("demo", emulator.SeedPassword)
	w.Wait(`el.shadowRoot.querySelector('.busy')`)
	w.Tab.Run(`globalThis.told = events.length; import('/amplify-auth.js').then(({ AmplifyAuth }) => { document.querySelector('amplify-sign-in').auth = new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory' }); })`)
	w.Wait(`el.auth.currentUserState === 'signedOut'`)
	w.At("signIn")
	w.SignIn("demo", "not this one")
	w.Refused()
	if got := browser.Eval[string](w.Tab, `events.slice(told).join(', ')`); got != "autherror notAuthorized" {
		t.Errorf("events %q", got)
	}
	w.Tab.Run(`(() => {
		const frame = document.createElement('iframe');
		document.body.append(frame);
		const host = frame.contentDocument.createElement('div');
		host.lang = 'de';
		globalThis.moved = document.querySelector('amplify-sign-in');
		frame.contentDocument.body.append(host);
		host.attachShadow({ mode: 'open' }).append(moved);
		moved.lang = '';
	})()`)
	w.Tab.Wait(`moved.shadowRoot.querySelector('#title').textContent === 'Anmelden'`)
	if got := browser.Eval[string](w.Tab, `getComputedStyle(moved.shadowRoot.querySelector('.frame')).borderTopWidth`); got != "1px" {
		t.Errorf("moved to another document, its border is %s", got)
	}
}

// Ensure that texts and direction follow the page's language, the element's own and the page's own texts, at once and
// with what is typed kept.
func TestWidgetLanguage(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	w.Fill("username", "demo")
	w.Submit()
	w.Refused()
	shows := func(set, title, dir, wrong string) {
		t.Helper()
		w.Tab.Run(set)
		w.Wait(`el.shadowRoot.querySelector('#title').textContent === ` + e2e.Args(title))
		got := widget.Eval[[]string](w, `[el.shadowRoot.querySelector('.frame').dir, el.querySelector('[name=username]').value, el.querySelector('[slot=_password-error]').textContent]`)
		if want := []string{dir, "demo", wrong}; !slices.Equal(got, want) {
			t.Errorf("after %s: %q, want %q", set, got, want)
		}
	}
	shows(`document.documentElement.lang = 'de-CH'`, "Anmelden", "ltr", "Bitte dieses Feld ausfüllen.")
	shows(`document.querySelector('amplify-sign-in').lang = 'ar'`, "تسجيل الدخول", "rtl", "املأ هذا الحقل.")
	shows(`document.querySelector('amplify-sign-in').texts = { 'signIn.title': 'Willkommen' }`, "Willkommen", "rtl", "املأ هذا الحقل.")
	shows(`document.querySelector('amplify-sign-in').texts = null`, "تسجيل الدخول", "rtl", "املأ هذا الحقل.")
	shows(`import('/amplify-sign-in.js').then(({ setTexts }) => { setTexts('tlh', { 'signIn.title': 'yI’el' }); document.querySelector('amplify-sign-in').lang = 'tlh'; })`, "yI’el", "ltr", "Fill in this field.")
	w.Fill("password", emulator.SeedPassword)
	w.Submit()
	w.SignedIn()
}

// Ensure that slots, parts and custom properties reach the drawing, and that the styles of page and widget stay apart.
func TestWidgetStyles(t *testing.T) {
	e := e2e.Start(t)
	style := func(css string) *widget.Widget {
		t.Helper()
		w := widget.Open(t, e, `<link rel="stylesheet" href="/theme.css"><p id="bystander">By</p><label id="label">L</label><input id="input">`+
			widget.Tag("amplify-sign-in", map[string]string{"config": widget.Outputs(widget.Seeded(e), nil), "": widget.Members + `
				<b slot="header" id="header">Head</b><b slot="footer" id="footer">Foot</b><b slot="sign-in-footer" id="own">Mine</b><b slot="sign-up-header" id="other">Not yet</b>`}), nil)
		e.Site.Page("/theme.css", css, "")
		w.Tab.Reload()
		w.Wait("el.auth && el.screen")
		return w
	}
	// measure is how the widget's fields and the page's own elements look.
	const measure = `(() => {
		const keys = ['display', 'position', 'color', 'backgroundColor', 'font', 'width', 'height', 'margin', 'padding', 'border', 'letterSpacing', 'textTransform', 'float', 'opacity'];
		const look = (node) => { const s = getComputedStyle(node), b = node.getBoundingClientRect(); return JSON.stringify([b.width, b.height, ...keys.map((key) => s[key])]); };
		const el = document.querySelector('amplify-sign-in');
		return [...el.querySelectorAll('[data-amplify-auth]'), ...el.shadowRoot.querySelectorAll('.frame, h2, .box, .button, .link')].filter((node) => node.localName !== 'form').map((node) => node.localName + ' ' + look(node));
	})()`
	w := style("")
	plain := browser.Eval[[]string](w.Tab, measure)
	page := `['bystander', 'label', 'input'].map((id) => getComputedStyle(document.getElementById(id)).cssText + getComputedStyle(document.getElementById(id)).font)`
	if len(plain) < 12 {
		t.Fatalf("only %d nodes were measured", len(plain))
	}
	for id, want := range map[string]bool{"header": true, "footer": true, "own": true, "other": false} {
		if got := browser.Eval[bool](w.Tab, `document.getElementById('`+id+`').checkVisibility()`); got != want {
			t.Errorf("the slotted %s is visible: %v, want %v", id, got, want)
		}
	}
	before := browser.Eval[[]string](w.Tab, page)
	w.Tab.Run(`document.querySelector('amplify-sign-in').remove()`)
	if after := browser.Eval[[]string](w.Tab, page); !slices.Equal(before, after) {
		t.Errorf("the widget changes how the page looks: %q, %q", before, after)
	}

	w = style(`input, label, button, select, form, span, div, h2 { display: block; position: relative; color: red !important; background: lime; font: 30px serif; width: 17px !important; margin: 9px; padding: 9px; border: 5px solid blue; letter-spacing: 3px; text-transform: uppercase; float: left; opacity: .3; }
		* { letter-spacing: 2px; box-sizing: content-box; } body { font: 22px/2 cursive; color: blue; text-align: center; letter-spacing: 4px; text-transform: uppercase; }`)
	hostile := browser.Eval[[]string](w.Tab, measure)
	for i := range plain {
		if i >= len(hostile) || hostile[i] != plain[i] {
			t.Errorf("the page's rules reach the widget:\n%s\nwas\n%s", hostile[min(i, len(hostile)-1)], plain[i])
		}
	}

	w = style(`amplify-sign-in { --amplify-auth-primary: rgb(1, 2, 3); --amplify-auth-on-primary: rgb(250, 251, 252); --amplify-auth-radius: 3px; --amplify-auth-font: monospace; --amplify-auth-width: 300px; --amplify-auth-background: rgb(9, 8, 7); }
		amplify-sign-in::part(title) { color: rgb(4, 5, 6); } amplify-sign-in::part(input) { border-width: 4px; }`)
	got := widget.Eval[[]string](w, `((root) => {
		const style = (selector) => getComputedStyle(root.querySelector(selector));
		return [style('[part=submit-button]').backgroundColor, getComputedStyle(el.querySelector('button[type=submit]')).color, style('[part=input]').borderRadius, style('#title').fontFamily,
			style('.frame').width, style('.frame').backgroundColor, style('#title').color, style('[part=input]').borderTopWidth];
	})(el.shadowRoot)`)
	if want := []string{"rgb(1, 2, 3)", "rgb(250, 251, 252)", "3px", "monospace", "300px", "rgb(9, 8, 7)", "rgb(4, 5, 6)", "4px"}; !slices.Equal(got, want) {
		t.Errorf("properties and parts give %q, want %q", got, want)
	}
}

// Ensure that a page under a strict Content-Security-Policy, whose script has an integrity attribute, signs in, with every
// screen of a sign-in and a language fetched, and that no policy was violated.
func TestWidgetStrictPage(t *testing.T) {
	e := e2e.Start(t)
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(e2e.Dist(root), "integrity.json"))
	if err != nil {
		t.Fatal(err)
	}
	var hashes map[string]string
	if err := json.Unmarshal(text, &hashes); err != nil {
		t.Fatal(err)
	}
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil) // /strict is beside it
	body := `<!doctype html><html lang="de"><title>strict</title><script src="/events.js"></script>
<script type="module" src="/amplify-sign-in.js" integrity="INTEGRITY"></script>` + widget.Tag("amplify-sign-in", map[string]string{"config": widget.Outputs(widget.Seeded(e), nil)})
	csp := "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'none'; connect-src 'self' " + e.Cognito.URL() +
		"; img-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	e.Site.Page("/strict", strings.Replace(body, "INTEGRITY", hashes["amplify-sign-in.js"], 1), csp)
	if !strings.HasPrefix(hashes["amplify-sign-in.js"], "sha384-") {
		t.Fatalf("integrity.json has %v", hashes)
	}
	w.Tab.Open(e.Origin + "/strict")
	w = widget.On(t, e, "amplify-sign-in")
	w.Wait("el.auth && el.screen")
	w.SignIn("demo-totp", emulator.SeedPassword)
	w.At("totpMFA")
	w.Answer("confirmationCode", e.TOTP(emulator.SeedTOTPSecret))
	w.SignedIn()
	// a worker's address is a trusted type: the engine is on the page instead, and the attempt is reported
	want := []string{}
	if browser.Workers {
		want = append(want, "require-trusted-types-for trusted-types-sink")
	}
	if got := browser.Eval[[]string](w.Tab, "violations"); !slices.Equal(got, want) {
		t.Errorf("the policy was violated: %q, want %q", got, want)
	}
	e.Site.Page("/strict", strings.Replace(body, "INTEGRITY", "sha384-"+strings.Repeat("A", 64), 1), csp)
	w.Tab.Reload()
	if browser.Eval[bool](w.Tab, `Boolean(customElements.get('amplify-sign-in'))`) {
		t.Error("a script of another hash runs")
	}
}

// Ensure that the keyboard alone goes through sign-up, its confirmation, signing out by the account panel and a second
// factor: Tab comes to everything in the order of the screen, each new screen has the focus.
func TestWidgetKeyboardAlone(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"AutoVerifiedAttributes": []string{"email"}}, nil)
	w := open(t, e, widget.Outputs(p, m{"standard_required_attributes": []string{"email"}, "password_policy": widget.Policy}),
		map[string]string{"": widget.Members + "<amplify-account></amplify-account>"})
	// to presses Tab as far as the field or button.
	var way []string
	to := func(name string) {
		t.Helper()
		way = nil
		for range 15 {
			if w.Focus() == name {
				return
			}
			w.Tab.Press(kb.Tab)
			way = append(way, w.Focus())
		}
		t.Fatalf("Tab leads along %q and never to %s", way, name)
	}
	to("username")
	to("signUp")
	if want := []string{"password", "reveal-password", "signIn.forgot", "rememberDevice", "submit", "signUp"}; !slices.Equal(way, want) {
		t.Errorf("Tab leads along %q, want %q", way, want)
	}
	w.Tab.Press(kb.Enter)
	checkScreen(t, w, "signUp", "Create account", "username")
	w.Tab.Press(kb.Enter)
	w.Refused()
	checkTied(t, w, "username", "Fill in this field.")
	if got := announced(w); got != "Fill in this field." {
		t.Errorf("announced %q; the field had the focus already", got)
	}
	w.Tab.Press("ada")
	to("email")
	w.Tab.Press("ada@example.com")
	to("password")
	w.Tab.Press(newPassword)
	to("reveal-password")
	w.Tab.Press(" ")
	if got := widget.Eval[string](w, `el.querySelector('[name=password]').type`); got != "text" {
		t.Errorf("the password's field is of the type %s", got)
	}
	to("submit")
	w.Tab.Press(" ")
	checkScreen(t, w, "confirmSignUp", "We sent a code to a***@e***.", "confirmationCode")
	w.Tab.Press(e.Code("ada") + kb.Enter)
	w.SignedIn()
	account := w.In("amplify-account")
	account.At("account")
	to("profile")
	w.Tab.Press(kb.Enter)
	checkScreen(t, account, "profile", "ada@example.com", "title")
	to("account.edit-Email")
	for range 4 { // the way back stands at the top
		if w.Focus() != "account" {
			w.Tab.Press(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
	}
	w.Tab.Press(kb.Enter)
	account.At("account")
	account.Wait(canSignOut)
	to("account.signOut")
	w.Tab.Press(kb.Enter)
	checkScreen(t, w, "signIn", "Sign in", "username")
	w.Tab.Press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	w.Tab.Press("ada" + kb.Tab + newPassword + kb.Enter)
	w.SignedIn()
}
