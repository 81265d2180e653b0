package oidc

import (
	"net/url"
	"strings"

	"amplify-auth/core/autherror"
)

// A Response is an authorization response: RFC 6749 sections 4.1.2 and
// 4.1.2.1, with iss of RFC 9207. Either Code or Error is set. That State and Issuer
// are those of the request its reader checks.
type Response struct {
	url                                          *url.URL
	Code, State, Issuer, Error, ErrorDescription string
}

// ParseResponse returns nil for a URL that is no authorization response. One
// that says something twice is none either: RFC 6749 section 3.1.
func ParseResponse(address string) *Response {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return nil
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil
	}
	r := &Response{url: u}
	for name, field := range map[string]*string{
		"code": &r.Code, "state": &r.State, "iss": &r.Issuer, "error": &r.Error, "error_description": &r.ErrorDescription,
	} {
		if len(q[name]) > 1 {
			return nil
		}
		*field = q.Get(name)
	}
	if (r.Code == "") == (r.Error == "") {
		return nil
	}
	return r
}

// Address is where the response came to.
func (r *Response) Address() string {
	u := url.URL{Scheme: r.url.Scheme, Host: r.url.Host, Path: r.url.Path, RawPath: r.url.RawPath}
	return u.String()
}

// At reports whether the response came to a redirect URI: same origin and path,
// and the parameters that the redirect URI has itself.
func (r *Response) At(redirectURI string) bool {
	want, err := url.Parse(redirectURI)
	if err != nil || Origin(redirectURI) == "" || Origin(redirectURI) != Origin(r.Address()) || pathOf(want) != pathOf(r.url) {
		return false
	}
	q := r.url.Query()
	for name, values := range want.Query() {
		if strings.Join(q[name], "\n") != strings.Join(values, "\n") {
			return false
		}
	}
	return true
}

// isTriggers reports whether a description is what a Lambda trigger says: a user
// pool puts before it which one.
func isTriggers(description string) bool {
	trigger, words, _ := strings.Cut(description, " failed with error ")
	return trigger != "" && !strings.Contains(trigger, " ") && strings.TrimSpace(words) != ""
}

// Refusal is the error that a response with Error stands for.
func (r *Response) Refusal() *Error {
	said := quoted(r.Error, r.ErrorDescription)
	switch {
	case isTriggers(r.ErrorDescription): // in the words of the API's UserLambdaValidationException
		return &Error{Name: "UserLambdaValidationException", Code: "userLambdaValidation", Message: legible(r.ErrorDescription, 400)}
	case r.Error == "access_denied" || strings.Contains(r.ErrorDescription, "access_denied"): // a user pool hands on its providers' errors so
		return autherror.New("userCancelledSignIn", "The user did not sign in"+said)
	case r.Error == "login_required" || r.Error == "interaction_required" || r.Error == "consent_required" || r.Error == "account_selection_required":
		return autherror.New("loginRequired", "The user has to sign in by hand: leave out prompt 'none'"+said)
	case r.Error == "unauthorized_client" || r.Error == "invalid_scope" || r.Error == "unsupported_response_type":
		return autherror.New("invalidConfiguration", "The provider refused the client: check the app client and the scopes"+said)
	case r.Error == "server_error" || r.Error == "temporarily_unavailable":
		return autherror.New("serviceUnavailable", "The provider failed. Start the sign-in again"+said)
	}
	return autherror.New("badRequest", "The provider refused the sign-in"+said)
}
