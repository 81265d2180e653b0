package flows

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// served sends an operation to the local Cognito as any client does.
func served(t *testing.T, e *e2e.Env, operation, body string) int {
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
	res.Body.Close()
	return res.StatusCode
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
	if status := served(t, e, "ForgotPassword", forgot); status != http.StatusInternalServerError {
		t.Errorf("the injected fault answers %d", status)
	}
	e.Tab.Wait(`document.querySelector('#calls .bad').textContent.includes('fault: status500') && document.querySelector('#faults').hidden`)

	before := e.Cognito.Now()
	e.Tab.Click(`#clock button`)
	e.Tab.Wait(`document.querySelector('#offset').textContent.includes('3,600')`)
	if moved := e.Cognito.Now().Sub(before); moved < time.Hour {
		t.Errorf("the clock moved by %v", moved)
	}
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
