package core

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// SignOutInput are the arguments of signOut.
type SignOutInput struct {
	// SignOutGlobally ends all sessions of the user at the service.
	SignOutGlobally bool `json:"signOutGlobally"`
	// InvalidateTokens revokes this session's refresh token; true by default.
	InvalidateTokens *bool `json:"invalidateTokens"`
	// Redirect leaves the page for the hosted UI's sign-out, which comes back to
	// SignOutRedirectURI; true by default after a sign-in by the hosted UI. false
	// stays in the page: the hosted UI may then sign the same user in unasked. A URL is
	// true, and names one of several SignOutRedirectURI.
	Redirect SignOutRedirect `json:"redirect"`
}

// SignOutRedirect is a bool or a URL of JSON.
type SignOutRedirect struct {
	Leave *bool // nil where nothing was said
	URI   string
}

func (r *SignOutRedirect) UnmarshalJSON(data []byte) error {
	yes := true
	if json.Unmarshal(data, &r.URI) == nil {
		if r.URI != "" {
			r.Leave = &yes
		}
		return nil
	}
	return json.Unmarshal(data, &r.Leave)
}

// SignOutResult tells what happened. The user is signed out here in any case; an
// error of the service is in RemoteError.
type SignOutResult struct {
	UserState   UserState    `json:"userState"`
	RemoteError *ErrorObject `json:"remoteError,omitempty"`
}

// signOutTimeout bounds what is done at the service: a slow service must not keep
// a user signed in.
const signOutTimeout = 5 * time.Second

// SignOut ends the session: at the service first, then in any case here.
func (a *Auth) SignOut(ctx context.Context, in SignOutInput) (*SignOutResult, error) {
	if err := a.checkSignOutURI(in.Redirect.URI); err != nil {
		return nil, err
	}
	s, err := a.loadSession(ctx)
	if err != nil {
		return nil, err
	}
	out := &SignOutResult{UserState: SignedOut}
	remote, cancel := context.WithTimeout(ctx, signOutTimeout)
	defer cancel()
	failed := func(err error) {
		if err != nil && out.RemoteError == nil {
			out.RemoteError = AsError(err).Object()
		}
	}
	leaveTo := ""
	if s != nil {
		failed(a.endRemotely(remote, s, in))
	}
	if leave := in.Redirect.Leave; leave == nil && s != nil && s.OAuth || leave != nil && *leave {
		leaveTo, err = a.signOutURL(remote, in.Redirect.URI)
		failed(err)
	}
	if err := a.signOutLocally(context.WithoutCancel(ctx), s, contract.UserSignedOut); err != nil || leaveTo == "" {
		return out, err
	}
	return out, a.Navigation.Leave(ctx, leaveTo)
}

// endRemotely is GlobalSignOut or RevokeToken. Other providers know the latter only.
// Other pages know of the sign-out before the service refuses them for it: they must not
// take the session for one that has expired.
func (a *Auth) endRemotely(ctx context.Context, s *session, in SignOutInput) error {
	if in.SignOutGlobally && !s.External {
		fresh, err := a.freshSession(ctx, GetTokensInput{})
		if err != nil {
			return err
		}
		a.publishChange(ctx, ended, fresh.SignIn())
		return a.UserPool.GlobalSignOut(ctx, fresh.Access.Raw)
	}
	if in.InvalidateTokens != nil && !*in.InvalidateTokens || s.Refresh == "" {
		return nil
	}
	if s.External {
		a.publishChange(ctx, ended, s.SignIn())
		return a.revokeAtProvider(ctx, s.Refresh)
	}
	// Without origin_jti the pool issued tokens that cannot be revoked.
	if s.Access != nil && s.Access.Text("origin_jti") == "" {
		return nil
	}
	a.publishChange(ctx, ended, s.SignIn())
	return a.UserPool.RevokeToken(ctx, s.Refresh)
}

// signOutLocally forgets the session in one write and tells everybody, with the reason.
func (a *Auth) signOutLocally(ctx context.Context, s *session, reason string) error {
	username := ""
	if s != nil {
		username = s.Username
	}
	return a.store(ctx, func(ctx context.Context) error {
		defer a.state.ends(reason)()
		id := ""
		if s != nil {
			id = s.SignIn()
		}
		a.publishChange(ctx, ended, id)
		if err := a.records().RemoveSession(ctx, username, a.records().IdentityRemovals()...); err != nil {
			return err
		}
		if err := a.CancelSignIn(ctx); err != nil {
			return err
		}
		a.refresh.unschedule()
		a.refresh.interrupt(errNotSignedIn)
		a.fetching.interrupt(errHolderChanged)
		a.state.to(State{UserState: SignedOut}, false)
		a.ReleaseSignInWait()
		a.ready.prepare(a)
		return nil
	})
}

// checkSignOutURI refuses an address that is none of the configured ones, before
// anything was ended.
func (a *Auth) checkSignOutURI(uri string) error {
	if uri == "" {
		return nil
	}
	p, err := a.configured()
	if err != nil {
		return err
	}
	if !slices.Contains(p.SignOutRedirectURIs, uri) || oidc.Origin(uri) == "" {
		return invalid("signOut: redirect must be true, false or one of the configured SignOutRedirectURI: " + strings.Join(p.SignOutRedirectURIs, ", ") + ".")
	}
	return nil
}

// signOutURL is where the hosted UI forgets the user and goes on to a URI, by default
// that of this page; empty where the provider has no such address.
func (a *Auth) signOutURL(ctx context.Context, uri string) (string, error) {
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
	if p.pool || uri != "" || len(q) == 0 && len(p.SignOutRedirectURIs) > 0 {
		if uri == "" {
			if uri, err = oidc.ChooseRedirectURI("SignOutRedirectURI", p.SignOutRedirectURIs, "", page); err != nil {
				return "", err
			}
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
	return oidc.WithQuery(p.signOutURI, q)
}
