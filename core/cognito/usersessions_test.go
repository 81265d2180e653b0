package cognito

import (
	"context"
	"reflect"
	"testing"

	"amplify-auth/core"
)

func TestUserSessions(t *testing.T) {
	ctx := context.Background()
	s := &service{status: 200, body: `{"NextToken": "n", "Sessions": [{"SessionId": "tkn1", "SessionType": "TOKEN", "ClientId": "c", "CreateDate": 1.7E9,
		"LastActiveDate": 1700000000.25, "DeviceType": "Chrome 125 / macOS 15.0", "LastIPAddress": "192.0.2.1", "LastLocation": {"City": "Berlin", "Country": "DE"}, "IsCurrentSession": true}]}`}
	got, err := pool(s).ListUserSessions(ctx, "access", "page")
	want := &core.UserSessionList{NextToken: "n", Sessions: []core.UserSession{{SessionID: "tkn1", Type: "token", ClientID: "c", CreateDate: 1700000000000, LastActiveDate: 1700000000250,
		DeviceType: "Chrome 125 / macOS 15.0", LastIPAddress: "192.0.2.1", LastLocation: &core.Location{City: "Berlin", Country: "DE"}, IsCurrent: true}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if !reflect.DeepEqual(s.sent, map[string]any{"AccessToken": "access", "NextToken": "page"}) || s.request.Header.Get("X-Amz-Target") != "AWSCognitoIdentityProviderService.ListUserSessions" {
		t.Errorf("sent %v, %v", s.sent, s.request.Header)
	}

	// What the service could not tell is absent.
	s = &service{status: 200, body: `{"Sessions": [{"SessionId": "a", "DeviceType": "unknown", "LastLocation": {"Country": "unknown"}},
		{"SessionId": "b", "LastLocation": {"City": "Berlin", "Country": "unknown"}}]}`}
	if got, err := pool(s).ListUserSessions(ctx, "access", ""); err != nil || !reflect.DeepEqual(got.Sessions, []core.UserSession{
		{SessionID: "a"}, {SessionID: "b", LastLocation: &core.Location{City: "Berlin"}}}) {
		t.Errorf("%+v, %v", got, err)
	}

	s = &service{status: 200, body: `{}`}
	if err := pool(s).RevokeUserSession(ctx, "access", "tkn1", true); err != nil {
		t.Error(err)
	}
	if !reflect.DeepEqual(s.sent, map[string]any{"AccessToken": "access", "SessionId": "tkn1", "RevokeAssociatedSessions": "LINKED"}) {
		t.Errorf("sent %v", s.sent)
	}

	// Errors and retries are the client stack's.
	s = &service{status: 400, body: `{"__type": "ResourceNotFoundException", "message": "Session does not exist."}`}
	if e := core.AsError(pool(s).RevokeUserSession(ctx, "a", "s", false)); e.Code != "resourceNotFound" {
		t.Error(e)
	}
	s = &service{status: 200, body: `<html>`}
	if _, err := pool(s).ListUserSessions(ctx, "a", ""); core.AsError(err).Code != "invalidResponse" {
		t.Error(err)
	}
}
