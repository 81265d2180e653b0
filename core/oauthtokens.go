package core

import (
	"context"
	"net/url"
	"slices"
	"time"

	"amplify-auth/core/oidc"
)

// oauthTokens makes a session of a token endpoint's answer, once it is verified.
func (a *Auth) oauthTokens(ctx context.Context, p *provider, answer *oidc.TokenAnswer, asked oidc.Asked) (*session, error) {
	var id *Token
	if answer.IDToken != "" {
		if !canVerify(p) {
			return nil, errNoIssuer
		}
		var err error
		if id, err = a.verifier(p).IDToken(ctx, answer.IDToken, asked, answer.AccessToken); err != nil {
			return nil, err
		}
	}
	if p.pool {
		access, err := a.verifyAccessToken(ctx, p, answer.AccessToken)
		if err != nil {
			return nil, err
		}
		if id != nil && id.Text("sub") != access.Text("sub") {
			return nil, oidc.RefuseIDToken("it is of another user than the access token")
		}
		s, err := a.newSession(Tokens{Access: answer.AccessToken, ID: answer.IDToken, Refresh: answer.RefreshToken})
		if s != nil {
			s.OAuth = true
		}
		return s, err
	}
	s := &session{OAuth: true, External: true, ID: id, Refresh: answer.RefreshToken}
	if id != nil {
		s.Username = id.Text("sub")
		a.tellsTime(s, id)
	}
	life := answer.Lifetime()
	if life == 0 {
		life = time.Hour // RFC 6749 leaves it to documentation; a refresh too many does no harm
	}
	s.Access = oidc.Opaque(answer.AccessToken, a.Now().Add(s.Drift).Add(life))
	if s.Username == "" {
		s.Username = s.Access.Text("sub")
	}
	return s, nil
}

// loadKeys fetches the keys of the issuer of s, else of p's only one. Which of its issuers a user pool uses, only its tokens
// tell, and the host of the other may refuse: its keys come with the first token.
func (a *Auth) loadKeys(ctx context.Context, p *provider, s *session) error {
	issuer := p.issuers[len(p.issuers)-1]
	if s != nil && s.ID != nil && slices.Contains(p.issuers, s.ID.Text("iss")) {
		issuer = s.ID.Text("iss")
	} else if p.pool {
		return nil
	}
	return a.keySet.Load(ctx, p.keysOf(issuer))
}

// unverified is what an answer says of itself, for keepRefreshToken alone.
func unverified(t *oidc.TokenAnswer) *session {
	s := &session{Refresh: t.RefreshToken}
	s.ID, _ = oidc.ParseToken(t.IDToken)
	s.Access, _ = oidc.ParseToken(t.AccessToken)
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
			return unverified(answer), err
		}
	}
	next, err := a.oauthTokens(ctx, p, answer, oidc.Asked{})
	if err != nil {
		return unverified(answer), err
	}
	// OpenID Connect Core 1.0 section 12.2. A pool's issuer may have got its other name.
	if s.ID != nil && next.ID != nil && (s.ID.Text("sub") != next.ID.Text("sub") || !p.pool && s.ID.Text("iss") != next.ID.Text("iss")) {
		return nil, oidc.RefuseIDToken("it is of another user than before")
	}
	if s.External && next.ID == nil && s.ID != nil && a.Now().Add(next.Drift).Before(s.ID.Expiration()) {
		next.ID = s.ID // a refresh need not bring one
	}
	return next, nil
}
