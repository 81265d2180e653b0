package flows

import (
	"slices"
	"strings"
	"testing"

	"rsc.io/qr/coding"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// drawn draws the SVG of the page's global setup as a person would see it and reads its modules, rows of "1" (dark)
// and "0". It is an expression of a promise.
const drawn = `(async () => {
  const image = new Image();
  image.src = 'data:image/svg+xml,' + encodeURIComponent(setup.qr);
  await image.decode();
  const size = new DOMParser().parseFromString(setup.qr, 'image/svg+xml').documentElement.viewBox.baseVal.width;
  const module = 6;
  const canvas = Object.assign(document.createElement('canvas'), { width: size * module, height: size * module });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  document.body.replaceChildren(canvas);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => {
    const at = 4 * ((y * module + module / 2) * canvas.width + x * module + module / 2);
    return data[at] < 128 && data[at + 3] > 128 ? '1' : '0';
  }).join(''));
})()`

// checkQR compares what was drawn with the QR code of text (ISO/IEC 18004: level M, mask 0), in its quiet zone.
func checkQR(t *testing.T, rows []string, text string) {
	t.Helper()
	const quiet = 4
	for version := coding.Version(1); version <= coding.MaxVersion; version++ {
		plan, err := coding.NewPlan(version, coding.M, 0)
		if err != nil {
			t.Fatal(err)
		}
		if plan.DataBytes*8 < coding.String(text).Bits(version) {
			continue
		}
		code, err := plan.Encode(coding.String(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != code.Size+2*quiet {
			t.Fatalf("%d modules, want %d", len(rows), code.Size+2*quiet)
		}
		for y, row := range rows {
			for x, module := range row {
				if dark := code.Black(x-quiet, y-quiet); dark != (module == '1') {
					t.Fatalf("module %d, %d: dark %v, want %v", x, y, !dark, dark)
				}
			}
		}
		return
	}
	t.Fatalf("no QR code holds %s", text)
}

// Ensure that a signed-in user sets an authenticator app up, from the secret or the QR code, and is asked for it.
func TestSetUpTOTP(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	fails(t, e, "setUpTOTP", nil, "notSignedIn")
	mustSignIn(t, e)
	for _, test := range []struct{ input, label, issuer string }{
		{`{}`, "localhost:demo", "localhost"},
		{`{ issuer: 'Fish & Chips 50%' }`, "Fish%20&%20Chips%2050%25:demo", "Fish%20%26%20Chips%2050%25"},
	} {
		setup := e2e.Must[struct{ SharedSecret, URI, QR string }](e, `auth.setUpTOTP(`+test.input+`).then((setup) => globalThis.setup = setup)`)
		if want := "otpauth://totp/" + test.label + "?secret=" + setup.SharedSecret + "&issuer=" + test.issuer; setup.URI != want {
			t.Errorf("uri %s, want %s", setup.URI, want)
		}
		if !strings.HasPrefix(setup.QR, "<svg ") {
			t.Errorf("qr %.40s, want an SVG document", setup.QR)
		}
		checkQR(t, browser.Eval[[]string](e.Tab, drawn), setup.URI)
		e.Tab.Screenshot("totp-qr")
	}
	secret := browser.Eval[string](e.Tab, `setup.sharedSecret`)
	code := e.TOTP(secret)
	wrong := fails(t, e, "verifyTOTPSetup", m{"code": "000000"}, "enableSoftwareTokenMFA")
	if wrong.Name != "EnableSoftwareTokenMFAException" {
		t.Errorf("rejected with %v", wrong)
	}
	must(t, e, "verifyTOTPSetup", m{"code": code[:3] + " " + code[3:], "deviceName": "Phone"})
	if got := must(t, e, "getMFAPreference", nil); len(list(got["enabled"])) != 0 || got["preferred"] != nil {
		t.Errorf("before a preference: %v", got)
	}
	must(t, e, "setMFAPreference", m{"totp": "PREFERRED"})
	must(t, e, "signOut", nil)
	start(t, e, "totpMFA", m{"username": "demo"})
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
}

// Ensure that the preferences of SMS, TOTP and e-mail are set apart from each other.
func TestMFAPreference(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	start(t, e, "totpMFA", m{"username": "demo-totp"})
	answer(t, e, "signedIn", e.TOTP(emulator.SeedTOTPSecret), nil)
	for _, test := range []struct {
		set       m
		enabled   []string
		preferred any
	}{
		{m{"sms": "ENABLED"}, []string{"sms", "totp"}, "totp"},
		{m{"email": "PREFERRED"}, []string{"email", "sms", "totp"}, "email"},
		{m{"email": "NOT_PREFERRED"}, []string{"email", "sms", "totp"}, nil},
		{m{"sms": "PREFERRED", "totp": "DISABLED"}, []string{"email", "sms"}, "sms"},
		{m{"sms": "DISABLED", "email": "DISABLED"}, nil, nil},
	} {
		must(t, e, "setMFAPreference", test.set)
		got := must(t, e, "getMFAPreference", nil)
		if !slices.Equal(list(got["enabled"]), test.enabled) || got["preferred"] != test.preferred {
			t.Errorf("after %v: %v, want %v, %v", test.set, got, test.enabled, test.preferred)
		}
	}
	must(t, e, "signOut", nil)
	start(t, e, "signedIn", m{"username": "demo-totp"}) // no second factor is left
}

// mfaPool requires a second factor.
func mfaPool(e *e2e.Env, factors m) e2e.Pool {
	p := e.NewPool(emailPool, nil)
	factors["UserPoolId"], factors["MfaConfiguration"] = p.ID, "ON"
	e.Admin("SetUserPoolMfaConfig", factors)
	e.NewUser(p.ID, "ada", nil)
	return p
}

// Ensure that a pool which requires an authenticator app has it set up within the sign-in, a reload in between.
func TestSetUpTOTPWithinSignIn(t *testing.T) {
	e := e2e.Start(t)
	app(e, mfaPool(e, m{"SoftwareTokenMfaConfiguration": m{"Enabled": true}}))
	setup, _ := start(t, e, "setUpTOTP", m{"username": "ada"})["totpSetup"].(m)
	secret, _ := setup["sharedSecret"].(string)
	if want := "otpauth://totp/localhost:ada?secret=" + secret + "&issuer=localhost"; secret == "" || setup["uri"] != want {
		t.Errorf("uri %v, want %s", setup["uri"], want)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "12345"}, "invalidParameter")
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "enableSoftwareTokenMFA")
	reload(e)
	if again, _ := must(t, e, "getPendingSignIn", nil)["totpSetup"].(m); again["sharedSecret"] != secret || again["qr"] != setup["qr"] {
		t.Errorf("after a reload the secret is %v, want %s", again["sharedSecret"], secret)
	}
	answer(t, e, "signedIn", e.TOTP(secret), m{"friendlyDeviceName": "Phone"})
	must(t, e, "signOut", nil)
	start(t, e, "totpMFA", m{"username": "ada"})
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
}

// Ensure that a server error after the code was accepted neither loses the set-up nor shows an empty one.
func TestSetUpTOTPInterrupted(t *testing.T) {
	e := e2e.Start(t)
	app(e, mfaPool(e, m{"SoftwareTokenMfaConfiguration": m{"Enabled": true}}))
	setup, _ := start(t, e, "setUpTOTP", m{"username": "ada"})["totpSetup"].(m)
	secret, _ := setup["sharedSecret"].(string)
	e.Cognito.InjectFault(emulator.Fault{Operation: "RespondToAuthChallenge", Kind: "status500", Count: -1})
	fails(t, e, "confirmSignIn", m{"challengeResponse": e.TOTP(secret)}, "internalError")
	e.Cognito.ClearFaults()
	again, _ := must(t, e, "getPendingSignIn", nil)["totpSetup"].(m)
	if again["sharedSecret"] != secret || again["qr"] != setup["qr"] {
		t.Errorf("the secret is %q, want %q and its QR code", again["sharedSecret"], secret)
	}
	reload(e)
	checkPending(t, "after a reload", e, "setUpTOTP")
	answer(t, e, "signedIn", e.NextTOTP(secret), nil)
}

// Ensure that the second factor to set up can be chosen, and that an e-mail address is taken and proved.
func TestSetUpEmailWithinSignIn(t *testing.T) {
	e := e2e.Start(t)
	app(e, mfaPool(e, m{"SoftwareTokenMfaConfiguration": m{"Enabled": true}, "EmailMfaConfiguration": m{}}))
	out := start(t, e, "setUpMFA", m{"username": "ada"})
	factors := list(out["allowedFactors"])
	slices.Sort(factors)
	if want := []string{"EMAIL_OTP", "SOFTWARE_TOKEN_MFA"}; !slices.Equal(factors, want) {
		t.Fatalf("allowed factors %v, want %v", factors, want)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "ada@example.com"}, "invalidParameter") // never a guess
	answer(t, e, "setUpEmail", "EMAIL_OTP", nil)
	reload(e)
	checkPending(t, "after a reload", e, "setUpEmail")
	fails(t, e, "confirmSignIn", m{"challengeResponse": "nonsense"}, "invalidParameter")
	out = answer(t, e, "emailMFA", "ada@example.com", nil)
	if delivery, _ := out["codeDetails"].(m); delivery["deliveryMedium"] != "email" {
		t.Errorf("confirmSignIn gave %v", out)
	}
	fails(t, e, "confirmSignIn", m{"challengeResponse": "000000"}, "codeMismatch")
	answer(t, e, "signedIn", e.Code("ada"), nil)
	if got := must(t, e, "getUserAttributes", nil); got["email"] != "ada@example.com" || got["email_verified"] != "true" {
		t.Errorf("attributes %v", got)
	}
	must(t, e, "signOut", nil)
	start(t, e, "emailMFA", m{"username": "ada"})
}
