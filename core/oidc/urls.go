package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"amplify-auth/core/autherror"
)

// The parameters that a flow sets itself. Another value would undo a protection.
const ownParameters = " response_type response_mode client_id client_secret redirect_uri scope state nonce code_challenge code_challenge_method request request_uri " +
	"grant_type code code_verifier refresh_token id_token_hint "

// AddParameters adds a configuration's or a call's own query parameters.
func AddParameters(q url.Values, more map[string]string, where string) error {
	for name, value := range more {
		if strings.Contains(ownParameters, " "+name+" ") {
			return autherror.New("invalidParameter", where+": "+name+" is set by the library and cannot be chosen.")
		}
		q.Set(name, value)
	}
	return nil
}

// Origin is the origin of an http or https URL as browsers write it; empty for
// any other.
func Origin(address string) string {
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

// ChooseRedirectURI picks the configured redirect URI for a page: wanted, else the page
// itself, else the first of its origin. Another origin's would leave the user with
// a page that knows nothing of the sign-in.
func ChooseRedirectURI(key string, configured []string, wanted, page string) (string, error) {
	var same []string
	for _, uri := range configured {
		if origin := Origin(uri); origin != "" && origin == Origin(page) {
			same = append(same, uri)
		}
	}
	if wanted != "" {
		for _, uri := range same {
			if uri == wanted {
				return uri, nil
			}
		}
		return "", autherror.New("invalidParameter", "showSignIn: redirectURI must be one of the configured "+key+" of this page's origin: "+strings.Join(same, ", ")+".")
	}
	if len(same) == 0 {
		if len(configured) == 0 {
			return "", autherror.New("invalidConfiguration", key+" is missing in the OAuth section.")
		}
		return "", autherror.New("invalidConfiguration", "No "+key+" is of this page's origin "+Origin(page)+": "+strings.Join(configured, ", ")+
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

// LocalURL checks that a URL, which may be relative to page, is of the page's
// origin, and returns it from the path on. Browsers read some characters in their
// own way ("/\evil.example" is another host), so those are not taken at all.
func LocalURL(address, page string) (string, error) {
	if address == "" {
		return "", nil
	}
	wrong := autherror.New("invalidParameter", "showSignIn: returnTo must be a URL of this page's origin.")
	if strings.ContainsFunc(address, func(r rune) bool { return r <= 0x20 || r == 0x7f || r == '\\' }) {
		return "", wrong
	}
	base, err := url.Parse(page)
	if err != nil {
		return "", wrong
	}
	u, err := base.Parse(address)
	if err != nil || u.User != nil || Origin(u.String()) == "" || Origin(u.String()) != Origin(page) {
		return "", wrong
	}
	u.Scheme, u.Host = "", ""
	if local := u.String(); strings.HasPrefix(local, "/") && !strings.HasPrefix(local, "//") {
		return local, nil
	}
	return "", wrong
}

// WithQuery adds parameters to an address that may have some.
func WithQuery(address string, q url.Values) (string, error) {
	u, err := url.Parse(address)
	if err != nil || !IsEndpoint(address) {
		return "", autherror.New("invalidConfiguration", "The address of the hosted UI in the OAuth section is not an https URL.")
	}
	all := u.Query()
	for name, values := range q {
		all[name] = values
	}
	u.RawQuery = all.Encode()
	return u.String(), nil
}

// S256 is the code_challenge of a code verifier: RFC 7636 section 4.2.
func S256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
