package flows

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// openSources opens a page that runs a module over the page's sources as they are written: /web/src, /web/widget.
// /answers is a file of what Go says.
func openSources(t *testing.T, root, module, answers string) *browser.Tab {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/web/", http.StripPrefix("/web/", http.FileServer(http.Dir(filepath.Join(root, "web")))))
	mux.HandleFunc("/answers", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, answers) })
	mux.HandleFunc("/module.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(module))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><title>sources</title><link rel="icon" href="data:,"><script type="module" src="/module.js"></script>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := browser.NewTab(t)
	tab.Open(server.URL + "/")
	return tab
}

// What names the storage keys, and what the element's screens and the engine both go by, is read of a configuration alike by
// the engine (core's TestConfigurations), the loader and the element.
func TestConfigurationsReadAlike(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	tab := openSources(t, root, `
import { idsOf } from '/web/src/formats.js';
import { normalise } from '/web/widget/config.js';

const cases = (await (await fetch('/answers')).json()).filter(({ want }) => want);
globalThis.count = cases.length;
globalThis.differences = cases.flatMap(({ name, file, want, screens }) => {
  const ids = idsOf(JSON.parse(file));
  const { clientId, userPool, policy = null, hostedUI, customAuth } = normalise(JSON.parse(file));
  if (screens && JSON.stringify({ policy, hostedUI, customAuth }) !== JSON.stringify(screens)) return name + ': ' + JSON.stringify({ policy, hostedUI, customAuth });
  const got = [...Object.keys(want).map((key) => ids[key] ?? ''), clientId ?? '', userPool];
  const all = [...Object.values(want), want.clientId, want.userPoolId !== ''];
  return got.join() === all.join() ? [] : name + ': ' + got + ', want ' + all;
});
globalThis.direct = normalise({ GoogleSignIn: { 'ClientId-WebApp': 'g' }, FacebookSignIn: { AppId: 'f', Permissions: 'email' } }).direct;`, filepath.Join(root, "core", "testdata", "configurations.json"))
	tab.Wait("globalThis.differences")
	for _, difference := range browser.Eval[[]string](tab, "differences") {
		t.Error(difference)
	}
	if got := browser.Eval[string](tab, "JSON.stringify(direct)"); got != `{"google":{"clientId":"g"},"facebook":{"appId":"f","scope":"email"}}` {
		t.Errorf("the providers' own apps are %s", got)
	}
	if n := browser.Eval[int](tab, "count"); n < 15 {
		t.Errorf("%d cases", n)
	}
}

// Passwords, phone numbers, e-mail addresses and codes are taken alike by the engine (core's TestEntries) and the element.
func TestEntriesReadAlike(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	tab := openSources(t, root, `
import { isEmailAddress, isPhoneNumber, phoneNumber, typedCode } from '/web/widget/fields.js';
import { blankAtEnd, missing } from '/web/widget/password-policy.js';

const { policy, passwords, phones, emails, codes } = await (await fetch('/answers')).json();
const differ = (what, typed, got, want) => (String(got) === String(want) ? [] : what + ' ' + JSON.stringify(typed) + ': ' + got + ', want ' + want);
globalThis.count = passwords.length + phones.length + emails.length + codes.length;
globalThis.differences = [
  ...passwords.flatMap(({ password, missing: want, blank }) => [
    blank ? [] : differ('password', password, missing(policy, password).map(({ key }) => key.replace('policy.', '')), want),
    differ('blank at an end of', password, blankAtEnd(password), blank),
  ].flat()),
  ...phones.flatMap(({ typed, number }) => differ('phone number', typed, isPhoneNumber(phoneNumber(typed)) ? phoneNumber(typed) : '', number)),
  ...emails.flatMap(({ typed, address }) => differ('e-mail address', typed, isEmailAddress(typed.trim()) ? typed.trim() : '', address)),
  ...codes.flatMap(({ typed, code }) => differ('code', typed, typedCode(typed), code)),
];`, filepath.Join(root, "core", "testdata", "entries.json"))
	tab.Wait("globalThis.differences")
	for _, difference := range browser.Eval[[]string](tab, "differences") {
		t.Error(difference)
	}
	if n := browser.Eval[int](tab, "count"); n < 85 {
		t.Errorf("%d cases", n)
	}
}
