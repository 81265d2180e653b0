package main

import (
	"strings"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
)

// app is a page of a product that flows are driven through, by the functions of pages/flows-*.js.
type app struct {
	*scenario
	stage   *stage
	product string
	tab     *browser.Tab
}

// count begins to count: what was asked before was preparation.
func (a *app) count() { a.stage.Cognito.ResetCalls() }

type step struct {
	SignedIn     bool
	SharedSecret string
}

// call calls one of the page's functions with arguments.
func (a *app) call(function string, args ...any) step {
	literals := make([]string, len(args))
	for i, arg := range args {
		literals[i] = e2e.Args(arg)
	}
	expression := `app.` + function + `(` + strings.Join(literals, ", ") + `)`
	got, err := browser.TryEval[step](a.tab, expression+`.then(step => ({ signedIn: step?.signedIn, sharedSecret: step?.sharedSecret }))`)
	if err != nil {
		a.Fatalf("%s: %s: %v", a.product, expression, err)
	}
	return got
}

// signIn starts a sign-in with the password; more adds to its input, in pairs.
func (a *app) signIn(username string, more ...string) step {
	input := map[string]string{"username": username, "password": emulator.SeedPassword}
	for i := 0; i+1 < len(more); i += 2 {
		input[more[i]] = more[i+1]
		if more[i+1] == "" {
			delete(input, more[i])
		}
	}
	return a.call("signIn", input)
}

// done checks that a step was the last one of a sign-in.
func (a *app) done(last step) {
	if !last.SignedIn {
		a.Fatalf("%s is not signed in", a.product)
	}
}

// open opens the page anew, its storage kept.
func (a *app) open(pool *peers.Pool) {
	name := map[string]string{ours: "flows-ours.js", amplify: "flows-amplify.js"}[a.product]
	a.tab.Open(a.stage.html(name+"-page", `<html lang="en">`, `<script type="module" src="/`+name+`"></script>`, pool))
	a.tab.Wait("globalThis.app")
}

// totp moves the clocks to the next code, as one code serves once.
func (a *app) totp(secret string) string {
	a.advance(30 * time.Second)
	return a.stage.TOTP(secret)
}

func (a *app) advance(d time.Duration) {
	a.stage.Cognito.Advance(d)
	a.tab.Advance(d)
}

// flow is one whose requests are counted. The page is open with the pool when run begins.
type flow struct {
	name string
	pool func(*scenario, *stage) *peers.Pool // the seeded one if nil
	run  func(a *app, pool *peers.Pool)
}

func newPool(change func(*cip.CreateUserPoolInput, *cip.CreateUserPoolClientInput)) func(*scenario, *stage) *peers.Pool {
	return func(s *scenario, st *stage) *peers.Pool { return peers.NewPool(s, st.Cognito.URL(), change) }
}

func devicePool(s *scenario, st *stage) *peers.Pool { return peers.NewDevicePool(s, st.Cognito.URL()) }

