package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// ShowSignInInput are the arguments of showSignIn with hostedUI.
type ShowSignInInput struct {
	HostedUI HostedUIOptions `json:"hostedUI"`
}

// HostedUIOptions say how the hosted UI is shown.
type HostedUIOptions struct {
	Scopes                   []string          `json:"scopes"`
	IdentityProvider         string            `json:"identityProvider"`
	IDPIdentifier            string            `json:"idpIdentifier"` // wins over IdentityProvider
	FederationProviderName   string            `json:"federationProviderName"`
	DisableFederation        bool              `json:"disableFederation"`
	SignInURIQueryParameters map[string]string `json:"signInURIQueryParameters"`
	LoginHint                string            `json:"loginHint"`
	Lang                     string            `json:"lang"`
	Prompt                   string            `json:"prompt"`
	RedirectURI              string            `json:"redirectURI"` // one of the configured ones
	ReturnTo                 string            `json:"returnTo"`    // a URL of the page's origin
	Mode                     string            `json:"mode"`        // "redirect" or "popup"
}

// ShowSignInResult is the result of showSignIn.
type ShowSignInResult struct {
	UserState UserState `json:"userState"`
}

// AuthResponseInput are the arguments of handleAuthResponse.
type AuthResponseInput struct {
	URL string `json:"url"`
	// ProviderInitiated takes a code that no sign-in of ours asked for, as from a
	// SAML provider's own start page. Nothing then tells who sent the user here.
	ProviderInitiated bool `json:"providerInitiated"`
}

// AuthResponseResult is the result of handleAuthResponse. Not handled is a URL
// that is none of ours.
type AuthResponseResult struct {
	Handled   bool      `json:"handled"`
	UserState UserState `json:"userState"`
	ReturnTo  string    `json:"returnTo,omitempty"`
}

var (
	errNoPage    = newError("invalidState", "The hosted UI needs a page to be shown in.")
	errFramed    = newError("invalidState", "The hosted UI cannot be shown inside a frame. Use mode 'popup'.")
	errCancelled = newError("userCancelledSignIn", "The user left the hosted UI without signing in.")

	// ErrPopupClosed and ErrPopupBlocked are for implementations of Navigation.
	ErrPopupClosed  = newError("userCancelledSignIn", "The user closed the window of the hosted UI.")
	ErrPopupBlocked = newError("popupBlocked", "The browser did not open the window of the hosted UI. Call showSignIn directly in the handler of a click.")
)

// ShowSignIn shows the hosted UI. In a popup it returns once the user has signed
// in; a redirect leaves the page, and it returns only if the user comes back to
// this very page (from the browser's back-forward cache).
func (a *Auth) ShowSignIn(ctx context.Context, in ShowSignInInput) (*ShowSignInResult, error) {
	o := in.HostedUI
	popup := o.Mode == "popup"
	if o.Mode != "" && o.Mode != "redirect" && !popup {
		return nil, invalid("showSignIn: mode must be 'redirect' or 'popup'.")
	}
	if a.Navigation == nil {
		return nil, errNoPage
	}
	if err := a.nobodySignedIn(ctx); err != nil {
		return nil, err
	}
	page, framed := a.Navigation.Page()
	if framed && !popup {
		return nil, errFramed
	}
	t, query, err := a.newSignIn(o, page)
	if err != nil {
		return nil, err
	}
	p, err := a.provider(ctx, canAuthorize)
	if err != nil {
		return nil, err
	}
	t.Provider = p.id()
	address, err := withQuery(p.authorizeURI, query)
	if err != nil {
		return nil, err
	}
	if popup {
		ctx, end := a.popups.begin(ctx)
		defer end()
		return a.showPopup(ctx, p, t, address)
	}
	if err := a.saveTransaction(ctx, t); err != nil {
		return nil, err
	}
	if err := a.Navigation.Leave(ctx, address); err != nil {
		return nil, err
	}
	return nil, errCancelled
}

