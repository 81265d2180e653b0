package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// raw posts an operation by hand.
func (b *bed) raw(operation, body string, headers ...string) (*http.Response, string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, b.server.URL()+"/", strings.NewReader(body))
	b.ok(err)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if operation != "" {
		req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	b.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.ok(err)
	return res, string(text)
}

func TestWire(t *testing.T) {
	b := newBed(t)
	t.Run("preflight", func(t *testing.T) {
		req, _ := http.NewRequest(http.MethodOptions, b.server.URL()+"/", nil)
		asked := "amz-sdk-invocation-id,amz-sdk-request,cache-control,content-type,x-amz-target,x-amz-user-agent"
		req.Header.Set("Origin", "http://localhost:8080")
		req.Header.Set("Access-Control-Request-Method", "POST")
		req.Header.Set("Access-Control-Request-Headers", asked)
		res, err := http.DefaultClient.Do(req)
		b.ok(err)
		res.Body.Close()
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": asked, "Access-Control-Allow-Methods": "POST",
			"Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
			"Access-Control-Max-Age":        "172800", "Content-Length": "0",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if res.StatusCode != 200 {
			t.Errorf("status %d", res.StatusCode)
		}
	})
	t.Run("error", func(t *testing.T) {
		res, body := b.raw("InitiateAuth", `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"local-web-client","AuthParameters":{"USERNAME":"demo","PASSWORD":"x"}}`, "Origin", "http://localhost:8080")
		if res.StatusCode != 400 || body != `{"__type":"NotAuthorizedException","message":"Incorrect username or password."}` {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		for name, want := range map[string]string{
			"x-amzn-errortype": "NotAuthorizedException:", "x-amzn-errormessage": "Incorrect username or password.",
			"content-type": "application/x-amz-json-1.1", "access-control-allow-origin": "*",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if len(res.Header.Get("x-amzn-requestid")) != 36 {
			t.Error("no request id")
		}
	})
	for _, c := range []struct{ name, operation, body, want string }{
		{"unknown operation", "CreateUserImportJob", "{}", `"message":"The local Cognito does not implement the operation CreateUserImportJob."`},
		{"no JSON", "SignUp", "{", "SerializationException"},
		{"two documents", "SignUp", "{}{}", "SerializationException"},
		{"nothing", "SignUp", "", "SerializationException"},
		{"no object", "SignUp", "[]", "Start of list found where not expected"},
		{"number for text", "SignUp", `{"ClientId":7,"Username":"u"}`, "NUMBER_VALUE can not be converted to a String"},
		{"boolean for text", "SignUp", `{"ClientId":"c","UserAttributes":[{"Name":"email_verified","Value":true}]}`, "TRUE_VALUE can not be converted to a String"},
		{"boolean in a map", "InitiateAuth", `{"ClientMetadata":{"beta":false}}`, "FALSE_VALUE can not be converted to a String"},
		{"list for text", "SignUp", `{"Username":[]}`, "Start of list found where not expected"},
		{"object for text", "SignUp", `{"Username":{}}`, "Start of structure or map found where not expected."},
		{"text for a list", "SignUp", `{"UserAttributes":"email"}`, "Expected list or null"},
		{"text for an object", "InitiateAuth", `{"UserContextData":"x"}`, "Expected null"},
		{"text for a number", "ListUserPools", `{"MaxResults":"1"}`, "STRING_VALUE can not be converted to an Integer"},
		{"text that is no boolean", "ConfirmSignUp", `{"ForceAliasCreation":"maybe"}`, "STRING_VALUE can not be converted to a Boolean"},
		{"other letters", "SignUp", `{"clientId":"local-web-client","Username":"u"}`, "1 validation error detected: Value null at 'clientId'"},
		{"null members", "SignUp", "{}", "2 validation errors detected: Value null at 'clientId' failed to satisfy constraint: Member must not be null; Value null at 'username' failed to satisfy constraint: Member must not be null"},
		{"length", "SignUp", `{"ClientId":"local-web-client","Username":"` + strings.Repeat("u", 129) + `"}`, "Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"pattern", "DescribeUserPool", `{"UserPoolId":"x"}`, `Value 'x' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+`},
		{"enum", "InitiateAuth", `{"ClientId":"c","AuthFlow":"X"}`, "Value 'X' at 'authFlow' failed to satisfy constraint: Member must satisfy enum value set: [USER_SRP_AUTH, "},
		{"number", "CreateUserPoolClient", `{"UserPoolId":"a_b","ClientName":"c","AuthSessionValidity":16}`, "Value '16' at 'authSessionValidity' failed to satisfy constraint: Member must have value less than or equal to 15"},
		{"list member", "SignUp", `{"ClientId":"c","Username":"u","UserAttributes":[{"Value":"v"}]}`, "Value null at 'userAttributes.1.member.name' failed to satisfy constraint: Member must not be null"},
		{"short session", "RespondToAuthChallenge", `{"ClientId":"c","ChallengeName":"SMS_MFA","Session":"short"}`, "Value at 'session' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"token code", "VerifySoftwareToken", `{"UserCode":"12345"}`, "Member must have length greater than or equal to 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := b.raw(c.operation, c.body)
			if res.StatusCode != 400 || !strings.Contains(body, c.want) {
				t.Errorf("%d %s, want %s", res.StatusCode, body, c.want)
			}
		})
	}
	t.Run("taken", func(t *testing.T) {
		for name, body := range map[string]string{
			"an unknown member":           `{"MaxResults":1,"Colour":"red"}`,
			"a member in other letters":   `{"MaxResults":1,"maxResults":"x","nexttoken":7}`,
			"null for what may be absent": `{"MaxResults":1,"NextToken":null}`,
		} {
			if res, answer := b.raw("ListUserPools", body); res.StatusCode != 200 {
				t.Errorf("%s: %s", name, answer)
			}
		}
		body := `{"UserPoolId":"` + SeedPoolID + `","UserAttributes":[{"Name":"email","Value":"demo@example.com"},{"Name":"email_verified","Value":"True"}],"Username":"typed","ForceAliasCreation":"True"}`
		if res, answer := b.raw("AdminCreateUser", body); res.StatusCode != 200 || !strings.Contains(answer, `{"Name":"email_verified","Value":"true"}`) {
			t.Errorf("booleans as text: %s", answer)
		}
	})
	t.Run("nowhere", func(t *testing.T) {
		res, err := http.Get(b.server.URL() + "/nowhere")
		b.ok(err)
		res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("status %d", res.StatusCode)
		}
	})
}

func TestClock(t *testing.T) {
	b := newBed(t)
	res, err := http.Post(b.server.URL()+"/_emulator/clock", "application/json", strings.NewReader(`{"advanceSeconds": 7200}`))
	b.ok(err)
	res.Body.Close()
	res, _ = b.raw("ListUserPools", `{"MaxResults":1}`)
	date, err := http.ParseTime(res.Header.Get("Date"))
	b.ok(err)
	if off := time.Until(date) - 2*time.Hour; off.Abs() > 10*time.Second {
		t.Errorf("Date is %v off", off)
	}
	if exp := claims(t, b.password("demo", SeedPassword).AccessToken)["exp"].(float64); time.Until(time.Unix(int64(exp), 0)) < 2*time.Hour {
		t.Error("the token expires by another clock")
	}
}

func TestFaults(t *testing.T) {
	b := newBed(t)
	inject := func(fault string) {
		t.Helper()
		res, err := http.Post(b.server.URL()+"/_emulator/faults", "application/json", strings.NewReader(fault))
		b.ok(err)
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Fatalf("fault %s: status %d", fault, res.StatusCode)
		}
	}
	waf := "" // the token that the next call carries
	list := func(origin string) (int, string, error) {
		req, _ := http.NewRequestWithContext(b.ctx, http.MethodPost, b.server.URL()+"/", strings.NewReader(`{"MaxResults":1}`))
		req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.ListUserPools")
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		req.Header.Set("X-Aws-Waf-Token", waf)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return res.StatusCode, string(body), err
	}
	inject(`{"operation":"ListUserPools","kind":"status500","count":2}`)
	for range 2 {
		if status, body, _ := list(""); status != 500 || !strings.Contains(body, "InternalErrorException") {
			t.Errorf("%d %s", status, body)
		}
	}
	if status, _, _ := list(""); status != 200 {
		t.Errorf("the fault stayed: %d", status)
	}
	inject(`{"operation":"*","kind":"throttle"}`)
	if status, body, _ := list(""); status != 400 || !strings.Contains(body, "TooManyRequestsException") {
		t.Errorf("%d %s", status, body)
	}
	inject(`{"operation":"ListUserPools","kind":"html"}`)
	if status, body, _ := list(""); status != 200 || !strings.HasPrefix(body, "<!doctype html>") {
		t.Errorf("%d %s", status, body)
	}
	for _, origin := range []string{"", "http://localhost:8080"} {
		inject(`{"operation":"ListUserPools","kind":"drop","count":1}`)
		if _, _, err := list(origin); err == nil {
			t.Errorf("origin %q: not dropped", origin)
		}
		if status, _, err := list(origin); status != 200 || err != nil {
			t.Errorf("origin %q: still dropped: %v", origin, err)
		}
	}
	for kind, words := range wafRefusals {
		inject(`{"operation":"*","kind":"` + kind + `","count":-1}`)
		if status, body, _ := list("http://localhost:8080"); status != 403 || !strings.Contains(body, `"__type":"ForbiddenException"`) || !strings.Contains(body, words) {
			t.Errorf("%s: %d %s", kind, status, body)
		}
		waf = "token"
		if status, _, _ := list(""); status != 200 {
			t.Errorf("%s with a token: %d", kind, status)
		}
		waf = ""
		inject(`{"operation":"*","kind":"none"}`)
	}
	inject(`{"operation":"ListUserPools","kind":"slow","delayMs":60}`)
	began := time.Now()
	if status, _, _ := list(""); status != 200 || time.Since(began) < 60*time.Millisecond {
		t.Errorf("status %d after %v", status, time.Since(began))
	}
	inject(`{"operation":"ListUserPools","kind":"status500","count":-1}`)
	inject(`{"operation":"*","kind":"none"}`)
	if status, _, _ := list(""); status != 200 {
		t.Errorf("not cleared: %d", status)
	}
	for _, wrong := range []Fault{{Kind: "drop"}, {Operation: "*", Kind: "explode"}, {Operation: "*", Kind: "slow", DelayMs: -1}} {
		if b.server.InjectFault(wrong) == nil {
			t.Errorf("%+v was accepted", wrong)
		}
	}

	// A dropped operation does not run; one whose reply is dropped does.
	for kind, want := range map[string]int{"drop": 0, "dropReply": 1} {
		b.ok(b.server.InjectFault(Fault{Operation: "CreateGroup", Kind: kind}))
		name := "group-" + kind
		if _, err := b.CreateGroup(b.ctx, &cip.CreateGroupInput{UserPoolId: &b.pool, GroupName: &name}); err == nil {
			t.Errorf("%s: answered", kind)
		}
		_, err := b.GetGroup(b.ctx, &cip.GetGroupInput{UserPoolId: &b.pool, GroupName: &name})
		if ran := err == nil; ran != (want == 1) {
			t.Errorf("%s: the operation ran: %v", kind, ran)
		}
	}
}

