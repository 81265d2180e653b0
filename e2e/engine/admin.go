package engine

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/e2e/emulator"
)

// Admin runs an operation of the local Cognito as an administrator.
func (e *Env) Admin(operation string, in map[string]any) map[string]any {
	e.T.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		e.T.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, e.Cognito.URL()+"/", bytes.NewReader(body))
	if err != nil {
		e.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		e.T.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		e.T.Fatalf("%s: %v", operation, err)
	}
	if resp.StatusCode != http.StatusOK {
		e.T.Fatalf("%s: %v", operation, out)
	}
	return out
}

// NewPool makes a pool with a client of all flows and returns its configuration.
func (e *Env) NewPool(pool, client map[string]any) (*config.Config, string) {
	e.T.Helper()
	in := map[string]any{"PoolName": "test"}
	for k, v := range pool {
		in[k] = v
	}
	id := e.Admin("CreateUserPool", in)["UserPool"].(map[string]any)["Id"].(string)
	in = map[string]any{"UserPoolId": id, "ClientName": "test", "PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": []string{
		"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"}}
	for k, v := range client {
		in[k] = v
	}
	made := e.Admin("CreateUserPoolClient", in)["UserPoolClient"].(map[string]any)
	secret, _ := made["ClientSecret"].(string)
	return e.Parse(fmt.Sprintf(`{"CognitoUserPool": {"Default": {"PoolId": %q, "AppClientId": %q, "AppClientSecret": %q, "Endpoint": %q}}}`,
		id, made["ClientId"], secret, e.Cognito.URL())), id
}

// NewUser makes a confirmed user with the seeded password.
func (e *Env) NewUser(poolID, username string, attributes map[string]string) {
	e.T.Helper()
	list := []map[string]string{}
	for k, v := range attributes {
		list = append(list, map[string]string{"Name": k, "Value": v})
	}
	e.Admin("AdminCreateUser", map[string]any{"UserPoolId": poolID, "Username": username, "MessageAction": "SUPPRESS", "UserAttributes": list})
	e.Admin("AdminSetUserPassword", map[string]any{"UserPoolId": poolID, "Username": username, "Password": emulator.SeedPassword, "Permanent": true})
}

// Code is the newest code that was sent to a user.
func (e *Env) Code(username string) string {
	e.T.Helper()
	out := e.Cognito.Outbox(username)
	if len(out) == 0 {
		e.T.Fatalf("no code was sent to %s", username)
	}
	return out[0].Code
}

// TOTP is the code of a secret at the service's time: RFC 6238 with SHA-1 and 30 s.
func (e *Env) TOTP(secret string) string {
	e.T.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(secret, "="))
	if err != nil {
		e.T.Fatal(err)
	}
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(e.Cognito.Now().Unix()/30))
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1000000)
}

// NextTOTP moves on to a code that was not used yet.
func (e *Env) NextTOTP(secret string) string {
	e.T.Helper()
	e.Cognito.Advance(30 * time.Second)
	return e.TOTP(secret)
}

// Lambda serves a trigger and returns its address for LambdaConfig.
func Lambda(t testing.TB, answer func(request, response map[string]any)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		response, _ := event["response"].(map[string]any)
		if response == nil {
			response = map[string]any{}
		}
		answer(event["request"].(map[string]any), response)
		event["response"] = response
		json.NewEncoder(w).Encode(event)
	}))
	t.Cleanup(s.Close)
	return s.URL
}
