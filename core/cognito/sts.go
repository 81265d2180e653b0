package cognito

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"amplify-auth/core"
)

// roleSessionName is how the sessions of the classic flow are called in AWS's own
// logs, where the enhanced flow's are CognitoIdentityCredentials.
const roleSessionName = "amplify-auth"

// AssumeRole is AssumeRoleWithWebIdentity of AWS STS, whose query protocol takes
// no more than a form and no signature: the SDK's client would be heavier than all
// of this file's callers.
func (p *IdentityPool) AssumeRole(ctx context.Context, roleARN, token string) (core.AWSCredentials, error) {
	e, err := endpoint("sts", p.cfg.Region, p.cfg.STSEndpoint)
	if err != nil {
		return core.AWSCredentials{}, err
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"},
		"RoleArn": {roleARN}, "RoleSessionName": {roleSessionName}, "WebIdentityToken": {token},
	}.Encode()
	e.URI.Path = strings.TrimSuffix(e.URI.Path, "/") + "/"
	for attempt := 1; ; attempt++ {
		c, err := p.assumeRole(ctx, &e.URI, form)
		if err == nil || attempt == maxAttempts || !worthRetrying(err) {
			return c, err
		}
		pause, _ := p.retryer.RetryDelay(attempt, err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return c, ctx.Err()
		}
	}
}

func (p *IdentityPool) assumeRole(ctx context.Context, u *url.URL, form string) (core.AWSCredentials, error) {
	r := (&http.Request{
		Method: "POST", URL: u, Host: u.Host, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body: io.NopCloser(strings.NewReader(form)), ContentLength: int64(len(form)),
	}).WithContext(ctx)
	resp, err := p.http.Do(r)
	if err != nil {
		return core.AWSCredentials{}, convert(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return core.AWSCredentials{}, convert(err)
	}
	requestID := resp.Header.Get("X-Amzn-Requestid")
	if resp.StatusCode != http.StatusOK {
		if name := xmlText(body, "Code"); name != "" {
			return core.AWSCredentials{}, core.ServiceError(name, xmlText(body, "Message"), requestID, resp.StatusCode)
		}
		return core.AWSCredentials{}, notFromAWS(requestID, nil)
	}
	expires, err := time.Parse(time.RFC3339, xmlText(body, "Expiration"))
	c := core.AWSCredentials{
		AccessKeyID: xmlText(body, "AccessKeyId"), SecretAccessKey: xmlText(body, "SecretAccessKey"),
		SessionToken: xmlText(body, "SessionToken"), Expiration: expires.UnixMilli(),
	}
	if err != nil || c.AccessKeyID == "" || c.SecretAccessKey == "" || c.SessionToken == "" {
		return core.AWSCredentials{}, notFromAWS(requestID, err)
	}
	return c, nil
}

// xmlText is the text of the first element called name that has no attributes and
// no children, empty without one. encoding/xml weighs more than STS's few elements
// are worth.
func xmlText(doc []byte, name string) string {
	_, after, ok := bytes.Cut(doc, []byte("<"+name+">"))
	if !ok {
		return ""
	}
	text, _, ok := bytes.Cut(after, []byte("</"+name+">"))
	if !ok || bytes.IndexByte(text, '<') >= 0 {
		return ""
	}
	return xmlEntities.Replace(strings.TrimSpace(string(text)))
}

// xmlEntities are the predefined ones, and those that XML writers use for quotes.
var xmlEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#34;", `"`, "&#39;", "'", "&amp;", "&")
