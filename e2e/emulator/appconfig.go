package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

type members = map[string]any

// AppConfig is what an app has to know: the endpoints, and the ids of a pool and a client.
type AppConfig struct {
	URL                             string // origin of the local Cognito
	UserPoolID, ClientID            string
	IdentityPoolID                  string // none if empty
	RedirectSignIn, RedirectSignOut []string
	Scopes, Providers               []string // of OAuth
	Guests                          bool     // the identity pool has them

	forms *forms // how users sign up and in; unknown if nil
}

func (a AppConfig) region() string {
	region, _, _ := strings.Cut(a.UserPoolID, "_")
	return region
}

// AWSConfiguration is awsconfiguration.json, as the Amplify CLI writes it for the mobile SDKs.
func (a AppConfig) AWSConfiguration() map[string]any {
	out := members{
		"Version":         "1.0",
		"IdentityManager": members{"Default": members{}},
		"CognitoUserPool": members{"Default": members{"PoolId": a.UserPoolID, "AppClientId": a.ClientID, "Region": a.region(), "Endpoint": a.URL}},
	}
	if a.IdentityPoolID != "" {
		out["CredentialsProvider"] = members{"CognitoIdentity": members{"Default": members{"PoolId": a.IdentityPoolID, "Region": a.region(), "Endpoint": a.URL}}}
	}
	auth := members{"authenticationFlowType": "USER_SRP_AUTH"}
	if len(a.RedirectSignIn) > 0 {
		auth["OAuth"] = members{
			"WebDomain": a.URL, "AppClientId": a.ClientID, "Scopes": a.Scopes,
			"SignInRedirectURI": strings.Join(a.RedirectSignIn, ","), "SignOutRedirectURI": strings.Join(a.RedirectSignOut, ","),
		}
	}
	out["Auth"] = members{"Default": auth}
	return out
}

// AmplifyOutputs is amplify_outputs.json, as Amplify Gen 2 writes it.
func (a AppConfig) AmplifyOutputs() map[string]any {
	auth := members{"aws_region": a.region(), "user_pool_id": a.UserPoolID, "user_pool_client_id": a.ClientID, "user_pool_endpoint": a.URL}
	if a.IdentityPoolID != "" {
		auth["identity_pool_id"] = a.IdentityPoolID
		auth["identity_pool_endpoint"] = a.URL
		auth["unauthenticated_identities_enabled"] = a.Guests
	}
	if len(a.RedirectSignIn) > 0 {
		auth["oauth"] = members{
			"identity_providers": listed(a.Providers), "domain": a.URL, "scopes": a.Scopes,
			"redirect_sign_in_uri": a.RedirectSignIn, "redirect_sign_out_uri": a.RedirectSignOut, "response_type": "code",
		}
	}
	if a.forms != nil {
		maps.Copy(auth, a.forms.outputs())
	}
	return members{"version": "1.4", "auth": auth}
}

// ResourcesConfig is what Amplify.configure of aws-amplify takes beside amplify_outputs.json, of which it does not read the
// endpoints (aws-amplify 6.22, parseAmplifyOutputs). Without OAuth: there it goes to https:// alone, whatever the domain says.
func (a AppConfig) ResourcesConfig() map[string]any {
	cognito := members{"userPoolId": a.UserPoolID, "userPoolClientId": a.ClientID, "userPoolEndpoint": a.URL}
	if a.IdentityPoolID != "" {
		cognito["identityPoolId"], cognito["identityPoolEndpoint"], cognito["allowGuestAccess"] = a.IdentityPoolID, a.URL, a.Guests
	}
	if a.forms != nil {
		maps.Copy(cognito, a.forms.resources())
	}
	return members{"Auth": members{"Cognito": cognito}}
}

// amplifyProviders are the names of social providers in amplify_outputs.json, which takes no others.
var amplifyProviders = map[string]string{"Google": "GOOGLE", "Facebook": "FACEBOOK", "LoginWithAmazon": "LOGIN_WITH_AMAZON", "SignInWithApple": "SIGN_IN_WITH_APPLE"}

// AppConfig is that of an app client; the zero value if there is none.
func (s *Server) AppConfig(clientID string) AppConfig {
	s.mu.Lock()
	defer s.mu.Unlock()
	client := s.state.clients.get(clientID)
	if client == nil {
		return AppConfig{}
	}
	p := client.pool
	a := AppConfig{URL: s.options.BaseURL, UserPoolID: p.ID, ClientID: client.ID, forms: p.forms(client)}
	if client.AllowedOAuthFlowsUserPoolClient {
		a.RedirectSignIn, a.RedirectSignOut, a.Scopes = client.CallbackURLs, listed(client.LogoutURLs), client.AllowedOAuthScopes
	}
	for _, name := range client.SupportedIdentityProviders {
		if label := amplifyProviders[name]; label != "" {
			a.Providers = append(a.Providers, label)
		}
	}
	for _, id := range slices.Sorted(s.state.federation.pools.keys()) {
		ip := s.state.federation.pools.get(id)
		if slices.ContainsFunc(ip.CognitoIdentityProviders, func(u userPoolProvider) bool { return u.ClientId == client.ID }) {
			a.IdentityPoolID, a.Guests = id, ip.AllowUnauthenticatedIdentities
			break
		}
	}
	return a
}

// appConfigRoutes serve the configuration of an app client (?client=ID; the first one if none is named).
func (s *Server) appConfigRoutes(mux *http.ServeMux) {
	for path, form := range map[string]func(AppConfig) map[string]any{
		"amplify_outputs.json": AppConfig.AmplifyOutputs, "awsconfiguration.json": AppConfig.AWSConfiguration, "resources_config.json": AppConfig.ResourcesConfig,
	} {
		mux.HandleFunc("GET /_emulator/"+path, func(w http.ResponseWriter, r *http.Request) {
			id := r.URL.Query().Get("client")
			if id == "" {
				id = s.firstClient()
			}
			a := s.AppConfig(id)
			if a.ClientID == "" {
				http.Error(w, "no app client "+id, http.StatusNotFound)
				return
			}
			writePlain(w, form(a))
		})
	}
}

// firstClient is the client that was made first.
func (s *Server) firstClient() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first *poolClient
	for _, client := range s.state.clients.all() {
		if first == nil || client.Created.Before(first.Created) || client.Created.Equal(first.Created) && client.ID < first.ID {
			first = client
		}
	}
	if first == nil {
		return ""
	}
	return first.ID
}