// newSignIn makes the transaction and the authorization request (RFC 6749 section
// 4.1.1, RFC 7636, OpenID Connect Core 1.0 section 3.1.2.1) of a sign-in.
func (a *Auth) newSignIn(o HostedUIOptions, page string) (*transaction, url.Values, error) {
	p, err := a.configured()
	if err != nil {
		return nil, nil, err
	}
	prefix := ""
	if o.Mode == "popup" {
		prefix = popupState
	}
	t, err := a.newTransaction(prefix)
	if err != nil {
		return nil, nil, err
	}
	if t.RedirectURI, err = chooseURI("SignInRedirectURI", p.SignInRedirectURIs, o.RedirectURI, page); err != nil {
		return nil, nil, err
	}
	if t.ReturnTo, err = localURL(o.ReturnTo, page); err != nil {
		return nil, nil, err
	}
	t.FederationProvider, t.DisableFederation = o.FederationProviderName, o.DisableFederation
	t.IdentityProvider, t.IDPIdentifier = o.IdentityProvider, o.IDPIdentifier

	scopes := o.Scopes
	if len(scopes) == 0 {
		scopes = p.Scopes
	}
	for _, s := range scopes {
		if s == "" || strings.ContainsAny(s, " \t\n\"\\") {
			return nil, nil, invalid("showSignIn: scopes must be an array of single scopes.")
		}
	}
	q := url.Values{
		"response_type": {"code"}, "client_id": {p.ClientID}, "redirect_uri": {t.RedirectURI}, "scope": {strings.Join(scopes, " ")},
		"state": {t.State}, "code_challenge": {t.challenge()}, "code_challenge_method": {"S256"},
	}
	if slices.Contains(scopes, "openid") {
		q.Set("nonce", t.Nonce)
	} else {
		t.Nonce = "" // there will be no id token to carry it
	}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("login_hint", o.LoginHint)
	set("lang", o.Lang)
	set("prompt", o.Prompt)
	if set("idp_identifier", o.IDPIdentifier); o.IDPIdentifier == "" {
		set("identity_provider", identityProvider(o.IdentityProvider))
	}
	if err := addParameters(q, p.SignInURIQueryParameters, "SignInURIQueryParameters"); err != nil {
		return nil, nil, err
	}
	return t, q, addParameters(q, o.SignInURIQueryParameters, "showSignIn: signInURIQueryParameters")
}

// identityProvider is the hosted UI's name of a provider that people know by
// another one. Names of SAML and OpenID providers stay as they are.
func identityProvider(name string) string {
	switch strings.ToLower(strings.NewReplacer("_", "", " ", "").Replace(name)) {
	case "facebook":
		return "Facebook"
	case "google":
		return "Google"
	case "amazon", "loginwithamazon":
		return "LoginWithAmazon"
	case "apple", "signinwithapple":
		return "SignInWithApple"
	case "cognito":
		return "COGNITO"
	}
	return name
}

