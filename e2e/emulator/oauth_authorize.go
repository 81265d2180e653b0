package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The user pool domain: the OAuth 2.0 and OpenID Connect endpoints and the pages of managed login. One origin serves
// the domains of all pools; the client id tells them apart.

var oauthRoutes = []route{
	{"GET /oauth2/authorize", "oauth2/authorize", serveAuthorize},
	{"POST /oauth2/token", "oauth2/token", serveToken},
	{"GET /oauth2/userInfo", "oauth2/userInfo", serveUserInfo},
	{"POST /oauth2/userInfo", "oauth2/userInfo", serveUserInfo},
	{"POST /oauth2/revoke", "oauth2/revoke", serveRevoke},
	{"GET /logout", "logout", serveLogout},
	{"GET /login", "login", serveLogin},
	{"POST /login", "login", serveLogin},
	{"POST /mfa", "mfa", serveChallenge},
	{"GET /signup", "signup", serveSignUp},
	{"POST /signup", "signup", serveSignUp},
	{"POST /confirmUser", "confirmUser", serveConfirmUser},
	{"GET /forgotPassword", "forgotPassword", serveForgotPassword},
	{"POST /forgotPassword", "forgotPassword", serveForgotPassword},
	{"POST /confirmForgotPassword", "confirmForgotPassword", serveConfirmForgotPassword},
	{"GET /oauth2/idpresponse", "oauth2/idpresponse", serveIdPResponse},
	{"GET /_emulator/idp/{provider}", "idp", serveIdP},
	{"POST /_emulator/idp/{provider}", "idp", serveIdP},
}

// oauthState is what the domain remembers.
type oauthState struct {
	codes    *table[*authCode]
	sessions *table[*webSession]  // by their cookie
	idp      *table[*authRequest] // requests that went on to an identity provider, by state
	headers  map[string]string    // of every page, set by tests
}

func newOAuthState(j *journal) oauthState {
	return oauthState{
		codes: newTable[*authCode](j, "codes", ""), sessions: newTable[*webSession](j, "web sessions", ""),
		idp: newTable[*authRequest](j, "provider requests", ""), headers: map[string]string{},
	}
}

// authRequest is an authorization request that may be answered.
type authRequest struct {
	client       *poolClient
	RedirectURI  string
	ResponseType string
	State        string
	Scopes       []string
	Nonce        string
	Challenge    string // code_challenge, by S256
	Resource     string
	Query        url.Values // as it came: the pages carry it along
}

// codeLife is how long an authorization code waits to be exchanged, once.
const codeLife = 5 * time.Minute

// authCode is an authorization code.
type authCode struct {
	*authRequest
	web     *webSession
	Expires time.Time
}

// oauthError is an error that the client is told by a redirect.
type oauthError struct{ code, description string }

func (e *oauthError) Error() string { return e.code + ": " + e.description }

