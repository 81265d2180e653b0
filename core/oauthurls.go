package core

import (
	"net/url"
	"strings"
)

// An authResponse is an authorization response: RFC 6749 sections 4.1.2 and
// 4.1.2.1, with iss of RFC 9207. Either Code or Error is set.
type authResponse struct {
	url                                          *url.URL
	Code, State, Issuer, Error, ErrorDescription string
}

// parseAuthResponse returns nil for a URL that is no authorization response. One
// that says something twice is none either: RFC 6749 section 3.1.
func parseAuthResponse(address string) *authResponse {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return nil
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil
	}
	r := &authResponse{url: u}
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

// address is where the response came to.
func (r *authResponse) address() string {
	u := url.URL{Scheme: r.url.Scheme, Host: r.url.Host, Path: r.url.Path, RawPath: r.url.RawPath}
	return u.String()
}

// at reports whether the response came to a redirect URI: same origin and path,
// and the parameters that the redirect URI has itself.
func (r *authResponse) at(redirectURI string) bool {
	want, err := url.Parse(redirectURI)
	if err != nil || originOf(redirectURI) == "" || originOf(redirectURI) != originOf(r.address()) || pathOf(want) != pathOf(r.url) {
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

// refusal is the error that a response carries.
func (r *authResponse) refusal() *Error {
	said := quoted(r.Error, r.ErrorDescription)
	switch {
	case isTriggers(r.ErrorDescription): // in the words of the API's UserLambdaValidationException
		return &Error{Name: "UserLambdaValidationException", Code: "userLambdaValidation", Message: legible(r.ErrorDescription, 400)}
	case r.Error == "access_denied" || strings.Contains(r.ErrorDescription, "access_denied"): // a user pool hands on its providers' errors so
		return newError("userCancelledSignIn", "The user did not sign in"+said)
	case r.Error == "login_required" || r.Error == "interaction_required" || r.Error == "consent_required" || r.Error == "account_selection_required":
		return newError("loginRequired", "The user has to sign in by hand: leave out prompt 'none'"+said)
	case r.Error == "unauthorized_client" || r.Error == "invalid_scope" || r.Error == "unsupported_response_type":
		return newError("invalidConfiguration", "The provider refused the client: check the app client and the scopes"+said)
	case r.Error == "server_error" || r.Error == "temporarily_unavailable":
		return newError("serviceUnavailable", "The provider failed. Start the sign-in again"+said)
	}
	return newError("badRequest", "The provider refused the sign-in"+said)
}

// originOf is the origin of an http or https URL as browsers write it; empty for
// any other.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "chrome-extension", "moz-extension": // the page of a browser's extension
	default:
		return ""
	}
	return u.Scheme + "://" + host
}

func pathOf(u *url.URL) string {
	if p := u.EscapedPath(); p != "" {
		return p
	}
	return "/"
}

// chooseURI picks the configured redirect URI for a page: wanted, else the page
// itself, else the first of its origin. Another origin's would leave the user with
// a page that knows nothing of the sign-in.
func chooseURI(key string, configured []string, wanted, page string) (string, error) {
	var same []string
	for _, uri := range configured {
		if origin := originOf(uri); origin != "" && origin == originOf(page) {
			same = append(same, uri)
		}
	}
	if wanted != "" {
		for _, uri := range same {
			if uri == wanted {
				return uri, nil
			}
		}
		return "", invalid("showSignIn: redirectURI must be one of the configured " + key + " of this page's origin: " + strings.Join(same, ", ") + ".")
	}
	if len(same) == 0 {
		if len(configured) == 0 {
			return "", newError("invalidConfiguration", key+" is missing in the OAuth section.")
		}
		return "", newError("invalidConfiguration", "No "+key+" is of this page's origin "+originOf(page)+": "+strings.Join(configured, ", ")+
			". Add one to the configuration and to the app client.")
	}
	here, err := url.Parse(page)
	if err == nil {
		for _, uri := range same {
			if u, err := url.Parse(uri); err == nil && pathOf(u) == pathOf(here) {
				return uri, nil
			}
		}
	}
	return same[0], nil
}

// localURL checks that a URL, which may be relative to page, is of the page's
// origin, and returns it from the path on. Browsers read some characters in their
// own way ("/\evil.example" is another host), so those are not taken at all.
func localURL(address, page string) (string, error) {
	if address == "" {
		return "", nil
	}
	wrong := invalid("showSignIn: returnTo must be a URL of this page's origin.")
	if strings.ContainsFunc(address, func(r rune) bool { return r <= 0x20 || r == 0x7f || r == '\\' }) {
		return "", wrong
	}
	base, err := url.Parse(page)
	if err != nil {
		return "", wrong
	}
	u, err := base.Parse(address)
	if err != nil || u.User != nil || originOf(u.String()) == "" || originOf(u.String()) != originOf(page) {
		return "", wrong
	}
	u.Scheme, u.Host = "", ""
	if local := u.String(); strings.HasPrefix(local, "/") && !strings.HasPrefix(local, "//") {
		return local, nil
	}
	return "", wrong
}

// withQuery adds parameters to an address that may have some.
func withQuery(address string, q url.Values) (string, error) {
	u, err := url.Parse(address)
	if err != nil || !isEndpoint(address) {
		return "", newError("invalidConfiguration", "The address of the hosted UI in the OAuth section is not an https URL.")
	}
	all := u.Query()
	for name, values := range q {
		all[name] = values
	}
	u.RawQuery = all.Encode()
	return u.String(), nil
}
