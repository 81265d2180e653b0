package core

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"amplify-auth/core/config"
	"amplify-auth/core/oidc"
	"amplify-auth/core/records"
	"amplify-auth/core/srp"
)

// Options are the choices of one Auth.
type Options struct {
	// RejectExpired makes calls that find the session expired fail with
	// sessionExpired at once. By default they wait for a new sign-in, as
	// AWSMobileClient does.
	RejectExpired bool
	// TokenSources are the providers that Deps.TokenSource has tokens of.
	TokenSources []string
	// ReplicaRegion has a replica of the user pool, if it is not empty.
	ReplicaRegion string
	// OwnStorage: Deps.Storage is this Auth's alone, so nobody else's refresh
	// concerns it.
	OwnStorage bool
	// BrowserStorage: Deps.Storage is the browser's or memory, which always
	// answers, though only when the page has its turn: a dialog may hold it up
	// for minutes. Any other storage has to answer in time.
	BrowserStorage bool
}

// An Auth is one client of one configuration. It is safe for concurrent use.
// Every method that takes a context returns soon after it is cancelled.
type Auth struct {
	cfg  *config.Config
	opts Options
	Deps
	clock  clock
	layout records.Layout
	locks  string // what the names of the locks on Storage start with

	state   machine
	storing turn         // see store
	changed atomic.Int64 // when it last told of a change, see news
	signIns signIns
	refresh refresher
	regions regions
	ready   prepared

	fetching single[*identityCredentials]

	discovery discovery
	keySet    oidc.KeySet
	popups    popups

	relyingParties sync.Map // of passkeys, by credential id, as far as they were listed

	signUpMu sync.Mutex
	signUp   pendingSignUp

	done context.Context // ended by Close
	stop context.CancelFunc
}

// New makes a client. The configuration comes from config.Parse.
func New(cfg *config.Config, opts Options, deps Deps) *Auth {
	if !opts.BrowserStorage {
		deps.Storage = boundedStorage{deps.Storage}
	}
	a := &Auth{cfg: cfg, opts: opts, Deps: deps, layout: records.NewLayout(cfg)}
	a.keySet.Get, a.keySet.Now = a.get, func() time.Time { return a.Now() }
	a.locks = a.layout.Own
	if opts.OwnStorage {
		own, _ := randomText(deps.Random, 16) // without it the locks are shared, which is only slower
		a.locks += own + "."
	}
	a.clock.now = deps.Now
	a.state.emit = deps.Emit
	a.state.changed = make(chan struct{})
	a.storing = make(turn, 1)
	a.done, a.stop = context.WithCancel(context.Background())
	return a
}

// Initialize reads the stored session and reports the state it stands for. It
// does not use the network.
func (a *Auth) Initialize(ctx context.Context) (State, error) {
	if err := a.StorageChanged(ctx); err != nil {
		return State{}, err
	}
	state := a.state.get()
	if state.UserState != SignedIn {
		a.ready.prepare(a)
	}
	return state, nil
}

// Close ends everything that waits or runs in the background.
func (a *Auth) Close() {
	a.stop()
	a.refresh.unschedule()
	a.popups.mu.Lock()
	defer a.popups.mu.Unlock()
	if a.popups.end != nil {
		a.popups.end(ErrClosed)
	}
}

// spawn runs work that nobody waits for. A panic in it must not take the program
// along: the next call that needs the work does it itself.
func spawn(work func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				println("amplify-auth: work in the background met a bug") // not p: it may hold a secret
			}
		}()
		work()
	}()
}

// userPool returns the service of the configured user pool.
func (a *Auth) userPool() (UserPool, error) {
	if a.cfg.UserPool == nil {
		return nil, errUserPoolNotConfigured
	}
	return a.UserPool, nil
}

// secretHash is SECRET_HASH for a username, empty without a client secret.
func (a *Auth) secretHash(username string) string {
	if p := a.cfg.UserPool; p.ClientSecret != "" {
		return srp.SecretHash(p.ClientSecret, username, p.ClientID)
	}
	return ""
}

// prepared keeps one SRP key pair ready, because computing it costs a modular
// exponentiation that does not depend on the user.
type prepared struct {
	mu        sync.Mutex
	pair      *srp.Ephemeral
	rehearsed bool
}

// rehearsalDelay leaves the page to the calls that started the engine.
const rehearsalDelay = 100 * time.Millisecond

// prepare is for when nobody is signed in: before that, and after a sign-in that
// failed or a session that ended.
func (p *prepared) prepare(a *Auth) {
	if a.cfg.UserPool == nil {
		return
	}
	spawn(func() {
		if !p.pairUp(a) {
			return
		}
		select {
		case <-time.After(rehearsalDelay):
		case <-a.done.Done():
			return
		}
		if at, _ := a.signIns.get(); at == nil {
			a.Rehearse()
		}
	})
}

// pairUp makes the key pair and reports whether it is time for the rehearsal.
func (p *prepared) pairUp(a *Auth) (rehearse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pair == nil {
		p.pair, _ = srp.NewEphemeral(a.Random, a.Exp)
	}
	rehearse = a.Rehearse != nil && !p.rehearsed
	p.rehearsed = p.rehearsed || rehearse
	return rehearse
}

// ephemeral returns a key pair that nothing else uses.
func (a *Auth) ephemeral() (*srp.Ephemeral, error) {
	a.ready.mu.Lock()
	pair := a.ready.pair
	a.ready.pair = nil
	a.ready.mu.Unlock()
	if pair != nil {
		return pair, nil
	}
	return srp.NewEphemeral(a.Random, a.Exp)
}
