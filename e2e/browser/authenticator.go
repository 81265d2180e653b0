package browser

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// An Authenticator is a virtual one of the tab: built in, with user verification and resident keys, such as a
// laptop's fingerprint reader. Somebody is always present, and recognized until Recognize says otherwise.
type Authenticator struct {
	tab *Tab
	id  webauthn.AuthenticatorID
}

// AddAuthenticator gives the tab an authenticator; it stays until the tab is closed.
func (tab *Tab) AddAuthenticator() *Authenticator {
	tab.t.Helper()
	command(tab, webauthn.Enable, webauthn.EnableParams{})
	added := command(tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
			Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
			AutomaticPresenceSimulation: true, IsUserVerified: true,
		},
	})
	return &Authenticator{tab, added.AuthenticatorID}
}

// Recognize makes user verification succeed or fail.
func (a *Authenticator) Recognize(user bool) {
	a.tab.t.Helper()
	command(a.tab, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: user})
}

// Answer makes ceremonies end at once, as by a touch, or wait for ever.
func (a *Authenticator) Answer(touch bool) {
	a.tab.t.Helper()
	command(a.tab, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: a.id, Enabled: touch})
}

// Forget removes every credential from the authenticator.
func (a *Authenticator) Forget() {
	a.tab.t.Helper()
	command(a.tab, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: a.id})
}

// Credentials are what the authenticator holds.
func (a *Authenticator) Credentials() []*webauthn.Credential {
	a.tab.t.Helper()
	return command(a.tab, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id}).Credentials
}

func command[P, R any](tab *Tab, c cdp.Command[P, R], params P) R {
	tab.t.Helper()
	result, err := chromedp.Call(tab.ctx, c, params)
	if err != nil {
		tab.t.Fatalf("browser: %s: %v", c.Method, err)
	}
	return result
}