var flows = []flow{
	{"sign-in by SRP", nil, func(a *app, _ *peers.Pool) { a.done(a.signIn("demo")) }},
	{"sign-in by USER_PASSWORD_AUTH", nil, func(a *app, _ *peers.Pool) { a.done(a.signIn("demo", "flow", "USER_PASSWORD_AUTH")) }},
	{"sign-in, code by SMS", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo-sms")
		a.done(a.call("confirm", a.stage.Code("demo-sms")))
	}},
	{"sign-in, code by TOTP", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo-totp")
		a.done(a.call("confirm", a.totp(emulator.SeedTOTPSecret)))
	}},
	{"sign-in, code by e-mail", nil, func(a *app, _ *peers.Pool) {
		a.done(a.signIn("demo"))
		a.call("preferEmail")
		a.call("signOut", false)
		a.count()
		a.signIn("demo")
		a.done(a.call("confirm", a.stage.Code("demo")))
	}},
	{"sign-in, new password", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo-new")
		a.done(a.call("confirm", "N3w-passw0rd"))
	}},
	{"sign-in, TOTP set-up demanded", newPool(nil), func(a *app, pool *peers.Pool) {
		pool.AddUser("ann")
		pool.RequireMFA(false)
		a.count()
		a.done(a.call("confirm", a.totp(a.signIn("ann").SharedSecret)))
	}},
	{"sign-in, two custom challenges after SRP", riddlePool, func(a *app, _ *peers.Pool) { a.solve("CUSTOM_WITH_SRP", emulator.SeedPassword) }},
	{"sign-in, two custom challenges", riddlePool, func(a *app, _ *peers.Pool) { a.solve("CUSTOM_WITHOUT_SRP", "") }},
	{"USER_AUTH, password by SRP preferred", nil, func(a *app, _ *peers.Pool) {
		a.done(a.signIn("demo", "flow", "USER_AUTH", "preferredChallenge", "PASSWORD_SRP"))
	}},
	{"USER_AUTH, code by e-mail preferred", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo", "password", "", "flow", "USER_AUTH", "preferredChallenge", "EMAIL_OTP")
		a.done(a.call("confirm", a.stage.Code("demo")))
	}},
	{"USER_AUTH, code by e-mail chosen", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo", "password", "", "flow", "USER_AUTH")
		a.call("confirm", "EMAIL_OTP")
		a.done(a.call("confirm", a.stage.Code("demo")))
	}},
	{"USER_AUTH, password by SRP chosen", nil, func(a *app, _ *peers.Pool) {
		a.signIn("demo", "password", "", "flow", "USER_AUTH")
		a.call("confirm", "PASSWORD_SRP")
		a.done(a.call("confirm", emulator.SeedPassword))
	}},
	{"passkey, registration", passkeyPool, func(a *app, pool *peers.Pool) { a.passkey(pool) }},
	{"passkey, sign-in", passkeyPool, func(a *app, pool *peers.Pool) {
		a.passkey(pool)
		a.call("signOut", false)
		a.count()
		a.done(a.signIn("ann", "password", "", "flow", "USER_AUTH", "preferredChallenge", "WEB_AUTHN"))
	}},
	{"first sign-in on a tracked device", devicePool, func(a *app, _ *peers.Pool) {
		a.signIn("ann")
		a.done(a.call("confirm", a.stage.Code("ann")))
	}},
	{"sign-in on a remembered device", devicePool, func(a *app, _ *peers.Pool) {
		a.signIn("ann")
		a.done(a.call("confirm", a.stage.Code("ann")))
		a.call("rememberDevice")
		a.call("signOut", false)
		a.count()
		a.done(a.signIn("ann"))
	}},
	{"sign-up, confirmation, automatic sign-in", nil, func(a *app, _ *peers.Pool) {
		a.call("signUp", "bob", emulator.SeedPassword)
		a.call("confirmSignUp", "bob", a.stage.Code("bob"))
		a.done(a.call("autoSignIn"))
	}},
	{"sign-up code sent again", nil, func(a *app, _ *peers.Pool) {
		a.call("signUp", "bob", emulator.SeedPassword)
		a.count()
		a.call("resend", "bob")
	}},
	{"forgotten password", nil, func(a *app, _ *peers.Pool) {
		a.call("forgot", "demo")
		a.call("reset", "demo", "N3w-passw0rd", a.stage.Code("demo"))
	}},
	signedIn("change of password", func(a *app) { a.call("changePassword", emulator.SeedPassword, "N3w-passw0rd") }),
	signedIn("attributes", func(a *app) { a.call("attributes") }),
	signedIn("update of an attribute", func(a *app) { a.call("updateAttributes", map[string]string{"name": "Demo"}) }),
	signedIn("TOTP set-up and preference", func(a *app) {
		a.call("verifyTOTP", a.totp(a.call("setUpTOTP").SharedSecret))
		a.call("preferTOTP")
	}),
	signedIn("MFA preference", func(a *app) { a.call("mfaPreference") }),
	signedIn("page load with a stored session", func(a *app) {
		a.open(a.stage.seeded(a.scenario))
		a.call("tokens")
	}),
	signedIn("refresh", func(a *app) { a.call("refresh") }),
	signedIn("100 calls at once on expiry", func(a *app) {
		a.advance(2 * time.Hour)
		a.tab.Run(`Promise.all(Array.from({ length: 100 }, () => app.tokens())).then(() => 0)`)
	}),
	{"AWS credentials of a guest", identityPool, func(a *app, _ *peers.Pool) { a.call("credentials") }},
	{"sign-in by SRP and AWS credentials", identityPool, func(a *app, _ *peers.Pool) {
		a.done(a.signIn("demo"))
		a.call("credentials")
	}},
	signedIn("sign-out", func(a *app) { a.call("signOut", false) }),
	signedIn("global sign-out", func(a *app) { a.call("signOut", true) }),
	signedIn("deletion of the user", func(a *app) { a.call("deleteUser") }),
}

