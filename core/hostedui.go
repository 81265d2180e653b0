package core

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
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
	Resource                 string            `json:"resource"` // RFC 8707
	LoginHint                string            `json:"loginHint"`
	Lang                     string            `json:"lang"`
	Prompt                   words             `json:"prompt"`
	MaxAge                   *int64            `json:"maxAge"` // seconds since the user signed in
	ACRValues                words             `json:"acrValues"`
	Nonce                    string            `json:"nonce"`       // in place of a random one
	RedirectURI              string            `json:"redirectURI"` // one of the configured ones
	ReturnTo                 string            `json:"returnTo"`    // a URL of the page's origin
	Mode                     string            `json:"mode"`        // "redirect" or "popup"
	Window                   string            `json:"window"`      // the name of that which the page has opened for a popup
}

// words are a text with spaces between, or an array of them.
type words string

func (w *words) UnmarshalJSON(data []byte) error {
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*w = words(strings.Join(list, " "))
		return nil
	}
	return json.Unmarshal(data, (*string)(w))
}

// ShowSignInResult is the result of showSignIn.
type ShowSignInResult struct {
	UserState UserState `json:"userState"`
}

var (
	errNoPage    = newError("invalidState", "The hosted UI needs a page to be shown in.")
	errFramed    = newError("invalidState", "The hosted UI cannot be shown inside a frame. Use mode 'popup'.")
	errCancelled = newError("userCancelledSignIn", "The user left the hosted UI without signing in.")
	errForgetful = newError("storageUnavailable", "The browser refuses sessionStorage or it is full, so the page could not know its sign-in again after a redirect. Make room in sessionStorage, or use mode 'popup'.")

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
	replaces, err := a.mayShow(ctx, o)
	if err != nil {
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
	t.Provider, t.Replaces = p.id(), replaces
	address, err := oidc.WithQuery(p.authorizeURI, query)
	if err != nil {
		return nil, err
	}
	if popup {
		ctx, end := a.popups.begin(ctx)
		defer end()
		return a.showPopup(ctx, p, t, o.Window, address)
	}
	if err := a.tab().AddTransaction(ctx, t); err != nil {
		return nil, err
	}
	if !a.Navigation.Keeps(ctx) {
		return nil, cmp.Or(a.tab().DropTransaction(ctx, t), error(errForgetful))
	}
	if err := a.Navigation.Leave(ctx, address); err != nil {
		return nil, err
	}
	return nil, errCancelled
}

// mayShow looks whether the hosted UI may be shown. Who is signed in may be sent there
// to prove more, or anew; the session stays until the same user comes back, and is
// named by what mayShow returns.
func (a *Auth) mayShow(ctx context.Context, o HostedUIOptions) (replaces string, err error) {
	err = a.nobodySignedIn(ctx)
	if err == nil || o.ACRValues == "" && o.Prompt == "" && o.MaxAge == nil {
		return "", err
	}
	s, loadErr := a.loadSession(ctx)
	if loadErr != nil || s == nil {
		return "", cmp.Or(loadErr, err)
	}
	return s.SignIn(), nil
}

// newSignIn makes the transaction and the authorization request of a sign-in.
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
	if t.RedirectURI, err = oidc.ChooseRedirectURI("SignInRedirectURI", p.SignInRedirectURIs, o.RedirectURI, page); err != nil {
		return nil, nil, err
	}
	if t.ReturnTo, err = oidc.LocalURL(o.ReturnTo, page); err != nil {
		return nil, nil, err
	}
	t.FederationProvider, t.DisableFederation = o.FederationProviderName, o.DisableFederation
	t.IdentityProvider, t.IDPIdentifier = o.IdentityProvider, o.IDPIdentifier
	if len(o.Scopes) == 0 {
		o.Scopes = p.Scopes
	}
	q, err := authorizationRequest(p, o, t)
	return t, q, err
}

// authorizationRequest is the request of a transaction (RFC 6749 section 4.1.1, RFC 7636, OpenID Connect Core 1.0 section
// 3.1.2.1); the transaction keeps what the id token has to show.
func authorizationRequest(p *provider, o HostedUIOptions, t *transaction) (url.Values, error) {
	for _, s := range o.Scopes {
		if s == "" || strings.ContainsAny(s, " \t\n\"\\") {
			return nil, invalid("showSignIn: scopes must be an array of single scopes.")
		}
	}
	q := url.Values{
		"response_type": {"code"}, "client_id": {p.ClientID}, "redirect_uri": {t.RedirectURI}, "scope": {strings.Join(o.Scopes, " ")},
		"state": {t.State}, "code_challenge": {oidc.S256(t.Verifier)}, "code_challenge_method": {"S256"},
	}
	openid := slices.Contains(o.Scopes, "openid") // else there will be no id token
	switch {
	case o.Nonce != "" && !openid:
		return nil, invalid("showSignIn: nonce needs the scope openid, whose id token carries it.")
	case o.Nonce != "":
		t.Nonce = o.Nonce
	case !openid:
		t.Nonce = ""
	}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("nonce", t.Nonce)
	set("resource", o.Resource)
	set("login_hint", o.LoginHint)
	set("lang", o.Lang)
	set("prompt", string(o.Prompt))
	set("acr_values", string(o.ACRValues))
	if set("idp_identifier", o.IDPIdentifier); o.IDPIdentifier == "" {
		set("identity_provider", identityProvider(o.IdentityProvider))
	}
	if err := oidc.AddParameters(q, p.SignInURIQueryParameters, "SignInURIQueryParameters"); err != nil {
		return nil, err
	}
	if o.MaxAge != nil {
		q.Set("max_age", strconv.FormatInt(*o.MaxAge, 10))
	}
	if err := oidc.AddParameters(q, o.SignInURIQueryParameters, "showSignIn: signInURIQueryParameters"); err != nil {
		return nil, err
	}
	var err error
	t.MaxAge, err = askedAge(q.Get("max_age"), openid)
	return q, err
}

// askedAge is what max_age asks of the id token, however it came into the request; nil for nothing.
func askedAge(age string, openid bool) (*int64, error) {
	if age == "" {
		return nil, nil
	}
	seconds, err := strconv.ParseInt(age, 10, 32)
	if err != nil || seconds < 0 {
		return nil, invalid("showSignIn: maxAge must be a whole number of seconds, not less than 0.")
	}
	if !openid {
		return nil, invalid("showSignIn: maxAge needs the scope openid, whose id token says when the user signed in.")
	}
	return &seconds, nil
}

// identityProvider is the hosted UI's name of a provider that people know by
// another one. Names of SAML and OpenID providers stay as they are.
func identityProvider(name string) string {
	if p, ok := contract.ProviderNamed(name); ok && p.HostedUI != "" {
		return p.HostedUI
	}
	if strings.EqualFold(name, "cognito") {
		return "COGNITO"
	}
	return name
}

// showPopup waits for the response that the popup brings. Its transaction is in
// nobody's storage.
func (a *Auth) showPopup(ctx context.Context, p *provider, t *transaction, window, address string) (*ShowSignInResult, error) {
	var r *oidc.Response
	_, err := a.Navigation.Popup(ctx, Popup{window, t.State, address}, func(response string) bool {
		got := oidc.ParseResponse(response)
		if got == nil || got.State != t.State || !got.At(t.RedirectURI) {
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

// popups holds the end of the popup that is open: a user looks at one at a time.
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
