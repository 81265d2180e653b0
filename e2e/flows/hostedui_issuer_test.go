package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// chooseIssuer sets IssuerConfiguration of the seeded pool, the rest of its settings kept.
func chooseIssuer(e *e2e.Env, kind string) {
	pool := e.Admin("DescribeUserPool", m{"UserPoolId": emulator.SeedPoolID})["UserPool"].(m)
	in := m{"UserPoolId": emulator.SeedPoolID, "IssuerConfiguration": m{"Type": kind}}
	for _, name := range []string{"Policies", "AutoVerifiedAttributes", "MfaConfiguration", "DeviceConfiguration", "LambdaConfig", "AccountRecoverySetting"} {
		if v, ok := pool[name]; ok {
			in[name] = v
		}
	}
	e.Admin("UpdateUserPool", in)
}

// issuerOf is the iss of the tokens that getTokens gives.
func issuerOf(e *e2e.Env, options string) string {
	return browser.Eval[string](e.Tab, `auth.getTokens(`+options+`).then(({ idToken, accessToken }) => {
  if (idToken.claims.iss !== accessToken.claims.iss) throw new Error('two issuers');
  return idToken.claims.iss;
})`)
}

// keysAsked lists the addresses of the keys that the page has fetched.
func keysAsked(e *e2e.Env) (list []string) {
	for _, r := range e.Tab.Requests() {
		if strings.HasSuffix(r.Path(), "/jwks.json") && r.Method == "GET" {
			list = append(list, r.URL)
		}
	}
	return list
}

// Ensure that a pool whose issuer has its updated name signs in by every way, and that a session lives through the switch
// in both directions. Keys are asked of the token's own issuer alone: the other name answers 403.
func TestUpdatedIssuer(t *testing.T) {
	e := e2e.Start(t)
	original := e.Cognito.URL() + "/" + emulator.SeedPoolID
	updated := e.Cognito.URL() + "/issuer-cognito-idp/" + emulator.SeedPoolID
	const keys = "/.well-known/jwks.json"
	shop(e, e.Tab, "/shop/orders")
	e.Tab.Click(byRedirect)
	signInHosted(e.Tab, "demo")
	signedInAs(e.Tab, "demo")
	if got := issuerOf(e, ""); got != original {
		t.Fatalf("the issuer is %s", got)
	}
	if got := keysAsked(e); !slices.Equal(got, []string{original + keys}) {
		t.Errorf("keys of %v", got)
	}

	for _, step := range []struct{ kind, issuer string }{{"UPDATED", updated}, {"ORIGINAL", original}, {"UPDATED", updated}} {
		chooseIssuer(e, step.kind)
		e.Tab.ForgetRequests()
		if got := issuerOf(e, "{ forceRefresh: true }"); got != step.issuer {
			t.Errorf("a refresh after the switch to %s: the issuer is %s", step.kind, got)
		}
		if got := keysAsked(e); !slices.Equal(got, []string{step.issuer + keys}) {
			t.Errorf("after the switch to %s: keys of %v", step.kind, got)
		}
	}
	if got := e2e.Must[string](e, `auth.getUserAttributes().then((a) => a.email)`); got == "" {
		t.Error("no attributes after the switch")
	}

	e.Tab.Run(`auth.signOut({ redirect: false })`)
	e.Tab.Reload()
	shop(e, e.Tab, "/shop/orders")
	e.Tab.ForgetRequests()
	e.Tab.Click(byRedirect)
	e.Tab.Wait(`location.pathname === '/login' || document.querySelector('#user')?.textContent.startsWith('demo')`)
	if browser.Eval[bool](e.Tab, `location.pathname === '/login'`) {
		signInHosted(e.Tab, "demo")
	}
	signedInAs(e.Tab, "demo")
	if got := issuerOf(e, ""); got != updated {
		t.Errorf("a new sign-in by redirect: the issuer is %s", got)
	}
	if got := keysAsked(e); !slices.Equal(got, []string{updated + keys}) {
		t.Errorf("a new sign-in by redirect: keys of %v", got)
	}
	if s := e2e.Must[map[string]any](e, `auth.getAWSCredentials()`); s["accessKeyId"] == "" {
		t.Errorf("credentials %v", s)
	}
}

// Ensure that tokens by the API and by the element are taken under the updated name, over a reload and a switch back too.
func TestUpdatedIssuerWithoutRedirect(t *testing.T) {
	e := e2e.Start(t)
	updated := e.Cognito.URL() + "/issuer-cognito-idp/" + emulator.SeedPoolID
	chooseIssuer(e, "UPDATED")
	e.App("")
	mustSignIn(t, e)
	if got := issuerOf(e, ""); got != updated {
		t.Errorf("signIn: the issuer is %s", got)
	}
	reload(e)
	if got := issuerOf(e, "{ forceRefresh: true }"); got != updated {
		t.Errorf("a refresh: the issuer is %s", got)
	}
	chooseIssuer(e, "ORIGINAL")
	if got := issuerOf(e, "{ forceRefresh: true }"); got != e.Cognito.URL()+"/"+emulator.SeedPoolID {
		t.Errorf("switched back: the issuer is %s", got)
	}
	must(t, e, "signOut", nil)

	chooseIssuer(e, "UPDATED")
	widgetPage(e)
	e.Tab.Type(username, "demo")
	e.Tab.Type(password, "Passw0rd!")
	e.Tab.Click(submit)
	e.Tab.Wait(members)
	e.Tab.Reload()
	e.Tab.Wait(members)
}
