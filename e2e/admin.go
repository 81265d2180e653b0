package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

// An Administrator sets a local Cognito up for a test, and reads what its users are sent.
type Administrator struct {
	t       browser.T
	cognito *emulator.Server
}

// Administer makes the administrator of a local Cognito that is being served.
func Administer(t browser.T, s *emulator.Server) Administrator { return Administrator{t, s} }

// Admin runs an operation of the user pools API, or of another service by its full X-Amz-Target; in and its result
// are the JSON of input and output.
func (a Administrator) Admin(operation string, in map[string]any) map[string]any {
	a.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		a.t.Fatalf("%s: %v", operation, err)
	}
	req, err := http.NewRequest(http.MethodPost, a.cognito.URL()+"/", bytes.NewReader(body))
	if err != nil {
		a.t.Fatalf("%s: %v", operation, err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if !strings.Contains(operation, ".") {
		operation = "AWSCognitoIdentityProviderService." + operation
	}
	req.Header.Set("X-Amz-Target", operation)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatalf("%s: %v", operation, err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		a.t.Fatalf("%s: %v", operation, err)
	}
	if resp.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: %v", operation, out)
	}
	return out
}

// A Pool is a user pool with one app client.
type Pool struct{ URL, ID, ClientID, ClientSecret string }

// NewPool makes a pool whose client allows every flow and hides who exists. pool and client are what
// CreateUserPool and CreateUserPoolClient get beside or instead of that.
func (a Administrator) NewPool(pool, client map[string]any) Pool {
	a.t.Helper()
	in := map[string]any{"PoolName": "test"}
	maps.Copy(in, pool)
	id := a.Admin("CreateUserPool", in)["UserPool"].(map[string]any)["Id"].(string)
	in = map[string]any{"UserPoolId": id, "ClientName": "test", "PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": []string{
		"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"}}
	maps.Copy(in, client)
	made := a.Admin("CreateUserPoolClient", in)["UserPoolClient"].(map[string]any)
	secret, _ := made["ClientSecret"].(string)
	return Pool{a.cognito.URL(), id, made["ClientId"].(string), secret}
}

// Config is the pool's awsconfiguration.json.
func (p Pool) Config() map[string]any {
	return map[string]any{"CognitoUserPool": map[string]any{"Default": map[string]any{
		"PoolId": p.ID, "AppClientId": p.ClientID, "AppClientSecret": p.ClientSecret, "Endpoint": p.URL,
	}}}
}

// NewUser makes a confirmed user with the seeded password.
func (a Administrator) NewUser(poolID, username string, attributes map[string]string) {
	a.t.Helper()
	list := []map[string]string{}
	for name, value := range attributes {
		list = append(list, map[string]string{"Name": name, "Value": value})
	}
	a.Admin("AdminCreateUser", map[string]any{"UserPoolId": poolID, "Username": username, "MessageAction": "SUPPRESS", "UserAttributes": list})
	a.Admin("AdminSetUserPassword", map[string]any{"UserPoolId": poolID, "Username": username, "Password": emulator.SeedPassword, "Permanent": true})
}

// Code is the newest code that was sent to a user.
func (a Administrator) Code(username string) string {
	a.t.Helper()
	out := a.cognito.Outbox(username)
	if len(out) == 0 {
		a.t.Fatalf("no code was sent to %s", username)
	}
	return out[0].Code
}

// TOTP is what an authenticator app with the secret shows at the service's time.
func (a Administrator) TOTP(secret string) string {
	a.t.Helper()
	code, err := emulator.TOTP(secret, a.cognito.Now())
	if err != nil {
		a.t.Fatalf("e2e: %v", err)
	}
	return code
}

// NextTOTP is TOTP after moving the service's clock on, to a code that was not used yet.
func (a Administrator) NextTOTP(secret string) string {
	a.t.Helper()
	a.cognito.Advance(30 * time.Second)
	return a.TOTP(secret)
}

// Operations lists the names of the operations that were served since the calls were last reset, in order.
func (a Administrator) Operations() []string {
	names := []string{}
	for _, call := range a.cognito.Calls() {
		names = append(names, call.Operation)
	}
	return names
}

// Lambda serves a trigger and returns its address for LambdaConfig. answer fills in the event's response.
func Lambda(t browser.T, answer func(request, response map[string]any)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		request, _ := event["request"].(map[string]any)
		response, _ := event["response"].(map[string]any)
		if response == nil {
			response = map[string]any{}
		}
		answer(request, response)
		event["response"] = response
		json.NewEncoder(w).Encode(event)
	}))
	t.Cleanup(s.Close)
	return s.URL
}
