package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/widget"
)

// devicePool tracks devices, all of them or those that their users want remembered, and lets a remembered one
// replace the second factor. It has the user ada.
func devicePool(e *e2e.Env, optIn bool) e2e.Pool {
	p := e.NewPool(m{
		"AliasAttributes":     []string{"email"},
		"DeviceConfiguration": m{"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": optIn},
	}, nil)
	e.Admin("SetUserPoolMfaConfig", m{"UserPoolId": p.ID, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": m{"Enabled": true}})
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com", "email_verified": "true"})
	return p
}

// withTOTP gives the signed-in user a second factor and signs out.
func withTOTP(t *testing.T, e *e2e.Env) (secret string) {
	t.Helper()
	secret, _ = must(t, e, "setUpTOTP", nil)["sharedSecret"].(string)
	must(t, e, "verifyTOTPSetup", m{"code": e.TOTP(secret)})
	must(t, e, "setMFAPreference", m{"totp": "PREFERRED"})
	must(t, e, "signOut", nil)
	return secret
}

// Ensure that a remembered device replaces the second factor: after signing out, after a reload, and for a user
// who types another name; that its keys are the pool's and the user's own, and outlive the session.
func TestRememberedDevice(t *testing.T) {
	e := e2e.Start(t)
	p := devicePool(e, false)
	e.NewUser(p.ID, "bob", nil)
	app(e, p)
	putForeign(e)
	fails(t, e, "deviceOperations.get", nil, "notSignedIn")
	start(t, e, "signedIn", m{"username": "ada"})
	device := must(t, e, "deviceOperations.get", nil)
	attributes, _ := device["attributes"].(m)
	if name, _ := attributes["device_name"].(string); name != "Chrome on Linux" || attributes["dev:device_remembered_status"] != "remembered" {
		t.Errorf("device %v", device)
	}
	if !e2e.Must[bool](e, `auth.deviceOperations.get().then((d) => [d.createDate, d.lastModifiedDate, d.lastAuthenticatedDate].every((at) => at instanceof Date && Math.abs(at - Date.now()) < 60_000))`) {
		t.Error("the device's times are no Dates of now")
	}
	secret := withTOTP(t, e)

	prefix := "CognitoIdentityServiceProvider." + p.ClientID + ".ada."
	kept := map[string]string{}
	for key, value := range e.Stored() {
		if _, other := foreign[key]; !other {
			kept[strings.TrimPrefix(key, prefix)] = value
		}
	}
	if len(kept) != 3 || kept["deviceKey"] != device["deviceKey"] || kept["deviceGroupKey"] == "" || kept["randomPasswordKey"] == "" {
		t.Errorf("signed out, stored is %v, want the three keys of the device", kept)
	}

	flow := []string{"InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge", "RespondToAuthChallenge"}
	for _, name := range []string{"ada", "ada@example.com"} {
		reload(e)
		e.Cognito.ResetCalls()
		start(t, e, "signedIn", m{"username": name})
		if got := e.Operations(); !slices.Equal(got, flow) {
			t.Errorf("%s: operations %v, want %v", name, got, flow)
		}
		if got := must(t, e, "deviceOperations.get", nil)["deviceKey"]; got != device["deviceKey"] {
			t.Errorf("%s: device %v, want %v", name, got, device["deviceKey"])
		}
		must(t, e, "signOut", nil)
	}
	start(t, e, "signedIn", m{"username": "ada", "authFlow": "USER_PASSWORD_AUTH"})
	e.Advance(2 * time.Hour)
	must(t, e, "getTokens", nil) // refreshed with the device's key
	must(t, e, "signOut", nil)

	start(t, e, "signedIn", m{"username": "bob"}) // has a device of his own
	if got := must(t, e, "deviceOperations.get", nil)["deviceKey"]; got == device["deviceKey"] {
		t.Error("bob has ada's device")
	}
	must(t, e, "signOut", nil)
	start(t, e, "signedIn", m{"username": "ada"})

	// Not remembered any more, then not tracked any more.
	must(t, e, "deviceOperations.updateStatus", m{"remembered": false})
	must(t, e, "signOut", nil)
	start(t, e, "totpMFA", m{"username": "ada"})
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
	must(t, e, "deviceOperations.forget", nil)
	fails(t, e, "deviceOperations.get", nil, "deviceNotRemembered")
	fails(t, e, "deviceOperations.forget", nil, "deviceNotRemembered")
	must(t, e, "signOut", nil)
	for key := range e.Stored() {
		if strings.HasPrefix(key, prefix) {
			t.Errorf("the forgotten device left %s", key)
		}
	}
}

// Ensure that a device which the service has forgotten, or whose secret is spoilt, is dropped: the user is asked
// for the second factor, and the browser becomes a new device.
func TestForgottenDeviceHeals(t *testing.T) {
	e := e2e.Start(t)
	p := devicePool(e, false)
	app(e, p)
	start(t, e, "signedIn", m{"username": "ada"})
	key := must(t, e, "deviceOperations.get", nil)["deviceKey"]
	secret := withTOTP(t, e)
	for name, spoil := range map[string]func(){
		"forgotten": func() {
			e.Admin("AdminForgetDevice", m{"UserPoolId": p.ID, "Username": "ada", "DeviceKey": key})
		},
		"another secret": func() {
			e.Tab.Run(`for (const key of Object.keys(localStorage)) if (key.endsWith('.randomPasswordKey')) localStorage[key] = 'spoilt'`)
		},
		"half the keys": func() {
			e.Tab.Run(`for (const key of Object.keys(localStorage)) if (key.endsWith('.deviceGroupKey')) delete localStorage[key]`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoil()
			reload(e)
			start(t, e, "totpMFA", m{"username": "ada"})
			answer(t, e, "signedIn", e.NextTOTP(secret), nil)
			again := must(t, e, "deviceOperations.get", nil)["deviceKey"]
			if again == key || again == "" {
				t.Errorf("device %v, want a new one", again)
			}
			key = again
			must(t, e, "signOut", nil)
			start(t, e, "signedIn", m{"username": "ada"}) // the new one is remembered
			must(t, e, "signOut", nil)
		})
	}
}

// Ensure that where users decide, rememberDevice says what they want.
func TestRememberDeviceChoice(t *testing.T) {
	e := e2e.Start(t)
	app(e, devicePool(e, true))
	start(t, e, "signedIn", m{"username": "ada", "rememberDevice": false})
	must(t, e, "getTokens", m{"forceRefresh": true})
	fails(t, e, "deviceOperations.get", nil, "deviceNotRemembered")
	must(t, e, "signOut", nil)

	start(t, e, "signedIn", m{"username": "ada"}) // tracked, not remembered
	status := func() any {
		attributes, _ := must(t, e, "deviceOperations.get", nil)["attributes"].(m)
		return attributes["dev:device_remembered_status"]
	}
	if got := status(); got != "not_remembered" {
		t.Errorf("without a choice the device is %v", got)
	}
	must(t, e, "deviceOperations.forget", nil)
	must(t, e, "signOut", nil)

	start(t, e, "signedIn", m{"username": "ada", "rememberDevice": true})
	if got := status(); got != "remembered" {
		t.Errorf("with rememberDevice the device is %v", got)
	}
	withTOTP(t, e)
	start(t, e, "signedIn", m{"username": "ada"}) // no second factor
}

// Ensure that all devices of a user are listed page by page, and can be forgotten from another one.
func TestListDevices(t *testing.T) {
	e := e2e.Start(t)
	p := devicePool(e, false)
	app(e, p)
	start(t, e, "signedIn", m{"username": "ada"})
	own := must(t, e, "deviceOperations.get", nil)["deviceKey"]
	e.Tab.Run(`globalThis.others = [0, 1].map(() => new AmplifyAuth({ config: ` + e2e.Args(p.Config()) + `, storage: 'memory' }))`)
	for _, other := range []string{"others[0]", "others[1]"} {
		e2e.Must[m](e, other+`.signIn({ username: 'ada', password: 'Passw0rd!' })`)
	}
	keys, pages, in := []string{}, 0, m{"limit": 2}
	for {
		page := must(t, e, "deviceOperations.list", in)
		devices, _ := page["devices"].([]any)
		for _, device := range devices {
			key, _ := device.(m)["deviceKey"].(string)
			keys = append(keys, key)
		}
		pages++
		if page["paginationToken"] == nil {
			break
		}
		in["paginationToken"] = page["paginationToken"]
	}
	if len(slices.Compact(slices.Sorted(slices.Values(keys)))) != 3 || pages != 2 {
		t.Fatalf("devices %v on %d pages, want 3 on 2", keys, pages)
	}
	for _, key := range keys {
		if key != own {
			must(t, e, "deviceOperations.forget", m{"deviceKey": key})
			fails(t, e, "deviceOperations.get", m{"deviceKey": key}, "resourceNotFound")
		}
	}
	if got := must(t, e, "deviceOperations.get", nil)["deviceKey"]; got != own {
		t.Errorf("forgetting the others left this browser the device %v", got)
	}
	if _, err := e2e.Call[m](e, `others[0].deviceOperations.get()`); err == nil || err.Code != "resourceNotFound" {
		t.Errorf("the forgotten browser: %v, want resourceNotFound", err)
	}
	if devices, _ := must(t, e, "deviceOperations.list", nil)["devices"].([]any); len(devices) != 1 {
		t.Errorf("left are %v", devices)
	}
}

// Ensure that lists whose every page names a next one come to an end, in compat and in the account's panel.
func TestListsWithoutEnd(t *testing.T) {
	e := e2e.Start(t)
	e.Tab.OnNewDocument(`delete globalThis.Worker; // the engine asks by the page's fetch
globalThis.asked = {};
const { fetch: real } = globalThis;
globalThis.fetch = async (url, init) => {
  const operation = new Headers(init?.headers).get('x-amz-target')?.split('.').pop();
  const page = { ListDevices: { Devices: [{ DeviceKey: 'us-east-1_x' }], PaginationToken: 'more' }, ListWebAuthnCredentials: { Credentials: [], NextToken: 'more' } }[operation];
  if (!page) return real(url, init);
  asked[operation] = (asked[operation] ?? 0) + 1;
  return new Response(JSON.stringify(page), { headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'id' } });
};`)
	_, w := openAccount(t, e, widget.Seeded(e), nil, "demo")
	for screen, operation := range map[string]string{"devices": "ListDevices", "passkeys": "ListWebAuthnCredentials"} {
		w.Press(screen)
		w.At(screen)
		if n := browser.Eval[int](w.Tab, `asked.`+operation); n < 2 || n > 200 {
			t.Errorf("%s: %d pages", screen, n)
		}
		w.Press("account")
	}
	if n := browser.Eval[int](w.Tab, `(async () => {
  const { Amplify, fetchDevices } = await import('/compat.js');
  Amplify.configure(await (await fetch('/amplify_outputs.json')).json());
  return (await fetchDevices()).length;
})()`); n < 2 || n > 200 {
		t.Errorf("compat: %d devices", n)
	}
}
