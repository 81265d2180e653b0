package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"time"

	"amplify-auth/core/contract"
	"amplify-auth/core/oidc"
)

// A transaction is one sign-in at the hosted UI, from its start until its
// response has come. Each has a key of its own, named by its state, so that
// sign-ins in several tabs, or several in one tab, do not meet.
//
// One that ended stays, without its secrets, while it is among the newest: the same
// response may come again (a page's code run twice, the back button) and gets the
// same answer then.
type transaction struct {
	State       string `json:"-"`
	Deadline    int64  `json:"deadline"` // milliseconds since 1970, local clock
	RedirectURI string `json:"redirectURI"`
	ReturnTo    string `json:"returnTo,omitempty"`
	Verifier    string `json:"verifier,omitempty"` // RFC 7636's code_verifier
	oidc.Asked
	Provider     string `json:"provider,omitempty"` // provider.id: responses of others are not for it
	oauthSession        // what the session is told of it

	Done    bool         `json:"done,omitempty"`
	Session string       `json:"session,omitempty"` // made by it: session.lasting
	Error   *ErrorObject `json:"error,omitempty"`   // why it failed
}

const (
	// transactionLife is long enough to sign up, fetch a code from a slow mailbox
	// and choose a password.
	transactionLife = time.Hour
	// transactionsKept is how many a tab keeps at most.
	transactionsKept = 10
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

// The page side reads the key of a state as well: it takes a response off the
// address bar before the engine is there.
func (k keys) transaction(state string) string { return k.own + contract.OAuth + state }
func (k keys) transactions() string            { return k.own + "oauth" } // the states, oldest first

// saveTransaction adds a transaction and drops the oldest of too many.
func (a *Auth) saveTransaction(ctx context.Context, t *transaction) error {
	v, err := a.Session.Get(ctx, a.keys.transactions())
	if err != nil {
		return err
	}
	var states []string
	if v[0] != nil {
		states = strings.Fields(*v[0])
	}
	states = append(states, t.State)
	var changes []Change
	for len(states) > transactionsKept {
		changes = append(changes, Change{Key: a.keys.transaction(states[0])})
		states = states[1:]
	}
	list := strings.Join(states, " ")
	return a.putTransaction(ctx, t, append(changes, Change{Key: a.keys.transactions(), Value: &list})...)
}

func (a *Auth) putTransaction(ctx context.Context, t *transaction, more ...Change) error {
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	text := string(data)
	return a.Session.Apply(ctx, append(more, Change{Key: a.keys.transaction(t.State), Value: &text}))
}

func (a *Auth) dropTransaction(ctx context.Context, t *transaction) error {
	return a.Session.Apply(ctx, []Change{{Key: a.keys.transaction(t.State)}})
}

// loadTransaction returns nil where there is none.
func (a *Auth) loadTransaction(ctx context.Context, state string) (*transaction, error) {
	if state == "" {
		return nil, nil
	}
	v, err := a.Session.Get(ctx, a.keys.transaction(state))
	if err != nil || v[0] == nil {
		return nil, err
	}
	t := &transaction{State: state}
	if json.Unmarshal([]byte(*v[0]), t) != nil {
		return nil, a.dropTransaction(ctx, t)
	}
	return t, nil
}

// unusable says why a response to t cannot be used whatever it brings.
func (t *transaction) unusable(r *oidc.Response, now time.Time) error {
	if !r.At(t.RedirectURI) {
		return newError("invalidConfiguration", "The sign-in asked for an answer at "+t.RedirectURI+", but it came to "+r.Address()+
			". Let the server answer at the first address itself, without a redirect to the second, or name the second as SignInRedirectURI in the configuration and in the app client.")
	}
	if deadline := time.UnixMilli(t.Deadline); !now.Before(deadline) || deadline.Sub(now) > transactionLife+clockLeeway {
		return newError("signInExpired", "The sign-in was begun more than an hour ago by the clock of this computer, or the clock was set meanwhile. Check it, and sign in again.")
	}
	return nil
}

// endTransaction keeps the outcome of a transaction in place of its secrets.
func (a *Auth) endTransaction(ctx context.Context, t *transaction, outcome error) error {
	ended := &transaction{State: t.State, Deadline: t.Deadline, RedirectURI: t.RedirectURI, ReturnTo: t.ReturnTo, Provider: t.Provider, Done: true, Session: t.Session}
	if outcome != nil {
		ended.Error = AsError(outcome).Object()
	}
	return a.putTransaction(ctx, ended)
}
