package cognito

import (
	"context"
	"errors"
	"testing"

	"amplify-auth/core"
)

func TestHeaders(t *testing.T) {
	ctx := context.Background()
	var asked []string
	give := func(_ context.Context, operation, url string) (map[string]string, error) {
		asked = append(asked, operation+" "+url)
		return map[string]string{"x-aws-waf-token": "token", "x-amz-target": "another", "Content-Type": "text/plain"}, nil
	}
	s := &service{status: 200, body: `{}`}
	if err := newPool(WithHeaders(s, give)).GlobalSignOut(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if h := s.request.Header; h.Get("X-Aws-Waf-Token") != "token" || h.Get("X-Amz-Target") != "AWSCognitoIdentityProviderService.GlobalSignOut" || h.Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Errorf("headers %v", h)
	}
	if len(asked) != 1 || asked[0] != "GlobalSignOut https://cognito-idp.eu-west-1.amazonaws.com/" {
		t.Errorf("asked for %v", asked)
	}
	s = &service{status: 200, body: `{"Sessions": []}`}
	if _, err := newPool(WithHeaders(s, give)).ListUserSessions(ctx, "a", ""); err != nil || asked[1] != "ListUserSessions https://cognito-idp.eu-west-1.amazonaws.com/" {
		t.Errorf("%v, asked for %v", err, asked)
	}

	failing := errors.New("the script is not there")
	s = &service{}
	err := newPool(WithHeaders(s, func(context.Context, string, string) (map[string]string, error) { return nil, failing })).GlobalSignOut(ctx, "a")
	if e := core.AsError(err); e.Code != "invalidConfiguration" || !errors.Is(e, failing) || s.calls != 0 {
		t.Errorf("%v after %d requests", err, s.calls)
	}

	asked = nil
	forms := &sts{status: 200, body: assumed}
	if _, err := identities(WithHeaders(forms, give)).AssumeRole(ctx, "arn:aws:iam::1:role/R", "t"); err != nil || len(asked) != 0 {
		t.Errorf("STS: %v, asked for %v", err, asked)
	}
}

func TestBlockedByWAF(t *testing.T) {
	for _, text := range []string{"Request not allowed due to WAF block.", "Request not allowed due to WAF captcha."} {
		s := &service{status: 403, body: `{"__type": "ForbiddenException", "message": "` + text + `"}`}
		if e := core.AsError(pool(s).GlobalSignOut(context.Background(), "a")); e.Code != "requestBlocked" || e.Retryable || s.calls != 1 {
			t.Errorf("%v after %d requests", e, s.calls)
		}
	}
}