// parseAuthRequest checks an authorization request. Without a client and a redirect URI of its own there is nowhere to
// redirect to: the request is nil then and the error is for a page. Any other error is an *oauthError.
func (c *call) parseAuthRequest(q url.Values) (*authRequest, error) {
	client := c.findClient(q.Get("client_id"))
	switch {
	case client == nil:
		return nil, fail(invalidParameter, "Client does not exist")
	case !client.AllowedOAuthFlowsUserPoolClient:
		return nil, fail(invalidParameter, "Client is not enabled for OAuth2.0 flows.")
	case !slices.Contains(client.CallbackURLs, q.Get("redirect_uri")):
		return nil, fail(invalidParameter, "redirect_mismatch: %s is not a callback URL of the app client.", q.Get("redirect_uri"))
	}
	r := &authRequest{
		client: client, RedirectURI: q.Get("redirect_uri"), ResponseType: q.Get("response_type"), State: q.Get("state"),
		Nonce: q.Get("nonce"), Challenge: q.Get("code_challenge"), Resource: q.Get("resource"), Query: q,
	}
	flow := map[string]string{"code": "code", "token": "implicit"}[r.ResponseType]
	method := q.Get("code_challenge_method")
	switch {
	case r.ResponseType == "":
		return r, &oauthError{"invalid_request", "response_type is missing"}
	case flow == "" || !slices.Contains(client.AllowedOAuthFlows, flow):
		return r, &oauthError{"unauthorized_client", ""}
	case method != "" && method != "S256" || r.Challenge != "" && method == "":
		return r, &oauthError{"invalid_request", "code_challenge_method must be S256"}
	case method != "" && r.Challenge == "":
		return r, &oauthError{"invalid_request", "code_challenge is missing"}
	case r.Challenge != "" && len(r.Challenge) != 43:
		return r, &oauthError{"invalid_request", "code_challenge is not a SHA-256 hash in base64url"}
	case r.Resource != "" && !redirectable(r.Resource):
		return r, &oauthError{"invalid_request", "resource is not a URL"}
	}
	r.Scopes = strings.Fields(q.Get("scope"))
	if len(r.Scopes) == 0 {
		r.Scopes = client.AllowedOAuthScopes
	}
	for _, s := range r.Scopes {
		if !slices.Contains(client.AllowedOAuthScopes, s) {
			return r, &oauthError{"invalid_scope", ""}
		}
		if slices.Contains([]string{"email", "phone", "profile"}, s) && !slices.Contains(r.Scopes, "openid") {
			return r, &oauthError{"invalid_scope", s + " needs openid"}
		}
	}
	if age, err := strconv.Atoi(q.Get("max_age")); q.Has("max_age") && (err != nil || age < 0) {
		return r, &oauthError{"invalid_request", "max_age is not a number of seconds"}
	}
	for _, p := range strings.Fields(q.Get("prompt")) {
		if !slices.Contains([]string{"none", "login", "select_account", "consent"}, p) {
			return r, &oauthError{"invalid_request", "prompt is not supported"}
		}
	}
	return r, nil
}

// refuse tells an error: by a redirect where there is one, else on a page.
func (c *call) refuse(w http.ResponseWriter, r *authRequest, err error) {
	if r == nil {
		c.errorPage(w, asException(err).message)
		return
	}
	e, ok := err.(*oauthError)
	if !ok {
		e = &oauthError{"invalid_request", asException(err).message}
	}
	v := url.Values{"error": {e.code}}
	if e.description != "" {
		v.Set("error_description", e.description)
	}
	r.redirect(w, v)
}

// redirect answers the client: in the query of its redirect URI or, for an implicit grant, in the fragment.
func (r *authRequest) redirect(w http.ResponseWriter, v url.Values) {
	if r.State != "" {
		v.Set("state", r.State)
	}
	to := r.RedirectURI
	switch {
	case r.ResponseType == "token" && slices.Contains(r.client.AllowedOAuthFlows, "implicit"):
		to += "#" + v.Encode()
	case strings.Contains(to, "?"):
		to += "&" + v.Encode()
	default:
		to += "?" + v.Encode()
	}
	seeOther(w, to)
}

// seeOther redirects a GET or a POST to a page.
func seeOther(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusFound)
}

func serveAuthorize(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.http.URL.Query()
	r, err := c.parseAuthRequest(q)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	idp, err := r.identityProvider()
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	prompt := strings.Fields(q.Get("prompt"))
	web := c.webSession(r.client)
	if web != nil && !r.accepts(web, c.now) {
		web = nil
	}
	if web != nil && !slices.Contains(prompt, "login") && !slices.Contains(prompt, "select_account") && (idp == nil || web.IdP == idp.ProviderName) {
		c.grant(w, r, web)
		return
	}
	switch {
	case slices.Contains(prompt, "none"):
		r.redirect(w, url.Values{"error": {"login_required"}})
	case idp != nil:
		c.askIdP(w, r, idp)
	default:
		seeOther(w, "/login?"+q.Encode())
	}
}

// identityProvider is the one that the request names; nil for the pool's own users or a choice.
func (r *authRequest) identityProvider() (*identityProvider, error) {
	p := r.client.pool
	name := r.Query.Get("identity_provider")
	if id := r.Query.Get("idp_identifier"); id != "" {
		idp := p.identified(id)
		if idp == nil {
			return nil, &oauthError{"invalid_request", "no identity provider has this idp_identifier"}
		}
		name = idp.ProviderName
	}
	if name == "" || name == "COGNITO" {
		return nil, nil
	}
	if p.Providers[name] == nil || !slices.Contains(r.client.SupportedIdentityProviders, name) {
		return nil, &oauthError{"invalid_request", "identity_provider is not one of the client's"}
	}
	return p.Providers[name], nil
}

