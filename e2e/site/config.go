package site

import (
	"encoding/json"
	"net/http"

	"amplify-auth/e2e/emulator"
)

// app is what an app has to know of the local Cognito.
func (o Options) app() emulator.AppConfig {
	return emulator.AppConfig{
		URL: o.Cognito.URL, UserPoolID: o.Cognito.UserPoolID, ClientID: o.Cognito.ClientID, IdentityPoolID: o.Cognito.IdentityPoolID, Guests: true,
		RedirectSignIn: []string{o.Origin + "/callback"}, RedirectSignOut: []string{o.Origin + "/signed-out"}, Scopes: scopes,
	}
}

// AWSConfiguration is awsconfiguration.json, as the Amplify CLI writes it for the mobile SDKs, with the
// endpoints of the local Cognito.
func (o Options) AWSConfiguration() map[string]any { return o.app().AWSConfiguration() }

// AmplifyOutputs is amplify_outputs.json, as Amplify Gen 2 writes it, with the endpoints of the local Cognito.
func (o Options) AmplifyOutputs() map[string]any { return o.app().AmplifyOutputs() }

// scopes are those of the seeded client's OAuth flow.
var scopes = []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", types[".json"])
	w.Header().Set("Cache-Control", "no-cache")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.Encode(value)
}