// showPopup waits for the response that the popup brings. Its transaction is in
// nobody's storage.
func (a *Auth) showPopup(ctx context.Context, p *provider, t *transaction, address string) (*ShowSignInResult, error) {
	var r *authResponse
	_, err := a.Navigation.Popup(ctx, address, func(response string) bool {
		got := parseAuthResponse(response)
		if got == nil || got.State != t.State || !got.at(t.RedirectURI) {
			return false
		}
		r = got
		return true
	})
	if err == nil {
		err = a.finish(ctx, p, t, r)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	return &ShowSignInResult{SignedIn}, nil
}

// popups holds the end of the popup that is open: there is one window for all.
type popups struct {
	mu  sync.Mutex
	end context.CancelCauseFunc
}

// begin ends the popup before.
func (p *popups) begin(ctx context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.end != nil {
		p.end(errSignInSuperseded)
	}
	p.end = end
	return ctx, func() { end(nil) }
}

// responseTimeout bounds what a page does about a response: its other calls wait.
const responseTimeout = 45 * time.Second

// HandleAuthResponse completes a sign-in by the authorization response in a URL. A
// response that was handled before gets the same answer again.
func (a *Auth) HandleAuthResponse(ctx context.Context, in AuthResponseInput) (*AuthResponseResult, error) {
	r := parseAuthResponse(in.URL)
	if r == nil {
		return a.notHandled(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, responseTimeout)
	defer cancel()
	found, err := a.transactionOf(ctx, r, in.ProviderInitiated)
	if err != nil {
		return nil, err
	}
	out := a.notHandled()
	if found == nil {
		return out, nil
	}
	err = a.Locks.With(ctx, a.keys.transaction(found.State), responseTimeout, func(ctx context.Context, _ bool) error {
		t, err := a.loadTransaction(ctx, found.State) // it may be done by now
		if err != nil || t == nil {
			return err
		}
		out.Handled, out.ReturnTo = true, t.ReturnTo
		if !t.Done {
			return a.takeResponse(ctx, t, r)
		}
		if t.Error != nil {
			return t.Error.error()
		}
		return a.StorageChanged(ctx) // another page, or client of this one, has done it
	})
	if err != nil {
		return nil, err
	}
	out.UserState = a.state.get().UserState
	return out, nil
}

func (a *Auth) notHandled() *AuthResponseResult {
	return &AuthResponseResult{UserState: a.state.get().UserState}
}

// transactionOf finds the transaction that a response belongs to; nil for none.
func (a *Auth) transactionOf(ctx context.Context, r *authResponse, providerInitiated bool) (*transaction, error) {
	p, err := a.configured()
	if err != nil {
		return nil, nil // without a hosted UI no response is ours
	}
	t, err := a.loadTransaction(ctx, r.State)
	if err != nil {
		return nil, err
	}
	if t != nil {
		if !r.at(t.RedirectURI) {
			return nil, nil
		}
		return t, nil
	}
	if !providerInitiated || r.Code == "" {
		return nil, nil
	}
	for _, uri := range p.SignInRedirectURIs {
		if r.at(uri) {
			// Named by its code, so that it serves once like any other.
			sum := sha256.Sum256([]byte(r.Code))
			state := "code." + base64.RawURLEncoding.EncodeToString(sum[:])
			if t, err := a.loadTransaction(ctx, state); t != nil || err != nil {
				return t, err
			}
			t := &transaction{State: state, RedirectURI: uri, Deadline: a.Now().Add(transactionLife).UnixMilli()}
			return t, a.saveTransaction(ctx, t)
		}
	}
	return nil, nil
}

// takeResponse finishes a transaction and keeps its outcome, unless the same
// response may do better in a moment.
func (a *Auth) takeResponse(ctx context.Context, t *transaction, r *authResponse) error {
	p, err := a.provider(ctx, canExchange)
	if err == nil && t.Provider != "" && t.Provider != p.id() {
		err = newError("securityFailed", "The sign-in was started at another provider than the configuration now names.")
	}
	if err == nil {
		err = a.finish(ctx, p, t, r)
	}
	if err != nil && (AsError(err).Retryable || ctx.Err() != nil) {
		return err
	}
	if endErr := a.endTransaction(context.WithoutCancel(ctx), t, err); err == nil {
		err = endErr
	}
	return err
}

// finish checks a response, exchanges its code, verifies the tokens and signs in.
func (a *Auth) finish(ctx context.Context, p *provider, t *transaction, r *authResponse) error {
	if !p.pool {
		// A provider that publishes nothing is no OpenID provider, but may be an
		// OAuth 2.0 server: its id tokens are refused, its access tokens are opaque.
		known, err := a.provider(ctx, canVerify)
		if err != nil && (AsError(err).Retryable || r.Issuer != "") {
			return err
		}
		if err == nil {
			p = known
		}
	}
	if r.Issuer != "" && !slices.Contains(p.issuers, r.Issuer) || r.Issuer == "" && p.sendsIss {
		return newError("securityFailed", "The response comes from another provider than the one that was asked.")
	}
	if r.Error != "" {
		return r.refusal()
	}
	if !canExchange(p) {
		return newError("invalidConfiguration", "TokenURI is missing in the OAuth section.")
	}
	before := a.news(ctx)
	if canVerify(p) { // a code serves once: what verifying the answer takes is there before
		if err := a.loadKeys(ctx, p, nil); err != nil {
			return err
		}
	}
	grant := url.Values{"grant_type": {"authorization_code"}, "code": {r.Code}, "redirect_uri": {t.RedirectURI}}
	if t.Verifier != "" {
		grant.Set("code_verifier", t.Verifier)
	}
	answer, err := a.askToken(ctx, p, grant)
	if err != nil {
		return err
	}
	if t.Nonce != "" && answer.IDToken == "" {
		return newError("idTokenNotIssued", "The provider issued no id token although the scope openid was asked for.")
	}
	s, err := a.oauthTokens(ctx, p, answer, t.Nonce)
	if err != nil {
		return err
	}
	s.oauthSession = t.oauthSession
	return a.store(context.WithoutCancel(ctx), func(ctx context.Context) error {
		if err := a.beginSession(ctx, s, before); err != nil {
			return err
		}
		if err := a.CancelSignIn(ctx); err != nil {
			return err
		}
		a.state.to(a.signedInState(s), false)
		a.scheduleRefresh(s)
		return nil
	})
}

// signOutURL is where the hosted UI forgets the user; empty where the provider has
// no such address.
func (a *Auth) signOutURL(ctx context.Context) (string, error) {
	if a.Navigation == nil {
		return "", errNoPage
	}
	page, framed := a.Navigation.Page()
	if framed {
		return "", errFramed
	}
	p, err := a.provider(ctx, func(p *provider) bool { return p.signOutURI != "" })
	if err != nil {
		return "", err
	}
	q := url.Values{}
	for name, value := range p.SignOutURIQueryParameters {
		q.Set(name, value)
	}
	if p.pool || len(q) == 0 && len(p.SignOutRedirectURIs) > 0 {
		uri, err := chooseURI("SignOutRedirectURI", p.SignOutRedirectURIs, "", page)
		if err != nil {
			return "", err
		}
		// OpenID Connect RP-Initiated Logout 1.0, without id_token_hint: tokens do not
		// belong into URLs.
		name := "post_logout_redirect_uri"
		if p.pool {
			q, name = url.Values{}, "logout_uri"
		}
		q.Set("client_id", p.ClientID)
		q.Set(name, uri)
	}
	return withQuery(p.signOutURI, q)
}
