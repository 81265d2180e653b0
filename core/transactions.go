package core

import (
	"encoding/base64"
	"io"
	"time"

	"amplify-auth/core/oidc"
)

const (
	// transactionLife is long enough to sign up, fetch a code from a slow mailbox
	// and choose a password.
	transactionLife = time.Hour
	// popupState begins the state of a sign-in in a popup: the page that the popup
	// comes back to has no transaction, and knows by this to ask for the one that has.
	popupState = "popup."
)

// randomText is n random bytes in base64url.
func randomText(random io.Reader, n int) (string, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(random, b)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// newTransaction draws state, verifier and nonce, 256 bits each.
func (a *Auth) newTransaction(prefix string) (*transaction, error) {
	t := &transaction{Deadline: a.Now().Add(transactionLife).UnixMilli()}
	for _, s := range []*string{&t.State, &t.Verifier, &t.Nonce} {
		var err error
		if *s, err = randomText(a.Random, 32); err != nil {
			return nil, err
		}
	}
	t.State = prefix + t.State
	return t, nil
}

// unusable says why a response to t cannot be used whatever it brings.
func unusable(t *transaction, r *oidc.Response, now time.Time) error {
	if !r.At(t.RedirectURI) {
		return newError("invalidConfiguration", "The sign-in asked for an answer at "+t.RedirectURI+", but it came to "+r.Address()+
			". Let the server answer at the first address itself, without a redirect to the second, or name the second as SignInRedirectURI in the configuration and in the app client.")
	}
	if deadline := time.UnixMilli(t.Deadline); !now.Before(deadline) || deadline.Sub(now) > transactionLife+clockLeeway {
		return newError("signInExpired", "The sign-in was begun more than an hour ago by the clock of this computer, or the clock was set meanwhile. Check it, and sign in again.")
	}
	return nil
}
