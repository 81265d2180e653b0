package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/peers"
	"amplify-auth/e2e/widget"
)

// checkScreen checks that a screen is on show with a text and the focus, at a field or else at its heading.
func checkScreen(t *testing.T, w *widget.Widget, screen, text, focus string) {
	t.Helper()
	w.At(screen)
	if got := w.Text(); !strings.Contains(got, text) {
		t.Errorf("%s says %q, want %q in it", screen, got, text)
	}
	if got := w.Focus(); got != focus {
		t.Errorf("%s: the focus is on %q, want %q", screen, got, focus)
	}
}

const wrongCode = "This code is not right. Check it and try again."

// Ensure that codes by text message, by e-mail and of an authenticator app are asked for, refused when wrong, and sign
// in when right; that a reload in between loses nothing; and that a sign-in that took too long starts anew.
func TestWidgetCodes(t *testing.T) {
	e := e2e.Start(t)
	e.Admin("AdminSetUserMFAPreference", m{"UserPoolId": emulator.SeedPoolID, "Username": "demo", "EmailMfaSettings": m{"Enabled": true, "PreferredMfa": true}})
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), nil)
	for _, test := range []struct {
		username, screen, text string
		code                   func() string
	}{
		{"demo-sms", "smsMFA", "We sent a code to +*******0121.", func() string { return e.Code("demo-sms") }},
		{"demo", "emailMFA", "We sent a code to d***@e***.", func() string { return e.Code("demo") }},
		{"demo-totp", "totpMFA", "Open your authenticator app", func() string { return e.TOTP(emulator.SeedTOTPSecret) }},
	} {
		w.SignIn(test.username, emulator.SeedPassword)
		checkScreen(t, w, test.screen, test.text, "confirmationCode")
		if got := widget.Eval[string](w, `(({ autocomplete, inputMode, type }) => [autocomplete, inputMode, type].join(' '))(el.querySelector('[name=confirmationCode]'))`); got != "one-time-code numeric text" {
			t.Errorf("%s: autocomplete, inputmode and type are %s", test.screen, got)
		}
		w.Answer("confirmationCode", "000000")
		w.Refused()
		checkTied(t, w, "confirmationCode", wrongCode)
		if got := announced(w); got != "" {
			t.Errorf("announced %q, beside what the focus makes heard", got)
		}
		if test.screen == "smsMFA" {
			w.Tab.Reload()
			w.At(test.screen)
		}
		// Codes are copied with blanks, and typed with the digits of other keyboards.
		code := test.code()
		w.Answer("confirmationCode", code[:3]+" "+strings.Map(func(digit rune) rune { return digit - '0' + '٠' }, code[3:]))
		checkSignedInAs(t, w, test.username)
		w.SignOut()
		w.Tab.Run("events.length = 0")
	}

	w.SignIn("demo-sms", emulator.SeedPassword)
	w.At("smsMFA")
	e.Advance(time.Hour)
	w.Answer("confirmationCode", e.Code("demo-sms"))
	checkScreen(t, w, "signIn", "That took too long. Please sign in again.", "password")
}

// Ensure that the first factor is chosen: a password, or a code that can be asked for again.
func TestWidgetFirstFactors(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), m{"passwordless": m{"email_otp_enabled": true, "sms_otp_enabled": true}}), nil)
	if got := widget.Eval[bool](w, `el.querySelector('[name=password]') === null`); !got {
		t.Error("a password is asked for before the name is known")
	}
	w.Answer("username", "demo")
	checkScreen(t, w, "selectFactor", "How do you want to sign in?", "title")
	w.Press("factor.sms")
	checkScreen(t, w, "smsOTP", "We sent a code to +*******0120.", "confirmationCode")
	w.Press("common.back")
	w.At("signIn")
	w.Submit()
	w.At("selectFactor")
	w.Press("factor.email")
	checkScreen(t, w, "emailOTP", "We sent a code to d***@e***.", "confirmationCode")
	first := e.Code("demo")
	e.Advance(31 * time.Second)
	w.Wait(`!el.shadowRoot.querySelector('[data-key="code.resend"]').hasAttribute('aria-disabled')`)
	w.Press("code.resend")
	w.Tab.WaitUntil("there is another code", func() bool { return e.Code("demo") != first })
	w.Wait(`el.shadowRoot.querySelector('.notice.success')`)
	w.Answer("confirmationCode", e.Code("demo"))
	checkSignedInAs(t, w, "demo")
	w.SignOut()
	w.Tab.Run("events.length = 0")
	w.Answer("username", "demo")
	w.At("selectFactor")
	w.Press("factor.password")
	checkScreen(t, w, "password", "demo", "password")
	w.Answer("password", "Wrong-passw0rd")
	if got, want := w.Refused(), "The password is not right."; got != want || announced(w) != want {
		t.Errorf("shown %q, announced %q, want %q", got, announced(w), want)
	}
	w.Answer("password", emulator.SeedPassword)
	checkSignedInAs(t, w, "demo")
}

