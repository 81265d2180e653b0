package cognito

import (
	"context"
	"net/http"
	"strings"

	"amplify-auth/core"
)

// Headers are what a page adds to a call: AWS WAF lets a request through by the token
// in x-aws-waf-token.
type Headers func(ctx context.Context, operation, url string) (map[string]string, error)

// WithHeaders sends by next with what headers gives. It replaces no header that is
// there already, and leaves STS alone, which web ACLs do not protect.
func WithHeaders(next HTTPClient, headers Headers) HTTPClient { return adorned{next, headers} }

type adorned struct {
	next    HTTPClient
	headers Headers
}

func (a adorned) Do(r *http.Request) (*http.Response, error) {
	_, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !ok {
		return a.next.Do(r)
	}
	more, err := a.headers(r.Context(), operation, r.URL.String())
	if err != nil {
		if ended := r.Context().Err(); ended != nil {
			return nil, ended
		}
		return nil, &core.Error{Name: "InvalidConfiguration", Code: "invalidConfiguration", Cause: err,
			Message: "The function headers given to AmplifyAuth failed, so " + operation + " was not sent."}
	}
	for name, value := range more {
		if r.Header.Get(name) == "" {
			r.Header.Set(name, value)
		}
	}
	return a.next.Do(r)
}