// grant answers a request for a user who has signed in.
func (c *call) grant(w http.ResponseWriter, r *authRequest, web *webSession) {
	if r.ResponseType == "code" {
		c.state.oauth.codes.removeAll(func(old *authCode) bool { return !c.now.Before(old.Expires) })
		code := uuid()
		c.state.oauth.codes.put(code, &authCode{r, web, c.now.Add(codeLife)})
		r.redirect(w, url.Values{"code": {code}})
		return
	}
	tokens, err := c.oauthTokens(r, web)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	v := url.Values{"access_token": {tokens.AccessToken}, "token_type": {"Bearer"}, "expires_in": {strconv.Itoa(tokens.ExpiresIn)}}
	if tokens.IdToken != "" {
		v.Set("id_token", tokens.IdToken)
	}
	r.redirect(w, v)
}

// oauthTokens begins the session that a request asked for.
func (c *call) oauthTokens(r *authRequest, web *webSession) (*authenticationResult, error) {
	g := c.newGrant(r.client, web.user, r.Scopes...)
	g.OAuth, g.Nonce, g.AuthTime, g.Resource, g.Extra = true, r.Nonce, web.AuthTime, r.Resource, map[string]any{}
	if web.IdP != "" {
		g.Extra["identities"] = slices.Clone(web.user.Federated)
	}
	g.origin, g.AMR, g.Level = web, web.AMR, web.Level
	result, err := c.mint(g, "TokenGeneration_HostedAuth", nil)
	if err != nil {
		c.state.grants.remove(g.EventID)
		return nil, err
	}
	if r.ResponseType == "code" {
		c.track(g)
		result.RefreshToken = c.newRefreshToken(g)
	}
	return result, nil
}

// webSession is a user who has signed in on the domain: what its cookie stands for.
type webSession struct {
	ID       string // the cookie's value
	user     *user
	IdP      string      // the identity provider that the user came by
	AMR      []string    // factors of the sign-in
	Level    int         // that its identity provider vouches for
	client   *poolClient // that the user signed in for
	Tracked  *trackedSession
	AuthTime time.Time
	Expires  time.Time
}

// webSessionLife is that of managed login's cookie.
const webSessionLife = time.Hour

func cookieName(p *userPool) string { return "cognito-" + p.poolName() }

// webSession is the session of the request's cookie, as far as the client may use it; nil without one.
func (c *call) webSession(client *poolClient) *webSession {
	p := client.pool
	cookie, err := c.http.Cookie(cookieName(p))
	if err != nil {
		return nil
	}
	web := c.state.oauth.sessions.get(cookie.Value)
	if web == nil || !c.now.Before(web.Expires) || !web.reuse(client, c.now) || web.user.pool != p || p.bySub(web.user.Sub) != web.user || !web.user.Enabled {
		return nil
	}
	return web
}

// newWebSession remembers a user who has just signed in.
func (c *call) newWebSession(w http.ResponseWriter, client *poolClient, u *user, idp string, amr []string) *webSession {
	c.state.oauth.sessions.removeAll(func(old *webSession) bool { return !c.now.Before(old.Expires) })
	web, life := &webSession{user: u, IdP: idp, AMR: amr, client: client, AuthTime: c.now}, webSessionLife
	if u.pool.Sessions.UserSessionTracking == "ENABLED" {
		web.Tracked, life = c.newTracked("sso"), trackedSSOLife
	}
	web.Expires = c.now.Add(life)
	web.ID = opaque(32)
	c.state.oauth.sessions.put(web.ID, web)
	c.setCookie(w, cookieName(u.pool), web.ID, int(life.Seconds()))
	return web
}

func (c *call) endWebSession(w http.ResponseWriter, p *userPool) {
	if cookie, err := c.http.Cookie(cookieName(p)); err == nil {
		c.state.oauth.sessions.remove(cookie.Value)
	}
	c.setCookie(w, cookieName(p), "", -1)
}

func (c *call) setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(c.options.BaseURL, "https:"),
	})
}
