package soak

import (
	"sync"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// Outage takes the primary Region down for minutes of the clock. Each minute every tab refreshes, and a client beside
// them signs in by password. It prints what came of it.
func Outage(t browser.T, tabs, minutes int) {
	t.Helper()
	e := e2e.Start(t)
	options := e.Replica()
	e.App(options)
	signIn(t, e)
	pages := []*browser.Tab{e.Tab}
	for len(pages) < tabs {
		pages = append(pages, sibling(e))
	}
	for i, p := range pages { // in use, with its engine there: eight that start at once are no part of the drill
		if _, err := e2e.CallIn[any](p, `auth.getTokens({ forceRefresh: true }).then(() => true)`); err != nil {
			t.Fatalf("tab %d before the outage: %v", i, err)
		}
	}
	client := `new AmplifyAuth({ config: '/amplify_outputs.json', storage: 'memory', ` + options + ` })`
	e.Tab.Run(`void (globalThis.half = ` + client + `)`)
	if _, err := e2e.Call[any](e, `half.signIn({ username: 'demo-sms', password: 'Passw0rd!' })`); err != nil {
		t.Fatalf("%v", err)
	}
	primary := func(kind string) {
		t.Helper()
		if err := e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: kind, Count: -1, Region: "primary"}); err != nil {
			t.Fatalf("%v", err)
		}
	}
	primary("drop")
	e.Cognito.ResetCalls()

	// The code was sent by the Region that is down.
	restarted, err := e2e.Call[struct {
		SignInState string
		StartedOver bool
	}](e, `half.confirmSignIn({ challengeResponse: '`+e.Code("demo-sms")+`' })`)
	if err != nil || restarted.SignInState != "smsMFA" || !restarted.StartedOver {
		t.Errorf("the half-done sign-in: %+v, %v", restarted, err)
	}
	if _, err := e2e.Call[any](e, `half.confirmSignIn({ challengeResponse: '`+e.Code("demo-sms")+`' })`); err != nil {
		t.Errorf("the half-done sign-in: %v", err)
	}

	var mu sync.Mutex
	refreshes, signIns, failed := 0, 0, 0
	each := func(minute int) {
		var wg sync.WaitGroup
		for i, p := range pages {
			wg.Go(func() {
				p.Advance(time.Minute)
				_, err := e2e.CallIn[any](p, `auth.getTokens({ forceRefresh: true, wait: false }).then(() => true)`)
				mu.Lock()
				defer mu.Unlock()
				refreshes++
				if err != nil {
					failed++
					t.Errorf("minute %d, tab %d: %v", minute, i, err)
				}
			})
		}
		wg.Wait()
	}
	for minute := range minutes {
		e.Cognito.Advance(time.Minute)
		each(minute)
		signIns++
		if _, err := e2e.Call[any](e, `(async () => { const client = `+client+`;
			try { await client.signIn({ username: 'demo', password: 'Passw0rd!' }); } finally { client.close(); } })()`); err != nil {
			failed++
			t.Errorf("minute %d: sign-in: %v", minute, err)
		}
	}
	byReplica := 0
	for _, c := range e.Cognito.Calls() {
		if c.Region == "secondary" && c.Status == 200 {
			byReplica++
		}
	}

	primary("none")
	e.Cognito.Advance(6 * time.Minute)
	for _, p := range pages {
		p.Advance(5 * time.Minute)
	}
	e.Cognito.ResetCalls()
	each(minutes)
	afterwards := 0
	for _, c := range e.Cognito.Calls() {
		if c.Region == "secondary" {
			afterwards++
		}
	}
	signOuts, left := 0, browser.Eval[int](e.Tab, `half.getPendingSignIn().then((step) => half.isSignedIn && !step ? 0 : 1)`)
	for _, p := range pages {
		signOuts += browser.Eval[int](p, `states.filter((state) => state !== 'signedIn' && state !== 'signedOut').length + (auth.isSignedIn ? 0 : 1)`)
		left += browser.Eval[int](p, `auth.getPendingSignIn().then((step) => step ? 1 : 0)`)
	}
	t.Logf("primary down for %d minutes, %d tabs\n%-40s %6d\n%-40s %6d\n%-40s %6d\n%-40s %6d\n%-40s %6d\n%-40s %6d\n%-40s %6d", minutes, tabs,
		"refreshes asked for", refreshes, "password sign-ins", signIns, "calls that the replica answered", byReplica,
		"calls that failed", failed, "spurious sign-outs", signOuts, "half-done sign-ins left", left, "calls to the replica afterwards", afterwards)
	if signOuts != 0 || left != 0 || afterwards != 0 || byReplica == 0 {
		t.Errorf("%d spurious sign-outs, %d half-done sign-ins left, %d calls to the replica afterwards, %d before", signOuts, left, afterwards, byReplica)
	}
}
