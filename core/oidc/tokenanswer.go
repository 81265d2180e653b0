package oidc

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"amplify-auth/core/autherror"
)

// A TokenAnswer is the answer of a token endpoint: RFC 6749 sections 5.1 and 5.2.
type TokenAnswer struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    any    `json:"expires_in"` // seconds; some providers write text

	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
}

// Lifetime is expires_in, zero when it is missing or senseless.
func (t *TokenAnswer) Lifetime() time.Duration {
	seconds, _ := t.ExpiresIn.(float64)
	if s, ok := t.ExpiresIn.(string); ok {
		seconds, _ = strconv.ParseFloat(s, 64)
	}
	if seconds > 0 && seconds < 1<<32 {
		return time.Duration(seconds) * time.Second
	}
	return 0
}

// ParseTokenAnswer reads an answer to a grant of grantType: tokens, or the error that it stands for. The tokens are not
// verified.
func ParseTokenAnswer(status int, body []byte, grantType string) (*TokenAnswer, error) {
	t := new(TokenAnswer)
	err := json.Unmarshal(body, t)
	switch {
	case status == 429:
		return nil, &Error{Name: "TooManyRequestsException", Code: "tooManyRequests", Message: "The provider is asked too often. Try again later.", Retryable: true}
	case status >= 500:
		return nil, &Error{Name: "ServiceUnavailable", Code: "serviceUnavailable", Message: "The provider failed. Try again later.", Retryable: true}
	case err != nil || t.Error == "" && status != 200:
		return nil, &Error{Name: "InvalidResponse", Code: "invalidResponse", Retryable: true,
			Message: "The answer did not come from a token endpoint. Check the network and the OAuth section of the configuration."}
	case t.Error != "":
		return nil, t.refusal(grantType)
	case t.AccessToken == "" && t.IDToken == "":
		return nil, autherror.New("idTokenAndAcceessTokenNotIssued", "The provider issued neither an id token nor an access token. Check the scopes.")
	case t.AccessToken == "":
		return nil, autherror.New("badRequest", "The provider issued no access token. Check the scopes.")
	case !strings.EqualFold(t.TokenType, "Bearer"):
		return nil, autherror.New("badRequest", "The provider issued tokens that are not bearer tokens.")
	}
	return t, nil
}

// refusal is an error of RFC 6749 section 5.2.
func (t *TokenAnswer) refusal(grantType string) *Error {
	said := quoted(t.Error, t.ErrorDescription)
	switch t.Error {
	case "invalid_grant":
		if grantType == "refresh_token" {
			return &Error{Name: "InvalidGrant", Code: "expiredRefreshToken", Message: "The provider takes this refresh token no more" + said}
		}
		return &Error{Name: "InvalidGrant", Code: "badRequest", Message: "The provider refused the authorization code; it lives for minutes and serves once. Sign in again" + said}
	case "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return autherror.New("invalidConfiguration", "The provider refused the client: check the app client and the OAuth section"+said)
	}
	return autherror.New("badRequest", "The provider refused the request"+said)
}
