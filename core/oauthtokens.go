package core

import (
	"context"
	"net/url"
	"slices"
	"time"
)

// oauthSession is what a session of the hosted UI is told when it begins.
type oauthSession struct {
	// FederationProvider is the provider's name in the identity pool. A user pool's
	// session has the user pool's.
	FederationProvider string `json:"federationProviderName,omitempty"`
	// DisableFederation keeps the session from the identity pool.
	DisableFederation bool   `json:"disableFederation,omitempty"`
	IdentityProvider  string `json:"identityProvider,omitempty"`
	IDPIdentifier     string `json:"idpIdentifier,omitempty"`
}

// oauthTokens makes a session of a token endpoint's answer, once it is verified.
func (a *Auth) oauthTokens(ctx context.Context, p *provider, answer *tokenAnswer, asked asked) (*session, error) {
	var id *Token
	if answer.IDToken != "" {
		if !canVerify(p) {
			return nil, errNoIssuer
		}
		var err error
		if id, err = a.verifyIDToken(ctx, p, answer.IDToken, asked, answer.AccessToken); err != nil {
			return nil, err
		}
	}
	if p.pool {
		access, err := a.verifyAccessToken(ctx, p, answer.AccessToken)
		if err != nil {
			return nil, err
		}
		if id != nil && id.text("sub") != access.text("sub") {
			return nil, refused("id token", fault("it is of another user than the access token"))
		}
		s, err := a.newSession(Tokens{Access: answer.AccessToken, ID: answer.IDToken, Refresh: answer.RefreshToken})
		if s != nil {
			s.OAuth = true
		}
		return s, err
	}
	s := &session{OAuth: true, External: true, ID: id, Refresh: answer.RefreshToken}
	if id != nil {
		s.Username = id.text("sub")
		a.tellsTime(s, id)
	}
	life := answer.lifetime()
	if life == 0 {
		life = time.Hour // RFC 6749 leaves it to documentation; a refresh too many does no harm
	}
	s.Access = opaqueToken(answer.AccessToken, a.Now().Add(s.Drift).Add(life))
	if s.Username == "" {
		s.Username = s.Access.text("sub")
	}
	return s, nil
}

// opaqueToken is an access token that is for others to read. It may be a JSON Web
// Token all the same, and is shown as one then.
func opaqueToken(raw string, expires time.Time) *Token {
	t, err := parseToken(raw)
	if err != nil {
		t = &Token{Raw: raw}
	}
	t.expires = expires
	return t
}

// loadKeys fetches the keys of the issuer of s, else of p's only one. Which of its issuers a user pool uses, only its tokens
// tell, and the host of the other may refuse: its keys come with the first token.
func (a *Auth) loadKeys(ctx context.Context, p *provider, s *session) error {
	issuer := p.issuers[len(p.issuers)-1]
	if s != nil && s.ID != nil && slices.Contains(p.issuers, s.ID.text("iss")) {
		issuer = s.ID.text("iss")
	} else if p.pool {
		return nil
	}
	_, err := a.keySet.load(ctx, a, p.keysOf(issuer))
	return err
}

// unverified is what an answer says of itself, for keepRefreshToken alone.
func (t *tokenAnswer) unverified() *session {
	s := &session{Refresh: t.RefreshToken}
	s.ID, _ = parseToken(t.IDToken)
	s.Access, _ = parseToken(t.AccessToken)
	return s
}

// refreshAtProvider asks the token endpoint for new tokens.
func (a *Auth) refreshAtProvider(ctx context.Context, s *session) (*session, error) {
	p, err := a.provider(ctx, canExchange)
	if err != nil {
		return nil, err
	}
	// A refresh token may serve once: what verifying the answer takes is there before.
	if p.pool || s.ID != nil {
		if p, err = a.provider(ctx, canVerify); err != nil {
			return nil, err
		}
		if err := a.loadKeys(ctx, p, s); err != nil {
			return nil, err
		}
	}
	answer, err := a.askToken(ctx, p, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.Refresh}})
	if err != nil {
		return nil, err
	}
	if answer.IDToken != "" && !canVerify(p) {
		if p, err = a.provider(ctx, canVerify); err != nil {
			return answer.unverified(), err
		}
	}
	next, err := a.oauthTokens(ctx, p, answer, asked{})
	if err != nil {
		return answer.unverified(), err
	}
	// OpenID Connect Core 1.0 section 12.2. A pool's issuer may have got its other name.
	if s.ID != nil && next.ID != nil && (s.ID.text("sub") != next.ID.text("sub") || !p.pool && s.ID.text("iss") != next.ID.text("iss")) {
		return nil, refused("id token", fault("it is of another user than before"))
	}
	if s.External && next.ID == nil && s.ID != nil && a.Now().Add(next.Drift).Before(s.ID.expiration()) {
		next.ID = s.ID // a refresh need not bring one
	}
	return next, nil
}
