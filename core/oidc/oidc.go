// Package oidc is a relying party of OpenID Connect Core 1.0 as far as a page needs one: [Discover] finds a provider's
// [Metadata], a [KeySet] holds its keys, a [Verifier] verifies its tokens by them; and authorization requests are
// addressed and their responses read here. It keeps no state of a sign-in and stores nothing.
//
// Its callers see to what only they can know: state and the code verifier (RFC 7636) of a response, that a refresh brings
// tokens of the same user (OpenID Connect Core 1.0 section 12.2), what an access token must say, and that a session is
// still there.
package oidc

import (
	"context"

	"amplify-auth/core/autherror"
)

// Get fetches a URL. Its errors are *autherror.Error or the context's; an answer of any status is none.
type Get func(ctx context.Context, url string) (status int, body []byte, err error)

// An Error is the library's error.
type Error = autherror.Error