func TestCalls(t *testing.T) {
	b := newBed(t)
	req, _ := http.NewRequest(http.MethodDelete, b.server.URL()+"/_emulator/calls", nil)
	res, err := http.DefaultClient.Do(req)
	b.ok(err)
	res.Body.Close()
	b.password("demo", SeedPassword)
	b.raw("GetUser", `{"AccessToken":"x"}`)
	res, err = http.Get(b.server.URL() + "/" + SeedPoolID + "/.well-known/jwks.json")
	b.ok(err)
	res.Body.Close()
	res, err = http.Get(b.server.URL() + "/_emulator/calls")
	b.ok(err)
	defer res.Body.Close()
	var calls []Call
	b.ok(json.NewDecoder(res.Body).Decode(&calls))
	var got bytes.Buffer
	for _, c := range calls {
		fmt.Fprintf(&got, "%s %d %s;", c.Operation, c.Status, c.Error)
	}
	if want := "InitiateAuth 200 ;GetUser 400 NotAuthorizedException;jwks.json 200 ;"; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
}

// TestPrune checks that abandoned sign-ins are forgotten.
func TestPrune(t *testing.T) {
	server := New(Options{})
	c := &call{Server: server, now: server.Now()}
	client := &poolClient{}
	for range 3000 {
		c.keep(&attempt{client: client, Expires: c.now})
		c.now = c.now.Add(time.Minute)
	}
	if n := server.state.sessions.len(); n > 1200 {
		t.Errorf("%d sessions are kept", n)
	}
}
