package site

import (
	"encoding/json"
	"net/http"
	"strings"
)

type object = map[string]any

// AWSConfiguration is awsconfiguration.json, as the Amplify CLI writes it for the mobile SDKs, with the
// endpoints of the local Cognito.
func (o Options) AWSConfiguration() map[string]any {
	region, _, _ := strings.Cut(o.Cognito.UserPoolID, "_")
	return object{
		"Version":         "1.0",
		"IdentityManager": object{"Default": object{}},
		"CredentialsProvider": object{"CognitoIdentity": object{"Default": object{
			"PoolId":   o.Cognito.IdentityPoolID,
			"Region":   region,
			"Endpoint": o.Cognito.URL,
		}}},
		"CognitoUserPool": object{"Default": object{
			"PoolId":      o.Cognito.UserPoolID,
			"AppClientId": o.Cognito.ClientID,
			"Region":      region,
			"Endpoint":    o.Cognito.URL,
		}},
		"Auth": object{"Default": object{
			"authenticationFlowType": "USER_SRP_AUTH",
			"OAuth": object{
				"WebDomain":          o.Cognito.URL,
				"AppClientId":        o.Cognito.ClientID,
				"SignInRedirectURI":  o.Origin + "/callback",
				"SignOutRedirectURI": o.Origin + "/signed-out",
				"Scopes":             scopes,
			},
		}},
	}
}

// AmplifyOutputs is amplify_outputs.json, as Amplify Gen 2 writes it, with the endpoints of the local Cognito.
func (o Options) AmplifyOutputs() map[string]any {
	region, _, _ := strings.Cut(o.Cognito.UserPoolID, "_")
	return object{
		"version": "1.4",
		"auth": object{
			"aws_region":                         region,
			"user_pool_id":                       o.Cognito.UserPoolID,
			"user_pool_client_id":                o.Cognito.ClientID,
			"user_pool_endpoint":                 o.Cognito.URL,
			"identity_pool_id":                   o.Cognito.IdentityPoolID,
			"identity_pool_endpoint":             o.Cognito.URL,
			"unauthenticated_identities_enabled": true,
			"oauth": object{
				"identity_providers":    []string{},
				"domain":                o.Cognito.URL,
				"scopes":                scopes,
				"redirect_sign_in_uri":  []string{o.Origin + "/callback"},
				"redirect_sign_out_uri": []string{o.Origin + "/signed-out"},
				"response_type":         "code",
			},
		},
	}
}

// scopes are those of the seeded client's OAuth flow.
var scopes = []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", types[".json"])
	w.Header().Set("Cache-Control", "no-cache")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.Encode(value)
}
