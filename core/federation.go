package core

import (
	"context"
	"strings"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// FederatedSignInInput are the arguments of federatedSignIn.
type FederatedSignInInput struct {
	// ProviderName is facebook, google, amazon, apple, twitter or developer, or a SAML
	// or OpenID provider as the identity pool knows it.
	ProviderName string `json:"providerName"`
	FederatedToken
}

// FederatedSignInResult is the result of federatedSignIn.
type FederatedSignInResult struct {
	UserState UserState `json:"userState"`
}

// A TokenSource asks the page for a new token of a provider; nil where the page has
// none to give.
type TokenSource func(ctx context.Context, providerName string) (*FederatedToken, error)

// federationState is the user state that a stored session stands for.
func federationState(f *federation) State {
	if f.Token == "" {
		return invalidFederation(f, errSessionExpired.Code)
	}
	return State{SignedIn, map[string]string{"provider": f.Provider, "token": f.Token}}
}

// holderName is holder.name of who signed in so.
func holderName(f *federation) string { return "provider " + f.Provider }

// tokenExpired reports whether the token says so itself; opaque ones never do.
func tokenExpired(f *federation, now time.Time) bool {
	t, err := oidc.ParseToken(f.Token)
	return err == nil && !t.Expiration().IsZero() && !now.Add(contract.TokenMargin).Before(t.Expiration())
}

// FederatedSignIn signs in with the token of an identity provider. The token is
// proved by the credentials that it gets before anybody is told.
func (a *Auth) FederatedSignIn(ctx context.Context, in FederatedSignInInput) (*FederatedSignInResult, error) {
	if a.IdentityPool == nil {
		return nil, errNoIdentityPool
	}
	f, err := newFederation("federatedSignIn", in.ProviderName, in.FederatedToken)
	if err != nil {
		return nil, err
	}
	at := &attempt{news: a.news(ctx)} // ends, and is ended by, other sign-ins
	a.signIns.begin(at)
	defer a.signIns.finish(at)
	ctx, cancel := at.bind(ctx)
	defer cancel()
	// Who fetches credentials may be asking for the very token that came.
	defer a.fetching.pause(errHolderChanged)()
	err = a.withIdentityLock(ctx, func(ctx context.Context) error {
		c, err := a.proveFederation(ctx, f)
		if err != nil {
			return err
		}
		return a.store(ctx, func(ctx context.Context) error { return a.beginFederation(ctx, at, f, c) })
	})
	if err != nil {
		if at.ctx.Err() != nil {
			return nil, context.Cause(at.ctx)
		}
		return nil, err
	}
	return &FederatedSignInResult{SignedIn}, nil
}

// proveFederation gets the credentials of f's user, where no user of the user pool is signed in.
func (a *Auth) proveFederation(ctx context.Context, f *federation) (*identityCredentials, error) {
	s, err := a.loadSession(ctx)
	if err != nil {
		return nil, err
	}
	if stateOf(s, a.Now()) == SignedIn {
		return nil, errOtherSession
	}
	h, err := a.holder(ctx)
	if err != nil {
		return nil, err
	}
	if h.federation == nil || h.federation.Provider != f.Provider {
		h.name = holderName(f)
	}
	id := f.CognitoIdentityID
	if id == "" {
		id = h.startIdentity()
		if f.Provider == contract.DeveloperProvider && h.ownIdentity() == "" {
			return nil, errDeveloperIdentity
		}
	}
	return a.obtain(ctx, id, map[string]string{f.Provider: f.Token}, f.CustomRoleARN)
}

// beginFederation stores f and tells everybody, unless another page has signed a user in
// meanwhile. It runs in store.
func (a *Auth) beginFederation(ctx context.Context, at *attempt, f *federation, c *identityCredentials) error {
	s, err := a.loadSession(ctx)
	if err != nil {
		return err
	}
	user, begunSince := a.news(ctx).begunSince(at.news)
	switch {
	case at.ctx.Err() != nil:
		return context.Cause(at.ctx)
	case stateOf(s, a.Now()) == SignedIn, begunSince && user != holderName(f):
		return errOtherSession
	}
	a.publishBegun(ctx, holderName(f), "")
	if err := a.keepFederation(ctx, s, f, c); err != nil {
		return err
	}
	a.state.to(federationState(f), true)
	return nil
}

// keepFederation stores a federated session with its credentials in place of s, a
// user's session that is over, if any.
func (a *Auth) keepFederation(ctx context.Context, s *session, f *federation, c *identityCredentials) error {
	c.Holder = holderName(f)
	changes, err := a.records().CredentialChanges(c)
	if err != nil {
		return err
	}
	session, err := a.records().FederationChange(f)
	if err != nil {
		return err
	}
	// Pages that read between two writes must not take the user for a guest.
	changes = append([]Change{session}, changes...)
	if s == nil {
		return a.Storage.Apply(ctx, changes)
	}
	// What is removed comes first: some of it is set again.
	return a.Storage.Apply(ctx, append(a.records().SessionRemovals(s.Username), changes...))
}

// federatedCredentials gets credentials by a federated token, or by the next one
// that the page's tokenSource gives when it has expired.
func (a *Auth) federatedCredentials(ctx context.Context, h *holder) (*identityCredentials, error) {
	f := h.federation
	source := a.sourceOf(f)
	expired := tokenExpired(f, a.clock.server())
	if expired && !a.Network.Online() {
		return nil, a.offlineFederation(f)
	}
	var next *federation
	var cause error
	reason := "federatedTokenExpired"
	if expired {
		next, cause = a.askTokenSource(ctx, source, f)
	}
	if next == nil { // the clocks may differ: the service has the last word
		c, err := a.obtain(ctx, h.startIdentity(), map[string]string{f.Provider: f.Token}, f.CustomRoleARN)
		if err == nil {
			return c, a.settleFederation(ctx, h, f, c)
		}
		if reason = AsError(err).Code; !tokenRefused(err) && reason != "notAuthorized" {
			if expired && a.waitsForNetwork(err) {
				err = a.offlineFederation(f)
			}
			return nil, err
		}
		if cause == nil {
			cause = err
		}
		if !expired {
			var sourceErr error
			if next, sourceErr = a.askTokenSource(ctx, source, f); sourceErr != nil {
				cause = sourceErr
			}
		}
	}
	if next != nil {
		c, err := a.obtain(ctx, h.startIdentity(), map[string]string{next.Provider: next.Token}, next.CustomRoleARN)
		if err == nil {
			return c, a.settleFederation(ctx, h, next, c)
		}
		if !hasName(err, "NotAuthorizedException") {
			return nil, err // the next call asks the source again
		}
		cause = err
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !a.Network.Online():
		return nil, a.offlineFederation(f)
	}
	return nil, a.expireFederation(ctx, h, reason, cause)
}

// offlineFederation tells of a session that cannot go on before the network is back.
func (a *Auth) offlineFederation(f *federation) error {
	a.state.to(invalidFederation(f, contract.Offline), false)
	return NetworkError("The browser is offline and the token of the identity provider has expired.", ErrOffline)
}

// expireFederation marks the session as dead for every page and for the next load.
func (a *Auth) expireFederation(ctx context.Context, h *holder, reason string, cause error) error {
	f := h.federation
	return a.store(ctx, func(ctx context.Context) error {
		now, err := a.records().Federation(ctx)
		if err != nil {
			return err
		}
		if now == nil || now.Token != f.Token || a.overtaken(ctx, h.news) {
			return errHolderChanged
		}
		change, err := a.records().FederationChange(&federation{Provider: f.Provider})
		if err != nil {
			return err
		}
		if err := a.Storage.Apply(ctx, []Change{change, {Key: a.layout.CredentialsKey()}}); err != nil {
			return err
		}
		a.state.to(invalidFederation(f, reason), false)
		return errFederatedExpired.Because(cause)
	})
}

func invalidFederation(f *federation, reason string) State {
	return State{SignedOutFederatedTokensInvalid, map[string]string{"provider": f.Provider, "reason": reason}}
}

// settleFederation stores credentials, and the token that got them if it is another
// one than h had, and tells what is news.
func (a *Auth) settleFederation(ctx context.Context, h *holder, f *federation, c *identityCredentials) error {
	renewed := f != h.federation
	var more []Change
	if renewed {
		change, err := a.records().FederationChange(f)
		if err != nil {
			return err
		}
		more = append(more, change)
	}
	if err := a.keepCredentials(ctx, h, c, more...); err != nil {
		return err
	}
	a.state.to(federationState(f), renewed)
	return nil
}

// tokenSourceTimeout bounds a token source: it may have to ask the user.
const tokenSourceTimeout = time.Minute

// sourceOf is the name under which the page has tokens of a session's provider;
// empty where it has none.
func (a *Auth) sourceOf(f *federation) string {
	for _, name := range a.opts.TokenSources {
		if a.TokenSource != nil && sameProvider(name, f.Provider) {
			return name
		}
	}
	return ""
}

// askTokenSource returns the session with a new token; nil where there is no source
// or no token.
func (a *Auth) askTokenSource(ctx context.Context, source string, f *federation) (*federation, error) {
	if source == "" {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, tokenSourceTimeout)
	defer cancel()
	t, err := a.TokenSource(ctx, source)
	if err != nil || t == nil {
		return nil, err
	}
	if t.CustomRoleARN == "" {
		t.CustomRoleARN = f.CustomRoleARN
	}
	next, err := newFederation("tokenSource", source, *t)
	if err != nil {
		return nil, err
	}
	return next, nil
}

// providerName is a provider's name in Logins.
func providerName(name string) string {
	if p, ok := contract.ProviderNamed(name); ok {
		return p.LoginKey
	}
	if _, issuer, ok := strings.Cut(name, ":oidc-provider/"); ok { // an ARN of IAM
		return issuer
	}
	name = strings.TrimPrefix(name, "https://")
	return strings.TrimSuffix(name, "/")
}

// sameProvider reports whether a name that people use is that of a provider.
func sameProvider(name, provider string) bool {
	return providerName(name) == provider || strings.HasSuffix(provider, samlProviderARN+name)
}

// newFederation checks what can be checked before any request.
func newFederation(call, name string, t FederatedToken) (*federation, error) {
	name, t.Token = strings.TrimSpace(name), strings.TrimSpace(t.Token)
	switch {
	case name == "":
		return nil, invalid(call + ": providerName is empty.")
	case t.Token == "":
		return nil, invalid(call + ": token is empty.")
	case len(t.Token) > 50000:
		return nil, invalid(call + ": token is longer than the identity pool takes (50000 characters).")
	case t.CustomRoleARN != "" && !strings.Contains(t.CustomRoleARN, ":role/"):
		return nil, invalid(call + ": customRoleARN must be the ARN of an IAM role.")
	case t.CognitoIdentityID != "" && (!strings.Contains(t.CognitoIdentityID, ":") || len(t.CognitoIdentityID) > 55):
		return nil, invalid(call + ": cognitoIdentityId must look like us-east-1:00000000-0000-4000-8000-000000000000.")
	}
	f := &federation{Provider: providerName(name), FederatedToken: t}
	roles, ok := samlRoles(t.Token)
	if ok || strings.Contains(name, samlProviderARN) {
		return f, checkSAML(f, call, name, roles, ok)
	}
	switch f.Provider {
	case "graph.facebook.com", "www.amazon.com":
		return f, nil
	case "api.twitter.com":
		if !strings.Contains(t.Token, ";") {
			return nil, invalid(call + ": Twitter's token is the access token and its secret, joined by a semicolon.")
		}
		return f, nil
	}
	if _, err := oidc.ParseToken(t.Token); err != nil {
		return nil, invalid(call + ": token is neither an ID token (JWT) nor a SAML response. Pass the provider's ID token, not its access token.")
	}
	return f, nil
}
