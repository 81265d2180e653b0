package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// FuzzRequest sends any body to any operation: the answer is JSON or XML of a known status, and nothing panics.
func FuzzRequest(f *testing.F) {
	server := New(Options{Logf: f.Logf})
	if err := server.Seed(); err != nil {
		f.Fatal(err)
	}
	var operations []string
	for prefix, service := range server.services {
		for _, name := range slices.Sorted(maps.Keys(service)) {
			operations = append(operations, prefix+"."+name)
		}
	}
	slices.Sort(operations)
	for i, body := range []string{
		`{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"local-web-client","AuthParameters":{"USERNAME":"demo","PASSWORD":"Passw0rd!"}}`,
		`{"AuthFlow":"USER_SRP_AUTH","ClientId":"local-web-client","AuthParameters":{"USERNAME":"demo","SRP_A":"2"}}`,
		`{"ChallengeName":"PASSWORD_VERIFIER","ClientId":"local-web-client","ChallengeResponses":{"USERNAME":"demo","PASSWORD_CLAIM_SECRET_BLOCK":"AAAA","PASSWORD_CLAIM_SIGNATURE":"AAAA","TIMESTAMP":"Tue Feb 1 03:04:05 UTC 2000"}}`,
		`{"ClientId":"local-web-client","Username":"u","Password":"Passw0rd!","UserAttributes":[{"Name":"email","Value":"u@example.com"}]}`,
		`{"UserPoolId":"us-east-1_Local0001","Username":"demo"}`,
		`{"PoolName":"p","Schema":[{"Name":"x","AttributeDataType":"Number","NumberAttributeConstraints":{"MinValue":"1"}}],"LambdaConfig":{"PreSignUp":"http://127.0.0.1:1/x"}}`,
		`{"AccessToken":"a.b.c","Credential":{"id":1}}`, `{"x":[[[{}]]]}`, `null`, `[`, ``,
	} {
		f.Add(uint(i*7), []byte(body))
	}
	f.Fuzz(func(t *testing.T, operation uint, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
		target := operations[operation%uint(len(operations))]
		if strings.Contains(string(body), "http://") && strings.Contains(target, "UserPool") {
			t.Skip("no trigger is called in a fuzz run")
		}
		r.Header.Set("X-Amz-Target", target)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 {
			t.Fatalf("%s answers %d: %s", target, w.Code, w.Body)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s answers no JSON: %q", target, w.Body)
		}
		var failure struct {
			Type string `json:"__type"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &failure); err != nil || (w.Code == 400) != (failure.Type != "") {
			t.Fatalf("%s answers %d %s", target, w.Code, w.Body)
		}
	})
}

// FuzzDecode checks that what passes validation also decodes.
func FuzzDecode(f *testing.F) {
	ops := services()["AWSCognitoIdentityProviderService"]
	names := slices.Sorted(maps.Keys(ops))
	f.Add(uint(0), []byte(`{"ClientId":"c"}`))
	f.Add(uint(40), []byte(`{"UserAttributes":[{"Name":"a","Value":null}],"Limit":1e3,"Enabled":"x"}`))
	f.Fuzz(func(t *testing.T, operation uint, body []byte) {
		op := ops[names[operation%uint(len(names))]]
		in := reflect.New(op.in).Interface()
		err := decode(body, op.in, in)
		if err != nil && !isKind(err, invalidParameter) && !isKind(err, serialization) {
			t.Fatal(err)
		}
	})
}
