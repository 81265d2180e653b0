package emulator

import (
	"crypto/rsa"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Stand-ins for the identity providers outside of Cognito: Google, Apple and OpenID providers sign ID tokens, SAML
// providers sign assertions, Facebook, Amazon and Twitter give opaque tokens. Tests ask for tokens at
// POST /_emulator/tokens; the identity pool then verifies them for real.

// localIssuer is one provider.
type localIssuer struct {
	Name      string // as a login: accounts.google.com, an OpenID issuer without https://, the ARN of a SAML provider
	Key       signingKey
	Audiences []string // client ids that IAM's entry of an OpenID provider lists; nil: any
}

func (f *federation) issuer(name string) *localIssuer {
	i := f.issuers.get(name)
	if i == nil {
		i = &localIssuer{Name: name, Key: newSigningKey()}
		f.issuers.put(name, i)
	}
	return i
}

func (i *localIssuer) publicKey(kid string) *rsa.PublicKey { return i.Key.publicKey(kid) }

func (k signingKey) publicKey(kid string) *rsa.PublicKey {
	if k.Kid != kid {
		return nil
	}
	return &k.Private.PublicKey
}

// opaqueLogin is what a token of Facebook, Amazon or Twitter stands for.
type opaqueLogin struct {
	Provider, Subject, Audience string
	Expires                     time.Time
}

// TokenRequest describes a token of a provider.
type TokenRequest struct {
	Provider  string         `json:"provider"`  // as in Logins
	Subject   string         `json:"subject"`   // the provider's id of the user
	Audience  string         `json:"audience"`  // client or app id; the one that the seeded identity pool expects if empty
	ExpiresIn int            `json:"expiresIn"` // seconds; an hour if 0, an expired token if negative
	Roles     []string       `json:"roles"`     // of a SAML assertion
	Issuer    string         `json:"issuer"`    // another iss than the provider's own
	Claims    map[string]any `json:"claims"`    // further claims of a JWT; null removes one
	Forged    bool           `json:"forged"`    // signed by a key that is not the provider's
}

// opaque providers, with the audience that the seeded identity pool expects.
var seededAudiences = map[string]string{
	"graph.facebook.com":  "local-facebook-app",
	"accounts.google.com": "local-google-client",
	"www.amazon.com":      "local-amazon-client",
	"appleid.apple.com":   "local.apple.services",
	"api.twitter.com":     "local-twitter-key",
	SeedOIDCProvider:      "local-oidc-client",
}

// MintToken makes a token as a provider would, for Logins and federatedSignIn.
func (s *Server) MintToken(in TokenRequest) (string, error) {
	if in.Provider == "" || in.Subject == "" {
		return "", fmt.Errorf("a token needs a provider and a subject")
	}
	if in.Audience == "" {
		in.Audience = seededAudiences[in.Provider]
	}
	if in.ExpiresIn == 0 {
		in.ExpiresIn = 3600
	}
	defer s.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	expires := now.Add(time.Duration(in.ExpiresIn) * time.Second)
	issuer := s.state.federation.issuer(in.Provider)
	key := issuer.Key
	if in.Forged {
		key = newSigningKey()
		key.Kid = issuer.Key.Kid
	}
	switch {
	case slices.Contains([]string{"graph.facebook.com", "www.amazon.com", "api.twitter.com"}, in.Provider):
		token := map[string]string{"graph.facebook.com": "EAA", "www.amazon.com": "Atza|", "api.twitter.com": "14-"}[in.Provider] + opaque(60)
		if in.Provider == "api.twitter.com" {
			token += ";" + opaque(32)
		}
		if !in.Forged {
			s.state.federation.grants.put(token, &opaqueLogin{in.Provider, in.Subject, in.Audience, expires})
		}
		return token, nil
	case strings.Contains(in.Provider, ":saml-provider/"):
		if in.Audience == "" {
			in.Audience = samlAudience
		}
		return signAssertion(key.Private, assertion{
			Issuer: "https://idp.example/" + in.Provider[strings.LastIndexByte(in.Provider, '/')+1:], Subject: in.Subject, Audience: in.Audience,
			issued: now, expires: expires,
			Attributes: []samlAttribute{
				{samlRole, rolePairs(in.Roles, in.Provider)},
				{"https://aws.amazon.com/SAML/Attributes/RoleSessionName", []string{in.Subject}},
			},
		})
	}
	claims := jwt.MapClaims{
		"iss": "https://" + in.Provider, "aud": in.Audience, "sub": in.Subject, "iat": now.Unix(), "exp": expires.Unix(),
	}
	if in.Issuer != "" {
		claims["iss"] = in.Issuer
	}
	maps.Copy(claims, in.Claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return key.sign(claims), nil
}

// rolePairs writes roles the way AWS wants them in an assertion.
func rolePairs(roles []string, provider string) (pairs []string) {
	for _, r := range roles {
		pairs = append(pairs, r+","+provider)
	}
	return pairs
}

// SetAudiences lists the client ids of an OpenID provider, as its entry in IAM does; tokens for others are refused.
func (s *Server) SetAudiences(provider string, clientIDs ...string) {
	defer s.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.federation.issuer(provider).Audiences = append([]string{}, clientIDs...)
}

// issuerRoutes let tests in other processes make tokens.
func (s *Server) issuerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /_emulator/tokens", func(w http.ResponseWriter, r *http.Request) {
		var in TokenRequest
		if !readPlain(w, r, &in) {
			return
		}
		token, err := s.MintToken(in)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		writePlain(w, map[string]string{"token": token})
	})
}
