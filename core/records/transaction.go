package records

import (
	"context"
	"encoding/json"
	"strings"

	"amplify-auth/core/autherror"
	"amplify-auth/core/oidc"
)

// A Transaction is one sign-in at the hosted UI, from its start until its
// response has come. Each has a key of its own, named by its state, so that
// sign-ins in several tabs, or several in one tab, do not meet.
//
// One that ended stays, without its secrets, while it is among the newest: the same
// response may come again (a page's code run twice, the back button) and gets the
// same answer then.
type Transaction struct {
	State       string `json:"-"`
	Deadline    int64  `json:"deadline"` // milliseconds since 1970, local clock
	RedirectURI string `json:"redirectURI"`
	ReturnTo    string `json:"returnTo,omitempty"`
	Verifier    string `json:"verifier,omitempty"` // RFC 7636's code_verifier
	oidc.Asked
	Provider     string `json:"provider,omitempty"` // which one: responses of others are not for it
	Replaces     string `json:"replaces,omitempty"` // the session that goes on until then
	OAuthSession        // what the session is told of it

	Done    bool              `json:"done,omitempty"`
	Session string            `json:"session,omitempty"` // made by it
	Error   *autherror.Object `json:"error,omitempty"`   // why it failed
}

// transactionsKept is how many a tab keeps at most.
const transactionsKept = 10

// AddTransaction adds a transaction and drops the oldest of too many.
func (s Store) AddTransaction(ctx context.Context, t *Transaction) error {
	v, err := s.Storage.Get(ctx, s.transactionsKey())
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
		changes = append(changes, Change{Key: s.TransactionKey(states[0])})
		states = states[1:]
	}
	list := strings.Join(states, " ")
	return s.putTransaction(ctx, t, append(changes, Change{Key: s.transactionsKey(), Value: &list})...)
}

func (s Store) putTransaction(ctx context.Context, t *Transaction, more ...Change) error {
	change, err := put(s.TransactionKey(t.State), t)
	if err != nil {
		return err
	}
	return s.Storage.Apply(ctx, append(more, change))
}

// DropTransaction forgets one that was never begun.
func (s Store) DropTransaction(ctx context.Context, t *Transaction) error {
	return s.Remove(ctx, s.TransactionKey(t.State))
}

// Transaction returns nil where there is none.
func (s Store) Transaction(ctx context.Context, state string) (*Transaction, error) {
	if state == "" {
		return nil, nil
	}
	v, err := s.Storage.Get(ctx, s.TransactionKey(state))
	if err != nil || v[0] == nil {
		return nil, err
	}
	t := &Transaction{State: state}
	if json.Unmarshal([]byte(*v[0]), t) != nil {
		return nil, s.DropTransaction(ctx, t)
	}
	return t, nil
}

// EndTransaction keeps the outcome of a transaction in place of its secrets.
func (s Store) EndTransaction(ctx context.Context, t *Transaction, outcome error) error {
	ended := &Transaction{State: t.State, Deadline: t.Deadline, RedirectURI: t.RedirectURI, ReturnTo: t.ReturnTo, Provider: t.Provider, Done: true, Session: t.Session}
	if outcome != nil {
		ended.Error = autherror.From(outcome).Object()
	}
	return s.putTransaction(ctx, ended)
}
