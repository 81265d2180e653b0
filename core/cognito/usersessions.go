package cognito

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strings"

	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/core"
)

// ListUserSessions and RevokeUserSession are in no SDK for Go yet (v1.74.0). Their
// shapes are those of @aws-sdk/client-cognito-identity-provider 3.1167. They go through
// the SDK's client as a call of another operation, GlobalSignOut, of which the last
// step before the network makes the one that is meant: endpoint, retries and errors
// are the SDK's. This file is to go when the SDK has them.

type userSession struct {
	SessionId, SessionType, ClientId string
	CreateDate, LastActiveDate       float64 // seconds since 1970
	DeviceType, LastIPAddress        string
	LastLocation                     *core.Location // the names differ in case, which json takes
	IsCurrentSession                 bool
}

func (p *UserPool) ListUserSessions(ctx context.Context, accessToken, nextToken string) (*core.UserSessionList, error) {
	var out struct {
		Sessions  []userSession
		NextToken string
	}
	in := map[string]any{"AccessToken": accessToken}
	if nextToken != "" {
		in["NextToken"] = nextToken
	}
	if err := p.sendAs(ctx, "ListUserSessions", in, &out); err != nil {
		return nil, err
	}
	list := &core.UserSessionList{Sessions: []core.UserSession{}, NextToken: out.NextToken}
	for _, s := range out.Sessions {
		s.DeviceType = known(s.DeviceType)
		if at := s.LastLocation; at != nil {
			if at.Country = known(at.Country); *at == (core.Location{}) {
				s.LastLocation = nil
			}
		}
		list.Sessions = append(list.Sessions, core.UserSession{
			SessionID: s.SessionId, Type: strings.ToLower(s.SessionType), ClientID: s.ClientId,
			CreateDate: int64(math.Round(s.CreateDate * 1000)), LastActiveDate: int64(math.Round(s.LastActiveDate * 1000)),
			DeviceType: s.DeviceType, LastIPAddress: s.LastIPAddress, LastLocation: s.LastLocation, IsCurrent: s.IsCurrentSession,
		})
	}
	return list, nil
}

// known leaves out the word that stands where a device or a country could not be told
// (API reference, SessionDescriptionType and SessionLocationType).
func known(s string) string {
	if s == "unknown" {
		return ""
	}
	return s
}

func (p *UserPool) RevokeUserSession(ctx context.Context, accessToken, sessionID string, linked bool) error {
	in := map[string]any{"AccessToken": accessToken, "SessionId": sessionID, "RevokeAssociatedSessions": "NONE"}
	if linked {
		in["RevokeAssociatedSessions"] = "LINKED"
	}
	return p.sendAs(ctx, "RevokeUserSession", in, nil)
}

// sendAs calls an operation that the SDK does not know.
func (p *UserPool) sendAs(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	d := &disguise{operation: operation, body: body}
	err = p.route(ctx, operation, func(ctx context.Context, options []func(*idp.Options)) error {
		_, err := p.client.GlobalSignOut(ctx, &idp.GlobalSignOutInput{AccessToken: &operation}, // any: it is not sent
			append(options[:len(options):len(options)], func(o *idp.Options) {
				d.next = o.HTTPClient
				o.HTTPClient = d
			})...)
		return err
	})
	if err == nil && out != nil {
		if err = json.Unmarshal(d.answer, out); err != nil {
			err = notFromAWS("", err)
		}
	}
	return err
}

// A disguise sends one operation where the SDK has made the request of another, and
// keeps the answer.
type disguise struct {
	next      HTTPClient
	operation string
	body      []byte
	answer    []byte
}

func (d *disguise) Do(r *http.Request) (*http.Response, error) {
	service, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	r.Header.Set("X-Amz-Target", service+"."+d.operation)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(d.body)), int64(len(d.body))
	resp, err := d.next.Do(r)
	if err != nil {
		return resp, err
	}
	d.answer, err = io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(d.answer))
	return resp, err
}
