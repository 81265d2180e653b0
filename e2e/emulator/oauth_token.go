package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// oauthClient authenticates the client of a form request: by its secret in the body or by Basic, if it has one.
func (c *call) oauthClient(w http.ResponseWriter) (*poolClient, error) {
	c.http.Body = http.MaxBytesReader(w, c.http.Body, maxBody)
	if err := c.http.ParseForm(); err != nil || !strings.HasPrefix(c.http.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil, &oauthError{"invalid_request", ""}
	}
	id, secret := c.http.PostForm.Get("client_id"), c.http.PostForm.Get("client_secret")
	if name, password, ok := c.http.BasicAuth(); ok {
		// RFC 6749 2.3.1: both are form-encoded.
		user, err1 := url.QueryUnescape(name)
		pass, err2 := url.QueryUnescape(password)
		if err1 != nil || err2 != nil || id != "" && id != user || secret != "" {
			return nil, &oauthError{"invalid_request", ""}
		}
		id, secret = user, pass
	}
	client := c.findClient(id)
	if id == "" {
		return nil, &oauthError{"invalid_request", ""}
	}
	if client == nil || client.checkSecret(secret) != nil {
		return nil, &oauthError{"invalid_client", ""}
	}
	return client, nil
}

func writeOAuthError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": code})
}

type tokenGrant struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

func serveToken(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.token(w)
	if err != nil {
		code := "invalid_grant" // of a user who is gone, of a trigger that refused
		if e, ok := err.(*oauthError); ok {
			code = e.code
		}
		writeOAuthError(w, http.StatusBadRequest, code)
		return
	}
	writePlain(w, tokenGrant{out.IdToken, out.AccessToken, out.RefreshToken, out.ExpiresIn, out.TokenType})
}

func (c *call) token(w http.ResponseWriter) (*authenticationResult, error) {
	client, err := c.oauthClient(w)
	if err != nil {
		return nil, err
	}
	form := c.http.PostForm
	grantType := form.Get("grant_type")
	flow := map[string]string{"authorization_code": "code", "client_credentials": "client_credentials"}[grantType]
	switch {
	case !client.AllowedOAuthFlowsUserPoolClient, flow != "" && !slices.Contains(client.AllowedOAuthFlows, flow):
		return nil, &oauthError{"unauthorized_client", ""}
	case grantType == "authorization_code":
		return c.exchangeCode(client, form)
	case grantType == "refresh_token":
		token := form.Get("refresh_token")
		if token == "" {
			return nil, &oauthError{"invalid_request", ""}
		}
		g, err := c.useRefreshToken(client, token, "")
		if err != nil {
			return nil, &oauthError{"invalid_grant", ""}
		}
		result, err := c.mint(g, "TokenGeneration_RefreshTokens", nil)
		if err != nil {
			return nil, err
		}
		result.RefreshToken = c.rotate(client, token)
		return result, nil
	case grantType == "client_credentials":
		return c.clientCredentials(client, strings.Fields(form.Get("scope")))
	case grantType == "":
		return nil, &oauthError{"invalid_request", ""}
	}
	return nil, &oauthError{"unsupported_grant_type", ""}
}

// exchangeCode takes an authorization code, once, whether it is any good or not.
func (c *call) exchangeCode(client *poolClient, form url.Values) (*authenticationResult, error) {
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return nil, &oauthError{"invalid_request", ""}
	}
	code := c.state.oauth.codes.get(form.Get("code"))
	invalid := &oauthError{"invalid_grant", ""}
	if code == nil {
		return nil, invalid
	}
	c.state.oauth.codes.remove(form.Get("code"))
	verifier := form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case code.client != client, code.RedirectURI != form.Get("redirect_uri"), !c.now.Before(code.Expires),
		(code.Challenge == "") != (verifier == ""), // RFC 9700 4.8.2: no verifier where there was no challenge
		code.Challenge != "" && !equal(code.Challenge, base64.RawURLEncoding.EncodeToString(sum[:])),
		code.web.user.pool.bySub(code.web.user.Sub) != code.web.user, !code.web.user.Enabled:
		return nil, invalid
	}
	return c.oauthTokens(code.authRequest, code.web)
}

// clientCredentials issues an access token to the client itself.
func (c *call) clientCredentials(client *poolClient, scopes []string) (*authenticationResult, error) {
	if len(scopes) == 0 {
		scopes = client.AllowedOAuthScopes
	}
	for _, s := range scopes {
		if !slices.Contains(client.AllowedOAuthScopes, s) {
			return nil, &oauthError{"invalid_scope", ""}
		}
	}
	life := client.accessValidity()
	return &authenticationResult{
		AccessToken: client.pool.Keys.Access.sign(jwt.MapClaims{
			"sub": client.ID, "client_id": client.ID, "token_use": "access", "scope": strings.Join(scopes, " "), "iss": c.issuer(client.pool),
			"auth_time": c.now.Unix(), "iat": c.now.Unix(), "exp": c.now.Add(life).Unix(), "version": 2, "jti": uuid(),
		}),
		ExpiresIn: int(life.Seconds()), TokenType: "Bearer",
	}, nil
}
