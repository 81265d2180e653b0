package flows

import (
	"slices"
	"strings"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/widget"
)

// Ensure that an app client a page cannot use is told as what it is: to the user that signing in is not set up, to the
// developer on the console what to change, and to nobody that the password is wrong.
func TestWidgetMisconfiguredClient(t *testing.T) {
	for name, test := range map[string]struct {
		client  map[string]any
		spoil   func(*e2e.Pool)
		console string
	}{
		"with a secret":  {map[string]any{"GenerateSecret": true}, nil, "app client without a secret"},
		"without SRP":    {map[string]any{"ExplicitAuthFlows": []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}}, nil, "ALLOW_USER_SRP_AUTH"},
		"unknown client": {nil, func(p *e2e.Pool) { p.ClientID = "0unknown0" }, "app client's id"},
	} {
		t.Run(name, func(t *testing.T) {
			e := e2e.Start(t)
			pool := e.NewPool(nil, test.client)
			e.NewUser(pool.ID, "ada", nil)
			if test.spoil != nil {
				test.spoil(&pool)
			}
			w := open(t, e, widget.Outputs(pool, nil), nil)
			w.At("signIn")
			w.SignIn("ada", emulator.SeedPassword)
			if problem := w.Refused(); problem != "Signing in is not set up correctly on this page." {
				t.Errorf("the screen says %q", problem)
			}
			if !slices.ContainsFunc(e.Tab.Console(), func(line string) bool {
				return strings.HasPrefix(line, "error") && strings.Contains(line, test.console)
			}) {
				t.Errorf("the console does not name %q: %q", test.console, e.Tab.Console())
			}
			if events := w.Events(); events != "autherror invalidConfiguration" {
				t.Errorf("events: %q", events)
			}
		})
	}
}

// Ensure that a boolean attribute is off where a framework writes false for it, and follows a change.
func TestWidgetBooleanAttributes(t *testing.T) {
	e := e2e.Start(t)
	w := open(t, e, widget.Outputs(widget.Seeded(e), nil), map[string]string{
		"can-cancel": "false", "modal": "false", "hide-sign-up": "false", "hide-remember-device": "false",
	})
	w.At("signIn")
	const shown = `['dialog', '[part~=close-button]', '[data-key=signUp]'].filter((s) => el.shadowRoot.querySelector(s)?.checkVisibility())
		.concat(el.querySelector('[name=rememberDevice]') ? 'rememberDevice' : []).join(' ')`
	if got := widget.Eval[string](w, shown); got != "[data-key=signUp] rememberDevice" {
		t.Errorf(`with "false" is shown: %s`, got)
	}
	w.Tab.Run(`for (const name of ['can-cancel', 'hide-sign-up', 'hide-remember-device']) document.querySelector('amplify-sign-in').setAttribute(name, 'true')`)
	if got := widget.Eval[string](w, shown); got != "[part~=close-button]" {
		t.Errorf(`with "true" is shown: %s`, got)
	}
}

// Ensure that the client takes the text of a configuration, as the element does, and says what is wrong with one.
func TestConfigurationAsText(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	config := e2e.Args(" " + widget.Outputs(widget.Seeded(e), nil))
	if state := e2e.Must[string](e, `new AmplifyAuth({ config: `+config+` }).initialize().then(({ userState }) => userState)`); state != "signedOut" {
		t.Errorf("with a text the state is %q", state)
	}
	if _, err := e2e.Call[any](e, `(async () => new AmplifyAuth({ config: '{ "auth": ' }))()`); err == nil || err.Code != "invalidConfiguration" || !strings.Contains(err.Message, "no valid JSON") {
		t.Errorf("half a text: %v", err)
	}
}
