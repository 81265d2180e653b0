package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// trackingPool tracks the sessions of its users, at most two of each.
func trackingPool(e *e2e.Env) e2e.Pool {
	p := e.NewPool(m{}, nil)
	e.Admin("SetUserPoolSessionConfiguration", m{"UserPoolId": p.ID, "UserSessionTracking": "ENABLED", "TokenSession": m{"MaxPerUser": 2}})
	e.NewUser(p.ID, "demo", nil)
	return p
}

// elsewhere signs the user in with a client of its own, as another browser has one.
func elsewhere(e *e2e.Env, p e2e.Pool) {
	e.Tab.Run(`globalThis.other = new AmplifyAuth({ storage: 'memory', config: ` + e2e.Args(p.Config()) + ` });
		other.signIn({ username: 'demo', password: 'Passw0rd!' })`)
}

// Ensure that a user sees where they are signed in, and signs out there.
func TestSessionsElsewhere(t *testing.T) {
	e := e2e.Start(t)
	p := trackingPool(e)
	app(e, p)
	fails(t, e, "listSessions", nil, "notSignedIn")
	mustSignIn(t, e)
	elsewhere(e, p)
	type session struct {
		SessionID, Type, ClientID, DeviceType string
		IsCurrent                             bool
	}
	places := e2e.Must[struct{ Sessions []session }](e, `auth.listSessions()`).Sessions
	if len(places) != 2 || !places[0].IsCurrent || places[1].IsCurrent || places[1].Type != "token" || places[1].ClientID != p.ClientID || places[1].DeviceType == "" {
		t.Fatalf("sessions %+v", places)
	}
	if !e2e.Must[bool](e, `auth.listSessions().then(({ sessions }) => sessions.every(({ createDate, lastActiveDate }) => createDate instanceof Date && lastActiveDate instanceof Date))`) {
		t.Error("the dates are no Dates")
	}
	fails(t, e, "revokeSession", nil, "invalidParameter")
	fails(t, e, "revokeSession", m{"sessionId": places[0].SessionID}, "invalidParameter") // this one
	must(t, e, "revokeSession", m{"sessionId": places[1].SessionID})
	fails(t, e, "revokeSession", m{"sessionId": places[1].SessionID}, "resourceNotFound")
	if n := len(e2e.Must[struct{ Sessions []session }](e, `auth.listSessions()`).Sessions); n != 1 {
		t.Errorf("%d sessions are left", n)
	}

	// There the next call that needs the service ends the session, with its reason.
	if _, err := e2e.Call[m](e, `other.getUserAttributes({ wait: false })`); err == nil || err.Code != "sessionExpired" {
		t.Errorf("elsewhere: %v", err)
	}
	e.Tab.Wait(`other.currentUserState === 'signedOutUserPoolsTokenInvalid'`)
	if got := e2e.Must[struct{ Details struct{ Reason string } }](e, `other.initialize()`).Details.Reason; got != "sessionRevoked" {
		t.Errorf("elsewhere: the reason is %q", got)
	}
}

// Ensure that a session that gave way to newer ones says why it ended.
func TestSessionEvictedElsewhere(t *testing.T) {
	e := e2e.Start(t)
	p := trackingPool(e)
	app(e, p)
	mustSignIn(t, e)
	elsewhere(e, p)
	elsewhere(e, p)
	fails(t, e, "getTokens", m{"forceRefresh": true, "wait": false}, "sessionExpired")
	if got := browser.Eval[string](e.Tab, `auth.currentUserState`); got != "signedOutUserPoolsTokenInvalid" {
		t.Errorf("the state is %s", got)
	}
	if got := browser.Eval[string](e.Tab, `reasons.at(-1)`); got != "sessionRevoked" {
		t.Errorf("the reason is %q", got)
	}
	mustSignIn(t, e)
}

// Ensure that a pool that does not track sessions says so.
func TestSessionsAreNotTracked(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	mustSignIn(t, e)
	fails(t, e, "listSessions", nil, "operationNotEnabled")
}
