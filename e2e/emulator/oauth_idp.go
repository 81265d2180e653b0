package emulator

import (
	"cmp"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Identity providers behind the pool: Google, Facebook, Amazon, Apple, SAML and OpenID providers. One stand-in plays
// them all, at /_emulator/idp/<provider>; whoever its form names is signed in there.

// askIdP sends the browser to an identity provider. The state of that leg is ours, not the client's.
func (c *call) askIdP(w http.ResponseWriter, r *authRequest, idp *identityProvider) {
	state := opaque(32)
	c.state.oauth.idp.put(state, r)
	q := url.Values{"state": {state}}
	for _, name := range []string{"login_hint", "prompt"} { // handed on
		if v := r.Query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	if values := r.mappedACR(idp); len(values) > 0 {
		q.Set("acr_values", strings.Join(values, " "))
	}
	seeOther(w, "/_emulator/idp/"+url.PathEscape(idp.ProviderName)+"?"+q.Encode())
}

// serveIdP is the stand-in. Opened with client_id and redirect_uri instead of a state, it begins a sign-in that nobody
// asked for, as the start page of a SAML provider does.
func serveIdP(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.http.URL.Query()
	state, name := q.Get("state"), c.http.PathValue("provider")
	if state == "" && q.Has("client_id") {
		r, err := c.parseAuthRequest(q)
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		r.Query.Set("identity_provider", name)
		state = opaque(32)
		c.state.oauth.idp.put(state, r)
		q = url.Values{"state": {state}}
	}
	r := c.state.oauth.idp.get(state)
	if r == nil || r.client.pool.Providers[name] == nil {
		c.errorPage(w, "This sign-in at "+name+" is over. Start again.")
		return
	}
	if c.http.Method == http.MethodGet {
		c.render(w, http.StatusOK, "idp", view{Title: "Sign in to " + name, Query: template.URL(q.Encode()), Username: q.Get("login_hint"), Provider: name})
		return
	}
	form := c.postForm(w)
	back := url.Values{"state": {state}}
	switch email := strings.TrimSpace(form.Get("email")); {
	case form.Has("cancel"):
		back.Set("error", "access_denied")
	case form.Has("fail"):
		back.Set("error", "server_error")
	case !emailForm.MatchString(email):
		c.render(w, http.StatusOK, "idp", view{Title: "Sign in to " + name, Query: template.URL(q.Encode()), Username: email, Provider: name, Error: "Enter an e-mail address."})
		return
	default:
		back.Set("code", email) // the stand-in's code is the user; nobody but us reads it
		asked, _, _ := strings.Cut(q.Get("acr_values"), " ")
		back.Set("acr", cmp.Or(form.Get("acr"), asked)) // of its ID token: the best that was asked for, or what a test wants
	}
	seeOther(w, "/oauth2/idpresponse?"+back.Encode())
}

// serveIdPResponse is where identity providers send the browser back to.
func serveIdPResponse(c *call, w http.ResponseWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.http.URL.Query()
	r := c.state.oauth.idp.get(q.Get("state"))
	if r == nil {
		c.errorPage(w, "invalid_request: Invalid state")
		return
	}
	c.state.oauth.idp.remove(q.Get("state"))
	if e := q.Get("error"); e != "" {
		c.refuse(w, r, &oauthError{"invalid_request", e})
		return
	}
	idp, err := r.identityProvider()
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	u, err := c.federatedUser(r.client, idp, q.Get("code"))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	web := c.newWebSession(w, r.client, u, idp.ProviderName, []string{"fed"})
	web.Level = idp.levelOf(q.Get("acr"))
	c.grant(w, r, web)
}

// federatedUser finds or makes the pool's user for a user of an identity provider.
func (c *call) federatedUser(client *poolClient, idp *identityProvider, email string) (*user, error) {
	p := client.pool
	subject := formatUUID([16]byte(mac([]byte(idp.ProviderName), []byte(strings.ToLower(email)))))
	username := idp.ProviderName + "_" + subject
	values := map[string]string{}
	mapping := idp.AttributeMapping
	if len(mapping) == 0 {
		mapping = map[string]string{"email": "email"}
	}
	claims := map[string]string{"email": email, "name": strings.SplitN(email, "@", 2)[0], "sub": subject}
	for attr, from := range mapping {
		if v := claims[from]; v != "" && attr != "username" {
			values[attr] = v
		}
	}
	identity := federatedIdentity{UserID: subject, ProviderName: idp.ProviderName, ProviderType: idp.ProviderType, DateCreated: c.now.UnixMilli()}
	u := p.users.get(p.canonical(username))
	if u == nil {
		u = p.linked(func(l providerIdentity) bool { return l.matches(idp, subject, email, values) })
		u.addLinked(identity)
	}
	if u == nil && c.secondary() {
		return nil, errReadOnly() // the first sign-in makes the user
	}
	if u == nil {
		if _, err := c.preSignUp(p, client.ID, "PreSignUp_ExternalProvider", username, maps.Clone(values), nil, nil); err != nil {
			return nil, err
		}
		u = c.addUser(p, username, values)
		p.users.remove(p.canonical(u.Username)) // where attributes are user names it is another one
		p.users.put(p.canonical(username), u)
		u.Username, u.Status = username, "EXTERNAL_PROVIDER"
		identity.Primary = "true"
		u.Federated = []federatedIdentity{identity}
		name := p.ID + "_" + idp.ProviderName
		if p.Groups[name] == nil {
			c.state.pools.touch(p.ID)
			p.Groups[name] = &group{name, p.ID, "Autogenerated group for users who sign in using " + idp.ProviderName, "", nil, seconds(c.now), seconds(c.now)}
		}
		u.Groups = append(u.Groups, name)
		if err := c.postConfirmation(u, client.ID, "PostConfirmation_ConfirmSignUp", nil); err != nil {
			return nil, err
		}
	}
	if !u.Enabled {
		return nil, &oauthError{"invalid_request", "User is disabled."}
	}
	for attr, value := range values { // mapped attributes follow the provider at each sign-in
		if u.Attributes[attr] != value {
			u.set(attr, value, c)
		}
	}
	return u, nil
}

// federatedIdentity is an entry of the identities claim.
type federatedIdentity struct {
	UserID       string  `json:"userId"`
	ProviderName string  `json:"providerName"`
	ProviderType string  `json:"providerType"`
	Issuer       *string `json:"issuer"`
	Primary      string  `json:"primary"`
	DateCreated  int64   `json:"dateCreated"`
}

// matches reports whether a link is to the user of a provider who has just come. The stand-in's users are known by their
// e-mail address, from which it makes the subject: either may be the subject of a link.
func (l providerIdentity) matches(idp *identityProvider, subject, email string, values map[string]string) bool {
	if l.ProviderName != idp.ProviderName {
		return false
	}
	if l.ProviderAttributeName == cognitoSubject {
		return l.ProviderAttributeValue == subject || strings.EqualFold(l.ProviderAttributeValue, email)
	}
	return values[l.ProviderAttributeName] == l.ProviderAttributeValue
}

// addLinked notes the identity by which a linked user has come. u may be nil.
func (u *user) addLinked(identity federatedIdentity) {
	if u == nil || slices.ContainsFunc(u.Federated, func(f federatedIdentity) bool {
		return f.ProviderName == identity.ProviderName && f.UserID == identity.UserID
	}) {
		return
	}
	identity.Primary = "false"
	u.Federated = append(u.Federated, identity)
}

// SeedHostedSAML is the SAML provider that the seeded pool's hosted UI sends users of example.org to (idp_identifier).
const SeedHostedSAML = "LocalSAML"

// seedProviders gives the seeded clients social sign-in and a SAML provider that example.org's users are sent to.
func seedProviders(c *call) error {
	names := []string{"Google", "Facebook", "LoginWithAmazon", "SignInWithApple"}
	for _, name := range names {
		details := map[string]string{"client_id": "local", "client_secret": "local", "authorize_scopes": "openid email"}
		if _, err := createIdentityProvider(c, &createProviderInput{UserPoolId: SeedPoolID, ProviderName: name, ProviderType: name, ProviderDetails: details, AttributeMapping: map[string]string{"email": "email"}}); err != nil {
			return err
		}
	}
	_, err := createIdentityProvider(c, &createProviderInput{
		UserPoolId: SeedPoolID, ProviderName: SeedHostedSAML, ProviderType: "SAML",
		ProviderDetails: map[string]string{"MetadataURL": "https://idp.example.org/metadata"}, AttributeMapping: map[string]string{"email": "email"}, IdpIdentifiers: []string{"example.org"},
	})
	if err != nil {
		return err
	}
	for _, id := range []string{SeedClientID, SeedRotatingClientID} {
		client := c.findClient(id)
		client.SupportedIdentityProviders = slices.Concat(client.SupportedIdentityProviders, names, []string{SeedHostedSAML})
	}
	return nil
}