// Ensure that a second factor is chosen where there are several, and set up where there has to be one: by a QR code or
// a key to copy, or with an e-mail address.
func TestWidgetSetUp(t *testing.T) {
	e := e2e.Start(t)
	p := mfaPool(e, m{"SoftwareTokenMfaConfiguration": m{"Enabled": true}, "EmailMfaConfiguration": m{}})
	e.NewUser(p.ID, "bob", nil)
	w := open(t, e, widget.Outputs(p, nil), map[string]string{"totp-issuer": "Fish & Chips"})
	w.SignIn("ada", emulator.SeedPassword)
	checkScreen(t, w, "setUpMFA", "Your account needs a second step. Choose one.", "title")
	w.Press("factor.totp")
	checkScreen(t, w, "setUpTOTP", "Scan this code with your authenticator app.", "confirmationCode")
	shown := widget.Eval[struct {
		Secret, Link, Name string
		Modules            int
	}](w, `(({ shadowRoot: root }) => ({
		secret: root.querySelector('code').textContent.replace(/ /g, ''), link: root.querySelector('a').href,
		name: root.querySelector('[part=qr]').getAttribute('aria-label'), modules: root.querySelector('[part=qr]').innerHTML.length,
	}))(el)`)
	link := func(account string) string {
		return "otpauth://totp/Fish%20&%20Chips:" + account + "?secret=" + shown.Secret + "&issuer=Fish%20%26%20Chips"
	}
	if shown.Link != link("ada") || shown.Name != "QR code for your authenticator app" || shown.Modules < 1000 {
		t.Errorf("the set-up shows %+v", shown)
	}
	w.Tab.Reload()
	w.At("setUpTOTP")
	if got := widget.Eval[string](w, `el.shadowRoot.querySelector('a').href`); got != link("ada") {
		t.Errorf("after a reload the link is %s, want %s", got, link("ada"))
	}
	w.Tab.Run(`navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }`)
	w.Press("copy")
	w.Tab.Wait("globalThis.copied === " + e2e.Args(shown.Secret))
	if got := announced(w); got != "Copied" {
		t.Errorf("announced %q, want Copied", got)
	}
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkTied(t, w, "confirmationCode", wrongCode)
	w.Answer("confirmationCode", e.TOTP(shown.Secret))
	checkSignedInAs(t, w, "ada")
	w.SignOut()
	w.Tab.Run("events.length = 0")

	w.SignIn("bob", emulator.SeedPassword)
	w.At("setUpMFA")
	w.Press("factor.email")
	checkScreen(t, w, "setUpEmail", "We will send a code there each time you sign in.", "email")
	w.Answer("email", "nonsense")
	w.Refused()
	checkTied(t, w, "email", "Enter an email address, for example name@example.com.")
	w.Answer("email", "bob@example.com")
	w.At("emailMFA")
	w.Answer("confirmationCode", e.Code("bob"))
	checkSignedInAs(t, w, "bob")
	w.SignOut()
	w.Tab.Run("events.length = 0")

	e.Admin("AdminUpdateUserAttributes", m{"UserPoolId": p.ID, "Username": "ada", "UserAttributes": []m{{"Name": "email", "Value": "ada@example.com"}, {"Name": "email_verified", "Value": "true"}}})
	e.Admin("AdminSetUserMFAPreference", m{"UserPoolId": p.ID, "Username": "ada", "EmailMfaSettings": m{"Enabled": true}, "SoftwareTokenMfaSettings": m{"Enabled": true}})
	w.SignIn("ada", emulator.SeedPassword)
	checkScreen(t, w, "selectMFA", "How do you want to get your code?", "title")
	w.Press("factor.email")
	w.At("emailMFA")
	w.Answer("confirmationCode", e.Code("ada"))
	checkSignedInAs(t, w, "ada")
}

