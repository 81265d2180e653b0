package core

import (
	"cmp"
	"context"
	"maps"
	"sync"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/contract"
)

// A UserState is one of AWSMobileClient's six.
type UserState string

const (
	Unknown                         UserState = contract.Unknown
	Guest                           UserState = contract.Guest
	SignedIn                        UserState = contract.SignedIn
	SignedOut                       UserState = contract.SignedOut
	SignedOutUserPoolsTokenInvalid  UserState = contract.SignedOutUserPoolsTokenInvalid
	SignedOutFederatedTokensInvalid UserState = contract.SignedOutFederatedTokensInvalid
)

// A State is a user state with its details, as listeners get it.
type State struct {
	UserState UserState `json:"userState"`
	// Details has username, provider and token where they are known, and reason
	// (contract.Reasons, or an error's code) where a session ended.
	Details map[string]string `json:"details"`
}

// transitions lists the states that may follow a state. A change that is not
// listed is dropped: a refresh that fails after the user signed out says nothing
// about the user who may have signed in since.
var transitions = map[UserState][]UserState{
	Unknown:                         {Guest, SignedIn, SignedOut, SignedOutUserPoolsTokenInvalid, SignedOutFederatedTokensInvalid},
	SignedOut:                       {Guest, SignedIn},
	Guest:                           {SignedIn, SignedOut},
	SignedIn:                        {SignedIn, SignedOut, Guest, SignedOutUserPoolsTokenInvalid, SignedOutFederatedTokensInvalid},
	SignedOutUserPoolsTokenInvalid:  {SignedIn, SignedOut, Guest},
	SignedOutFederatedTokensInvalid: {SignedIn, SignedOut, Guest},
}

// invalid reports whether a session has become invalid.
func (s State) invalid() bool {
	return s.UserState == SignedOutUserPoolsTokenInvalid || s.UserState == SignedOutFederatedTokensInvalid
}

// A machine holds the current state and tells every change once, in order.
type machine struct {
	mu      sync.Mutex
	current State
	changed chan struct{} // closed and replaced at every change
	ending  string        // why this page is about to end its session
	emit    func(Event)
}

// ends notes why the session is going to end by this page's doing, until it has.
func (m *machine) ends(reason string) (done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ending = reason
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.ending = ""
	}
}

func (m *machine) get() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current.UserState == "" {
		return State{UserState: Unknown}
	}
	return m.current
}

// watch returns the state and a channel that is closed when it changes.
func (m *machine) watch() (State, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current, m.changed
}

// to moves to a state. force tells a change even when nothing differs, as a
// federated token that was replaced does.
func (m *machine) to(next State, force bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := m.current
	if from.UserState == "" {
		from.UserState = Unknown
	}
	same := from.UserState == next.UserState && from.Details["username"] == next.Details["username"] && from.Details["provider"] == next.Details["provider"]
	// A session that waited for the network may turn out to have died meanwhile.
	ended := same && from.invalid() && from.Details["reason"] == contract.Offline && next.Details["reason"] != contract.Offline
	if same && !force && !ended {
		if next.UserState == SignedIn { // newer tokens of the same user
			m.current = next
		}
		return
	}
	allowed := same
	for _, s := range transitions[from.UserState] {
		allowed = allowed || s == next.UserState
	}
	if !allowed {
		return
	}
	if next.Details == nil {
		next.Details = map[string]string{}
	}
	if over := next.UserState == SignedOut || next.UserState == Guest; over && (from.UserState == SignedIn || from.invalid()) {
		next.Details["reason"] = cmp.Or(m.ending, contract.SignedOutElsewhere)
	}
	m.current = next
	close(m.changed)
	m.changed = make(chan struct{})
	m.emit(Event{Type: "userState", Detail: State{next.UserState, maps.Clone(next.Details)}})
}

// mostTries bounds what is done again because something changed meanwhile: each time
// somebody else was done, and has told what it came to.
const mostTries = 5

// StorageChanged reads the stored session again: another page, or another
// library, may have signed in or out.
func (a *Auth) StorageChanged(ctx context.Context) error {
	a.followRegion(ctx)
	for range mostTries {
		_, changed := a.state.watch()
		next, err := a.storedState(ctx)
		if err != nil {
			return err
		}
		select {
		case <-changed: // what was read may be older
		default:
			a.state.to(next, false)
			return nil
		}
	}
	return nil // the state is newer than what could be read
}

// storedState is the state that the stored session stands for here.
func (a *Auth) storedState(ctx context.Context) (State, error) {
	s, err := a.loadSession(ctx)
	if err != nil {
		return State{}, err
	}
	known := a.state.get()
	next := State{UserState: stateOf(s, a.Now())}
	switch next.UserState {
	case SignedIn:
		next = a.signedInState(s)
		if known.UserState == SignedOutUserPoolsTokenInvalid && !s.Fresh(a.Now()) && known.Details["username"] == s.Username {
			return known, nil // the same expired session
		}
	case SignedOutUserPoolsTokenInvalid:
		next = invalidState(s, errSessionExpired.Code)
	case SignedOut:
		if s != nil {
			break
		}
		f, err := a.records().Federation(ctx)
		if err != nil {
			return State{}, err
		}
		if f != nil {
			if next = federationState(f); next.UserState == SignedIn && known.UserState == SignedOutFederatedTokensInvalid && tokenExpired(f, a.clock.server()) {
				return known, nil // the same expired token
			}
			break
		}
		id, _, err := a.loadIdentity(ctx)
		if err != nil {
			return State{}, err
		}
		if id.ID != "" {
			next.UserState = Guest
		}
	}
	return next, nil
}

// invalidState is that of a session that is over.
func invalidState(s *session, reason string) State {
	d := map[string]string{"username": s.Username}
	if s.OAuth {
		d["provider"] = "OAuth"
	}
	d["reason"] = reason
	return State{SignedOutUserPoolsTokenInvalid, d}
}

func (a *Auth) signedInState(s *session) State {
	d := map[string]string{"username": s.Username}
	if s.OAuth {
		d["provider"], d["token"] = "OAuth", s.Access.Raw
		add(d, "identityProvider", s.IdentityProvider)
		add(d, "idpIdentifier", s.IDPIdentifier)
	} else {
		d["provider"] = a.providerName()
		if s.ID != nil {
			d["token"] = s.ID.Raw
		}
	}
	return State{SignedIn, d}
}

// providerName is the user pool's name as an identity provider.
func (a *Auth) providerName() string {
	home := a.cfg.UserPool.Home()
	return "cognito-idp." + home + "." + config.AWSDomain(home) + "/" + a.cfg.UserPool.ID
}

// stateOf is the user state that a stored session stands for. A session whose
// refresh token was refused keeps its id token only; see records.Store.ExpireSession.
func stateOf(s *session, now time.Time) UserState {
	switch {
	case s == nil:
		return SignedOut
	case s.Access != nil && (s.Refresh != "" || s.Fresh(now)):
		return SignedIn
	case s.ID != nil, s.External:
		return SignedOutUserPoolsTokenInvalid
	}
	return SignedOut
}
