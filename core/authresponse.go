package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"time"

	"amplify-auth/core/oidc"
)

// AuthResponseInput are the arguments of handleAuthResponse.
type AuthResponseInput struct {
	URL string `json:"url"`
	// ProviderInitiated takes a code that no sign-in of ours asked for, as from a
	// SAML provider's own start page. Nothing then tells who sent the user here.
	ProviderInitiated bool `json:"providerInitiated"`
}

// AuthResponseResult is the result of handleAuthResponse. Not handled is a URL
// that is none of ours; one that is ours but cannot be used is an error.
type AuthResponseResult struct {
	Handled   bool      `json:"handled"`
	UserState UserState `json:"userState"`
	ReturnTo  string    `json:"returnTo,omitempty"`
}

var errResponseUsed = newError("responseUsed", "This answer of the hosted UI has served before, and the session that it began is over. Sign in again.")

// responseTimeout bounds what a page does about a response: its other calls wait.
const responseTimeout = 45 * time.Second

// HandleAuthResponse completes a sign-in by the authorization response in a URL. A
// response that was handled before gets the same answer again. Close does not end
// it: a code serves once, and the client that is made next gets the answer.
func (a *Auth) HandleAuthResponse(ctx context.Context, in AuthResponseInput) (*AuthResponseResult, error) {
	r := oidc.ParseResponse(in.URL)
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
	err = a.Locks.With(ctx, a.layout.TransactionKey(found.State), responseTimeout, func(ctx context.Context, _ bool) error {
		t, err := a.tab().Transaction(ctx, found.State) // it may be done by now
		if err != nil || t == nil {
			return err
		}
		out.Handled, out.ReturnTo = true, t.ReturnTo
		if t.Done {
			return a.sayAgain(ctx, t)
		}
		return a.takeResponse(ctx, t, r)
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
func (a *Auth) transactionOf(ctx context.Context, r *oidc.Response, providerInitiated bool) (*transaction, error) {
	p, err := a.configured()
	if err != nil {
		return nil, nil // without a hosted UI no response is ours
	}
	t, err := a.tab().Transaction(ctx, r.State)
	if err != nil {
		return nil, err
	}
	if t != nil {
		if oidc.Origin(t.RedirectURI) != oidc.Origin(r.Address()) {
			return nil, nil
		}
		return t, nil
	}
	if !providerInitiated || r.Code == "" {
		return nil, nil
	}
	for _, uri := range p.SignInRedirectURIs {
		if r.At(uri) {
			// Named by its code, so that it serves once like any other.
			sum := sha256.Sum256([]byte(r.Code))
			state := "code." + base64.RawURLEncoding.EncodeToString(sum[:])
			if t, err := a.tab().Transaction(ctx, state); t != nil || err != nil {
				return t, err
			}
			t := &transaction{State: state, RedirectURI: uri, Deadline: a.Now().Add(transactionLife).UnixMilli()}
			return t, a.tab().AddTransaction(ctx, t)
		}
	}
	return nil, nil
}

// lasting names the session for as long as it lives. Another provider's sessions
// have nothing that is theirs alone and stays.
func lasting(s *session) string {
	if s.External {
		return s.Username
	}
	return s.SignIn()
}

// sayAgain gives the outcome of a transaction that ended. It has succeeded only for
// as long as its session is there.
func (a *Auth) sayAgain(ctx context.Context, t *transaction) error {
	if t.Error != nil {
		return t.Error.Err()
	}
	if err := a.StorageChanged(ctx); err != nil { // another page, or client of this one, may have ended it
		return err
	}
	s, err := a.loadSession(ctx)
	if err == nil && (stateOf(s, a.Now()) != SignedIn || lasting(s) != t.Session) {
		err = errResponseUsed
	}
	return err
}

// takeResponse finishes a transaction and keeps its outcome, unless the same
// response may do better in a moment.
func (a *Auth) takeResponse(ctx context.Context, t *transaction, r *oidc.Response) error {
	err := unusable(t, r, a.Now())
	if err == nil {
		err = a.useResponse(ctx, t, r)
	}
	if err != nil && (AsError(err).Retryable || ctx.Err() != nil) {
		return err
	}
	if endErr := a.tab().EndTransaction(context.WithoutCancel(ctx), t, err); err == nil {
		err = endErr
	}
	return err
}

// useResponse finishes a transaction at the provider that it was begun at.
func (a *Auth) useResponse(ctx context.Context, t *transaction, r *oidc.Response) error {
	p, err := a.provider(ctx, canExchange)
	if err != nil {
		return err
	}
	if t.Provider != "" && t.Provider != p.id() {
		return newError("securityFailed", "The sign-in was started at another provider than the configuration now names.")
	}
	return a.finish(ctx, p, t, r)
}

// finish checks a response, exchanges its code, verifies the tokens and signs in.
func (a *Auth) finish(ctx context.Context, p *provider, t *transaction, r *oidc.Response) error {
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
		return r.Refusal()
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
	s, err := a.oauthTokens(ctx, p, answer, t.Asked)
	if err != nil {
		return err
	}
	s.OAuthSession = t.OAuthSession
	t.Session = lasting(s)
	return a.settle(context.WithoutCancel(ctx), t, s, before)
}

// settle begins the session that a transaction has got, in place of the one it was to
// replace, if any.
func (a *Auth) settle(ctx context.Context, t *transaction, s *session, before news) error {
	var old *session
	err := a.store(ctx, func(ctx context.Context) error {
		if t.Replaces != "" {
			old, _ = a.loadSession(ctx) // what cannot be read is left to expire
		}
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
	if err == nil && old != nil && t.Replaces == old.SignIn() && t.Replaces != s.SignIn() && !old.External {
		spawn(func() { _ = a.endRemotely(a.done, old, SignOutInput{}) }) // nobody has its tokens any more
	}
	return err
}
