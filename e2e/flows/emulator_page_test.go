package flows

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// served sends an operation to the local Cognito as any client does.
func served(t *testing.T, e *e2e.Env, operation, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, e.Cognito.URL(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// Ensure that the page of the local Cognito shows what happens as it happens, and that its forms work.
func TestEmulatorPage(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.Open(e.Cognito.URL() + "/_emulator/")
	e.Tab.Wait(`document.querySelector('#pools').textContent.includes('demo-totp@example.com')`)

	forgot := fmt.Sprintf(`{"ClientId": %q, "Username": "demo"}`, emulator.SeedClientID)
	served(t, e, "ForgotPassword", forgot)
	code := e.Cognito.Outbox("demo")[0].Code
	e.Tab.Wait(`document.querySelector('#messages').textContent.includes('` + code + `')`)
	e.Tab.Wait(`document.querySelector('#calls').textContent.includes('ForgotPassword')`)

	e.Tab.Fill(`#fault input[name="operation"]`, "ForgotPassword")
	e.Tab.Click(`#fault button:not([type])`)
	e.Tab.Wait(`document.querySelector('#faults').textContent.includes('status500')`)
	if status, _ := served(t, e, "ForgotPassword", forgot); status != http.StatusInternalServerError {
		t.Errorf("the injected fault answers %d", status)
	}
	e.Tab.Wait(`document.querySelector('#calls .bad').textContent.includes('fault: status500') && document.querySelector('#faults').hidden`)

	before := e.Cognito.Now()
	e.Tab.Click(`#clock button`)
	e.Tab.Wait(`document.querySelector('#offset').textContent.includes('3,600')`)
	if moved := e.Cognito.Now().Sub(before); moved < time.Hour {
		t.Errorf("the clock moved by %v", moved)
	}

	wrong := fmt.Sprintf(`{"ClientId": %q, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "demo", "PASSWORD": "wrong"}}`, emulator.SeedClientID)
	refusals := func() (last string) {
		for range 6 {
			_, last = served(t, e, "InitiateAuth", wrong)
		}
		return last
	}
	if said := refusals(); !strings.Contains(said, "Password attempts exceeded") {
		t.Errorf("with the lock-out: %s", said)
	}
	e.Tab.Wait(`document.querySelector('#limits [name=lockout]').checked && !document.querySelector('#limits [name=rates]').checked`)
	e.Tab.Click(`#limits [name=lockout]`)
	e.Tab.Wait(`!document.querySelector('#limits [name=lockout]').checked && fetch('state').then((r) => r.json()).then((s) => !s.limits.lockout && !s.limits.rates)`)
	if said := refusals(); !strings.Contains(said, "Incorrect username or password") {
		t.Errorf("without the lock-out: %s", said)
	}
	e.Tab.Click(`#limits [name=rates]`)
	e.Tab.Wait(`document.querySelector('#limits [name=rates]').checked && fetch('state').then((r) => r.json()).then((s) => s.limits.rates && !s.limits.lockout)`)
	for _, width := range []int64{320, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			e.Tab.Viewport(width, 900)
			e.Tab.Media("prefers-color-scheme", scheme)
			if over := browser.Eval[int](e.Tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				t.Errorf("at %d px the page is %d px too wide", width, over)
			}
			e.Tab.Screenshot(fmt.Sprintf("emulator-%d-%s", width, scheme))
		}
	}
	e.Tab.Click("#clear-calls")
	e.Tab.Wait(`document.querySelector('#calls').hidden`)
}