// Ensure that a new password is asked for together with the attributes that are missing.
func TestWidgetNewPassword(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(m{"Schema": []m{{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true}}}, nil)
	e.Admin("AdminCreateUser", m{"UserPoolId": p.ID, "Username": "ada", "TemporaryPassword": emulator.SeedPassword, "MessageAction": "SUPPRESS"})
	w := open(t, e, widget.Outputs(p, m{"password_policy": widget.Policy}), nil)
	w.SignIn("ada", emulator.SeedPassword)
	checkScreen(t, w, "newPasswordRequired", "You need a password of your own before you go on.", "newPassword")
	w.Answer("newPassword", newPassword)
	w.Refused()
	checkTied(t, w, "name", "Fill in this field.")
	w.Answer("name", "Ada")
	checkSignedInAs(t, w, "ada")
	if got := userAttributes(e, p.ID, "ada")["name"]; got != "Ada" {
		t.Errorf("name is %q, want Ada", got)
	}
}

// Ensure that a pool's own questions are shown in rounds, each empty and with the focus, with the image and the link that
// come along where they run nothing, and to the page as well; and that a wrong answer says so.
func TestWidgetCustomChallenge(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.RiddleConfig(widget.RiddlePool(t, e)), nil)
	w.Tab.Run(`addEventListener('screenchange', ({ detail }) => { globalThis.question = detail.parameters?.question; })`)
	w.SignIn("ada", emulator.SeedPassword)
	for _, riddle := range peers.Riddles {
		w.Tab.Wait(`globalThis.question === ` + e2e.Args(riddle.Question))
		checkScreen(t, w, "customChallenge", riddle.Question, "confirmationCode")
		shown := widget.Eval[[]string](w, `[...el.shadowRoot.querySelectorAll('img, a')].map((node) => (node.alt ?? node.textContent) + ' ' + (node.src ?? node.href))`)
		var want []string
		if h := riddle.Hints; h["linkText"] != "" {
			want = []string{h["imageAlt"] + " " + h["image"], h["linkText"] + " " + h["link"]}
		}
		if !slices.Equal(shown, want) {
			t.Errorf("%s: with it is shown %q, want %q", riddle.Question, shown, want)
		}
		w.Answer("confirmationCode", riddle.Answer)
	}
	checkSignedInAs(t, w, "ada")
	w.SignOut()
	w.SignIn("ada", emulator.SeedPassword)
	w.At("customChallenge")
	w.Answer("confirmationCode", "13")
	if got, want := w.Refused(), "This answer was not accepted."; got != want {
		t.Errorf("a wrong answer: %q, want %q", got, want)
	}
}

// Ensure that somebody without a verified contact is asked to verify one, may put it off, and is signed in either way.
func TestWidgetVerifyContact(t *testing.T) {
	e := e2e.Start(t)
	p := e.NewPool(emailPool, nil)
	e.NewUser(p.ID, "ada", map[string]string{"email": "ada@example.com"})
	w := open(t, e, widget.Outputs(p, nil), nil)
	w.SignIn("ada", emulator.SeedPassword)
	checkScreen(t, w, "verifyContact", "Confirm how to reach you", "title")
	if got := w.Events(); got != "" {
		t.Errorf("the page was told %q before the end", got)
	}
	w.Press("common.skip")
	checkSignedInAs(t, w, "ada")
	w.SignOut()
	w.Tab.Run("events.length = 0")
	w.SignIn("ada", emulator.SeedPassword)
	w.At("verifyContact")
	w.Press("email")
	checkScreen(t, w, "confirmContact", "We sent a code to a***@e***.", "confirmationCode")
	w.Answer("confirmationCode", "000000")
	w.Refused()
	checkTied(t, w, "confirmationCode", wrongCode)
	w.Answer("confirmationCode", e.Code("ada"))
	checkSignedInAs(t, w, "ada")
	if got := userAttributes(e, p.ID, "ada")["email_verified"]; got != "true" {
		t.Errorf("email_verified is %q", got)
	}
	w.SignOut()
	w.SignIn("ada", emulator.SeedPassword)
	w.SignedIn() // nothing is left to ask
}