// signedIn is a flow of the user demo, whose sign-in does not count.
func signedIn(name string, run func(*app)) flow {
	return flow{name, nil, func(a *app, _ *peers.Pool) {
		a.done(a.signIn("demo"))
		a.count()
		run(a)
	}}
}

// identityPool is the seeded user pool with the identity pool.
func identityPool(s *scenario, st *stage) *peers.Pool {
	pool := st.seeded(s)
	pool.IdentityPoolID = emulator.SeedIdentityPoolID
	return pool
}

func riddlePool(s *scenario, st *stage) *peers.Pool {
	lambdas := peers.ServeRiddles(s)
	pool := peers.NewPool(s, st.Cognito.URL(), func(in *cip.CreateUserPoolInput, _ *cip.CreateUserPoolClientInput) { in.LambdaConfig = lambdas })
	pool.AddUser("ann")
	return pool
}

func (a *app) solve(flow, password string) {
	last := a.signIn("ann", "flow", flow, "password", password)
	for _, riddle := range peers.Riddles {
		last = a.call("confirm", riddle.Answer)
	}
	a.done(last)
}

func passkeyPool(s *scenario, st *stage) *peers.Pool {
	pool := peers.NewPasskeyPool(s, st.Cognito.URL())
	pool.AddUser("ann")
	return pool
}

// passkey registers one for the user ann; the registration counts.
func (a *app) passkey(*peers.Pool) {
	a.tab.AddAuthenticator()
	a.done(a.signIn("ann"))
	a.count()
	a.call("registerPasskey")
}

// requests counts what the local Cognito was asked for in each flow, and the preflights that the browser sends for a first
// sign-in.
func (b *bench) requests(s *scenario, r *report) {
	preflights := map[string][]float64{}
	for i, f := range flows {
		samples, calls := map[string][]float64{}, map[string][]string{}
		for _, product := range []string{ours, amplify} {
			s.within(func(s *scenario) {
				st := b.built.stage(s)
				pool := st.seeded(s)
				if f.pool != nil {
					pool = f.pool(s, st)
				}
				a := &app{scenario: s, stage: st, product: product, tab: st.Tab}
				a.open(pool)
				a.count()
				f.run(a, pool)
				calls[product] = st.Operations()
				samples[product] = []float64{float64(len(calls[product]))}
				if i == 0 {
					preflights[product] = []float64{a.preflights()}
				}
			})
		}
		w := r.add("requests per flow", f.name, "requests", amplify, samples)
		w.Calls = calls
		w.notMore()
	}
	r.add("requests per flow", flows[0].name+": preflights", "requests", amplify, preflights).notMore()
}

// preflights are the CORS preflights of the page so far, which the local Cognito does not list.
func (a *app) preflights() float64 {
	n := 0
	for _, request := range a.tab.Requests() {
		if request.Type == "Preflight" {
			n++
		}
	}
	return float64(n)
}
