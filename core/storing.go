package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"amplify-auth/core/origin"
)

// Lock order: who holds one of these takes only later ones.
//
//  1. credentials, of Locks: one page at a time changes the identity and its credentials
//  2. refresh, of Locks: one page at a time spends the refresh token
//  3. Auth.storing: one goroutine of this page changes whose session is stored
//  4. storing, of Locks: one page does
//  5. the mutexes of machine, single, signIns and the like, held for no call to the
//     outside but Emit

// storeWait is how long a page waits for another to store: that takes milliseconds,
// so the other one is frozen.
const storeWait = 2 * time.Second

// store runs f, which reads whose session is stored and changes what depends on it,
// while nobody else does, here or in another page. What f begins it ends, whatever
// becomes of the call.
func (a *Auth) store(ctx context.Context, f func(ctx context.Context) error) error {
	if err := a.storing.lock(ctx); err != nil {
		return err
	}
	defer a.storing.unlock()
	return a.Locks.With(context.WithoutCancel(ctx), a.storingLock(), storeWait, func(ctx context.Context, _ bool) error { return f(ctx) })
}

func (a *Auth) storingLock() string { return a.locks + "storing" }

// A turn is a mutex whose wait ends with a context.
type turn chan struct{}

func (t turn) lock(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) unlock() { <-t }

// News are the changes of whose session it is that living pages last made: "begun"
// with the user and the session's id, or "ended" with the id, after the time. Pages publish
// them before they store, because storage tells other pages later: each its last of
// either kind, so that a session which it ended is not forgotten for one it began.
type news []string

const begun, ended = "begun ", "ended "

func (a *Auth) publishBegun(ctx context.Context, user, id string) {
	a.publishChange(ctx, begun, user+"\n"+id)
}

func (a *Auth) publishChange(ctx context.Context, what, whose string) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	unique, _ := randomText(a.Random, 9)               // two changes in a millisecond of one user are no harm
	at := max(a.Now().UnixMilli(), a.changed.Load()+1) // in order, though the clock be set back
	a.changed.Store(at)
	a.Locks.Publish(ctx, a.newsOf(what), fmt.Sprintf("%013d.%s %s%s", at, unique, what, whose))
}

func (a *Auth) newsOf(what string) string { return a.storingLock() + " " + what }

func (a *Auth) news(ctx context.Context) news {
	return append(a.Locks.Published(ctx, a.newsOf(begun)), a.Locks.Published(ctx, a.newsOf(ended))...)
}

// since returns the last change that is not in before, empty without one.
func (n news) since(before news) (last string) {
	for _, change := range n {
		if !slices.Contains(before, change) {
			last = max(last, change)
		}
	}
	_, last, _ = strings.Cut(last, " ")
	return last
}

// begunSince is who has signed in since before, where that is the last change.
func (n news) begunSince(before news) (user string, ok bool) {
	user, ok = strings.CutPrefix(n.since(before), begun)
	user, _, _ = strings.Cut(user, "\n")
	return user, ok
}

// overtaken reports whether whose session it is has changed since before, whatever
// storage shows.
func (a *Auth) overtaken(ctx context.Context, before news) bool {
	return a.news(ctx).since(before) != ""
}

// hasEnded reports whether a session was ended, and not begun since: a provider may
// give the next one the same id.
func (n news) hasEnded(s *session) bool {
	last, end := "", " "+ended+s.SignIn()
	for _, change := range n {
		if strings.HasSuffix(change, end) || strings.HasSuffix(change, "\n"+s.SignIn()) {
			last = max(last, change)
		}
	}
	return strings.HasSuffix(last, end)
}

// shows reports whether s is what storage must show of the changes: no session that
// was ended, and that of the user who has signed in since before.
func (n news) shows(s *session, before news) bool {
	if s != nil && n.hasEnded(s) {
		return false
	}
	user, isNew := n.begunSince(before)
	return !isNew || before == nil || s != nil && s.Username == user
}

// endStored finishes a sign-out, by whatever page, that storage did not take.
func (a *Auth) endStored(ctx context.Context) error {
	return a.store(ctx, func(ctx context.Context) error {
		s, err := a.records().Session(ctx)
		if err != nil || s == nil || a.news(ctx).since(nil) != ended+s.SignIn() {
			return err
		}
		return a.records().RemoveSession(ctx, s.Username)
	})
}

// storageTimeout bounds one access to storage: a page's own store may never answer,
// and must hold nobody else up.
const storageTimeout = 5 * time.Second

var errStorageTimeout = &Error{Name: "StorageUnavailable", Code: "storageUnavailable", Retryable: true,
	Message: "The storage given to AmplifyAuth did not answer in time."}

// A boundedStorage gives up a storage that does not answer.
type boundedStorage struct{ origin.Storage }

func (b boundedStorage) Get(ctx context.Context, keys ...string) (values []*string, err error) {
	err = bounded(ctx, func(ctx context.Context) error {
		values, err = b.Storage.Get(ctx, keys...)
		return err
	})
	return values, err
}

func (b boundedStorage) Apply(ctx context.Context, changes []Change) error {
	return bounded(ctx, func(ctx context.Context) error { return b.Storage.Apply(ctx, changes) })
}

func bounded(ctx context.Context, access func(context.Context) error) error {
	within, cancel := context.WithTimeoutCause(ctx, storageTimeout, errStorageTimeout)
	defer cancel()
	err := access(within)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return context.Cause(within)
	}
	return err
}
