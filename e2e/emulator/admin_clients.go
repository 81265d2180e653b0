package emulator

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

var adminClientOperations = service{
	"CreateUserPoolClient":   op(createUserPoolClient),
	"DescribeUserPoolClient": op(describeUserPoolClient),
	"UpdateUserPoolClient":   op(updateUserPoolClient),
	"DeleteUserPoolClient":   op(deleteUserPoolClient),
	"ListUserPoolClients":    op(listUserPoolClients),
}

type createClientInput struct {
	UserPoolId     string `aws:"UserPoolIdType,required"`
	ClientName     string `aws:"ClientNameType,required"`
	GenerateSecret bool
	ClientSecret   string `aws:"ClientSecretType"`
	clientSettings
}

type clientType struct {
	UserPoolId, ClientName, ClientId string
	ClientSecret                     string `json:",omitempty"`
	CreationDate, LastModifiedDate   epoch
	clientSettings
}

type clientOutput struct{ UserPoolClient clientType }

func (pc *poolClient) describe() *clientOutput {
	return &clientOutput{clientType{pc.pool.ID, pc.Name, pc.ID, pc.secret(), seconds(pc.Created), seconds(pc.Modified), pc.clientSettings}}
}

const lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"

func createUserPoolClient(c *call, in *createClientInput) (*clientOutput, error) {
	client, err := c.addClient(randomText(26, lowerAlphanumeric), in)
	if err != nil {
		return nil, err
	}
	return client.describe(), nil
}

func (c *call) addClient(id string, in *createClientInput) (*poolClient, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	client := &poolClient{ID: id, Name: in.ClientName, pool: p, Created: c.now, Modified: c.now}
	switch {
	case in.GenerateSecret && in.ClientSecret != "":
		return nil, fail(invalidParameter, "GenerateSecret and ClientSecret exclude each other.")
	case in.GenerateSecret:
		client.addSecret(c, newClientSecret())
	case in.ClientSecret != "":
		client.addSecret(c, in.ClientSecret)
	}
	if err := client.configure(in.clientSettings); err != nil {
		return nil, err
	}
	c.state.clients.put(id, client)
	return client, nil
}

// configure takes settings over. What is absent falls back to its default, as UpdateUserPoolClient does.
func (pc *poolClient) configure(s clientSettings) error {
	s.fillIn()
	for _, check := range []func(*poolClient) error{(*poolClient).checkFlows, (*poolClient).checkURLs, (*poolClient).checkAttributeNames, (*poolClient).checkOAuth, (*poolClient).checkLifetimes} {
		candidate := *pc
		candidate.clientSettings = s
		if err := check(&candidate); err != nil {
			return err
		}
	}
	pc.clientSettings = s
	return nil
}

func (s *clientSettings) fillIn() {
	if len(s.ExplicitAuthFlows) == 0 {
		s.ExplicitAuthFlows = []string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"}
	}
	if s.RefreshTokenValidity == 0 {
		s.RefreshTokenValidity = 30
		if s.TokenValidityUnits != nil && s.TokenValidityUnits.RefreshToken != "" && s.TokenValidityUnits.RefreshToken != "days" {
			units := *s.TokenValidityUnits
			units.RefreshToken = "days"
			s.TokenValidityUnits = &units
		}
	}
	s.AuthSessionValidity = cmp.Or(s.AuthSessionValidity, 3)
	s.EnableTokenRevocation = cmp.Or(s.EnableTokenRevocation, new(true))
	s.PreventUserExistenceErrors = cmp.Or(s.PreventUserExistenceErrors, "LEGACY")
}

func (pc *poolClient) checkFlows() error {
	modern := func(flow string) bool { return strings.HasPrefix(flow, "ALLOW_") }
	if slices.ContainsFunc(pc.ExplicitAuthFlows, modern) && slices.ContainsFunc(pc.ExplicitAuthFlows, func(f string) bool { return !modern(f) }) {
		return fail(invalidParameter, "Explicit authentication flow values with and without the ALLOW_ prefix cannot be mixed.")
	}
	return nil
}

func (pc *poolClient) checkURLs() error {
	for _, uri := range slices.Concat(pc.CallbackURLs, pc.LogoutURLs) {
		if !redirectable(uri) {
			return fail(invalidParameter, "%s cannot use the HTTP protocol, have a fragment or be relative.", uri)
		}
	}
	if pc.DefaultRedirectURI != "" && !slices.Contains(pc.CallbackURLs, pc.DefaultRedirectURI) {
		return fail(invalidParameter, "DefaultRedirectURI must be in the list of callback URLs.")
	}
	return nil
}

func (pc *poolClient) checkAttributeNames() error {
	for _, attr := range slices.Concat(pc.ReadAttributes, pc.WriteAttributes) {
		if pc.pool.attribute(attr) == nil {
			return fail(invalidParameter, "Invalid read or write attributes specified while creating a client: %s", attr)
		}
	}
	return nil
}

