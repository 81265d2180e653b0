package flows

import (
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// left is how long, by Cognito's clock, the access token is good that getTokens gives.
func left(t *testing.T, e *e2e.Env) time.Duration {
	t.Helper()
	exp, err := e2e.Call[float64](e, `auth.getTokens().then((t) => t.accessToken.claims.exp)`)
	if err != nil {
		t.Fatalf("getTokens: %v", err)
	}
	return time.Unix(int64(exp), 0).Sub(e.Cognito.Now())
}

// Ensure that no expired token is handed out, and no good session lost, when the computer's clock is set: while the page
// is open or before it is loaded, by less than a token's age or by days, both ways, in every tab.
func TestClockIsSet(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{-30 * time.Minute, -26 * time.Hour, 30 * time.Minute, 26 * time.Hour} {
		for _, reloads := range []bool{false, true} {
			t.Run(by.String()+map[bool]string{true: ", then a reload"}[reloads], func(t *testing.T) {
				e := e2e.Start(t)
				e.App("")
				mustSignIn(t, e)
				e.Advance(40 * time.Minute)
				browser.Eval[string](e.Tab, `auth.currentUserState`) // where time passes without it, the clock slept
				e.Tab.Advance(by)                                    // the user sets it
				if reloads {
					if by == -30*time.Minute {
						t.Skip("nothing tells a page that comes later")
					}
					e.App("")
				}
				if got := left(t, e); got <= 0 {
					t.Errorf("a token that ended %v ago", -got)
				}
				e.Advance(25 * time.Minute) // the tokens of before are over
				if got := left(t, e); got <= 0 {
					t.Errorf("25 minutes later: a token that ended %v ago", -got)
				}
				e.App("")
				if got := left(t, e); got <= 0 {
					t.Errorf("after a reload: a token that ended %v ago", -got)
				}
				if got := browser.Eval[string](e.Tab, `auth.currentUserState`); got != "signedIn" {
					t.Errorf("state %q", got)
				}
			})
		}
	}
}

// Ensure that a clock which was wrong at sign-in and is put right makes neither the stored offset nor what comes of it last.
func TestWrongClockIsPutRight(t *testing.T) {
	t.Parallel()
	for _, wrong := range []time.Duration{-30 * time.Hour, -30 * time.Minute, 30 * time.Minute, 30 * time.Hour} {
		t.Run(wrong.String(), func(t *testing.T) {
			e := e2e.Start(t)
			e.App("")
			e.Tab.Advance(wrong)
			e.App("")
			mustSignIn(t, e)
			e.Tab.Advance(-wrong)
			e.App("")
			if got := left(t, e); got <= 0 {
				t.Errorf("a token that ended %v ago", -got)
			}
			// Another answer of Cognito's tells the time, and the next look stores it for every page.
			e2e.Must[any](e, `auth.getUserAttributes().then(() => auth.getUserAttributes()).then(() => true)`)
			e.Tab.Wait(`Math.abs(localStorage[Object.keys(localStorage).find((key) => key.endsWith('.clockDrift'))]) < 10_000`)
			e.Advance(2 * time.Hour)
			if got := left(t, e); got <= 0 {
				t.Errorf("two hours later: a token that ended %v ago", -got)
			}
		})
	}
}