func (pc *poolClient) checkOAuth() error {
	if len(pc.AllowedOAuthFlows) > 0 && pc.AllowedOAuthFlowsUserPoolClient && len(pc.AllowedOAuthScopes) == 0 {
		return fail(invalidOAuthFlow, "AllowedOAuthFlows need AllowedOAuthScopes.")
	}
	if slices.Contains(pc.AllowedOAuthFlows, "client_credentials") && (pc.secret() == "" || len(pc.AllowedOAuthFlows) > 1) {
		return fail(invalidOAuthFlow, "client_credentials flow can not be selected along with code flow or implicit flow, and needs a client secret.")
	}
	for _, scope := range pc.AllowedOAuthScopes {
		if !pc.pool.knowsScope(scope) {
			return fail(scopeDoesNotExist, "Invalid scope requested: %s", scope)
		}
	}
	return nil
}

func (pc *poolClient) checkLifetimes() error {
	for _, l := range lifetimes {
		if d := l.of(pc); d < l.min || d > l.max {
			return fail(invalidParameter, "Invalid range for %s token validity: %v is not within %v and %v.", l.token, d, l.min, l.max)
		}
	}
	return nil
}

// redirectable reports whether a URI may be registered: absolute, without a fragment, https unless it is on this
// machine or of an app's own scheme.
func redirectable(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(uri, "#") {
		return false
	}
	if u.Scheme != "http" {
		return u.Scheme != "https" || u.Host != ""
	}
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
}

func (p *userPool) knowsScope(scope string) bool {
	if slices.Contains([]string{"openid", "email", "phone", "profile", adminScope}, scope) {
		return true
	}
	server, name, ok := cutLast(scope, "/")
	return ok && p.Servers[server] != nil && slices.ContainsFunc(p.Servers[server].Scopes, func(s serverScope) bool { return s.ScopeName == name })
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

type clientInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	ClientId   string `aws:"ClientIdType,required"`
}

func (c *call) poolClient(in clientInput) (*poolClient, error) {
	if _, err := c.pool(in.UserPoolId); err != nil {
		return nil, err
	}
	if err := c.clientOf(in.ClientId, in.UserPoolId); err != nil {
		return nil, err
	}
	return c.client(in.ClientId)
}

func describeUserPoolClient(c *call, in *clientInput) (*clientOutput, error) {
	client, err := c.poolClient(*in)
	if err != nil {
		return nil, err
	}
	return client.describe(), nil
}

type updateClientInput struct {
	clientInput
	ClientName string `aws:"ClientNameType"`
	clientSettings
}

func updateUserPoolClient(c *call, in *updateClientInput) (*clientOutput, error) {
	client, err := c.poolClient(in.clientInput)
	if err != nil {
		return nil, err
	}
	if err := client.configure(in.clientSettings); err != nil {
		return nil, err
	}
	if in.ClientName != "" {
		client.Name = in.ClientName
	}
	client.Modified = c.now
	return client.describe(), nil
}

func deleteUserPoolClient(c *call, in *clientInput) (*empty, error) {
	client, err := c.poolClient(*in)
	if err != nil {
		return nil, err
	}
	c.removeClient(client)
	return nil, nil
}

// removeClient forgets a client and all that was issued to it.
func (c *call) removeClient(client *poolClient) {
	c.state.clients.remove(client.ID)
	c.state.sessions.removeAll(func(a *attempt) bool { return a.client == client })
	c.state.refresh.removeAll(func(t *refreshToken) bool { return t.grant.client == client })
	c.state.grants.removeAll(func(g *grant) bool { return g.client == client })
	c.state.oauth.codes.removeAll(func(code *authCode) bool { return code.client == client })
	c.state.oauth.idp.removeAll(func(r *authRequest) bool { return r.client == client })
	c.state.oauth.sessions.removeAll(func(web *webSession) bool { return web.client == client })
}

type listClientsInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	MaxResults *int   `aws:"QueryLimit"`
	NextToken  string `aws:"PaginationKey"`
}

type clientDescription struct{ ClientId, UserPoolId, ClientName string }

type listClientsOutput struct {
	UserPoolClients []clientDescription
	NextToken       string `json:",omitempty"`
}

func listUserPoolClients(c *call, in *listClientsInput) (*listClientsOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	var clients []*poolClient
	for _, client := range c.state.clients.all() {
		if client.pool == p {
			clients = append(clients, client)
		}
	}
	slices.SortFunc(clients, func(a, b *poolClient) int { return strings.Compare(a.ID, b.ID) })
	some, next, err := page(clients, in.MaxResults, 60, in.NextToken, func(client *poolClient) string { return client.ID })
	if err != nil {
		return nil, err
	}
	out := &listClientsOutput{UserPoolClients: []clientDescription{}, NextToken: next}
	for _, client := range some {
		out.UserPoolClients = append(out.UserPoolClients, clientDescription{client.ID, p.ID, client.Name})
	}
	return out, nil
}
