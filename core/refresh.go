package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"amplify-auth/core/contract"
)

// A refresher makes sure that one refresh runs at a time in this page, for all
// its callers.
type refresher struct {
	single[*session]
	released signal      // by releaseSignInWait
	woken    signal      // by Wake
	timer    *time.Timer // for the early refresh
	failures int         // in a row, for the back-off
	oldWay   bool        // the pool knows REFRESH_TOKEN_AUTH only
	rescued  *session    // what storage did not take although the token before is spent
	spent    string      // that token
}

// refreshTimeout bounds one refresh with all its attempts: no caller and no page
// waits longer for another's.
const refreshTimeout = 30 * time.Second

// shareRefresh joins the running refresh or starts one.
func (a *Auth) shareRefresh(ctx context.Context, stale *session, in GetTokensInput) (*session, error) {
	return a.refresh.share(ctx, a.done, stale.Username, func(ctx context.Context) (*session, error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTimeout)
		defer cancel()
		return a.refreshSession(ctx, stale, in.ClientMetadata)
	})
}

// lockWait is how long a page waits for another page's refresh before it goes on
// by itself: longer than a refresh without retries takes, shorter than a person
// waits.
const lockWait = 10 * time.Second

// refreshSession gets new tokens for stale. All pages of the origin take turns,
// and one that comes second finds the first one's tokens.
func (a *Auth) refreshSession(ctx context.Context, stale *session, metadata map[string]string) (*session, error) {
	if err := a.backOff(ctx); err != nil {
		return nil, err
	}
	if metadata == nil && a.ClientMetadata != nil {
		var err error
		if metadata, err = a.ClientMetadata(ctx); err != nil {
			return nil, errClientMetadata.Because(err)
		}
	}
	var fresh *session
	err := a.Locks.With(ctx, a.refreshLock(), lockWait, func(ctx context.Context, alone bool) error {
		before := a.news(ctx)
		current, err := a.latestSession(ctx, before)
		for tries := 0; err == nil; tries++ {
			switch {
			case tries == mostTries:
				return errUnsettled
			case current == nil || current.Username != stale.Username:
				return errNotSignedIn // another page signed out, or another user in
			case current.Refresh == "":
				return errSessionExpired // another page found it dead
			case newer(current, stale) && current.Fresh(a.Now()):
				fresh = current
				a.state.to(a.signedInState(fresh), false)
				return nil
			}
			stale = current
			switch fresh, err = a.renew(ctx, stale, before, alone, metadata); err {
			case nil:
				a.Locks.Publish(context.WithoutCancel(ctx), a.refreshLock(), generation(fresh))
				return nil
			case errReplaced:
			default:
				return err
			}
			current, err = a.latestSession(ctx, before)
			before = a.news(ctx)
		}
		return err
	})
	return fresh, a.settleRefresh(ctx, stale, fresh, err)
}

func (a *Auth) refreshLock() string { return a.locks + "refresh" }

// generation orders the sessions of one sign-in: by when they end, by the service's clock.
func generation(s *session) string {
	return fmt.Sprintf("%012d.%s", s.Access.Expiration().Unix(), s.Access.Text("jti"))
}

// storageLag bounds the wait for what another page has stored.
const storageLag = 2 * time.Second

// latestSession is loadSession for the holder of the refresh lock: it waits until
// what other pages have just stored can be read here. A session that one of them has
// ended is none, should storage never show it.
func (a *Auth) latestSession(ctx context.Context, before news) (s *session, err error) {
	now := a.news(ctx)
	err = a.whenStored(ctx, a.refreshLock(), "", func(newest string) (bool, error) {
		s, err = a.loadSession(ctx)
		return now.shows(s, before) && (s == nil || s.Access == nil || !s.Begins() && generation(s) >= newest), err
	})
	if err == nil && !now.shows(s, nil) {
		s, err = nil, a.endStored(ctx)
	}
	return s, err
}

// whenStored reads until what it reads is as new as the newest that pages have
// published under a lock's name, of those that begin with prefix.
func (a *Auth) whenStored(ctx context.Context, lock, prefix string, read func(newest string) (done bool, err error)) error {
	newest := ""
	for _, g := range a.Locks.Published(ctx, lock) {
		if strings.HasPrefix(g, prefix) {
			newest = max(newest, g)
		}
	}
	return lagging(ctx, func() (bool, error) { return read(newest) })
}

// lagging reads until storage shows what it must, or has had its time.
func lagging(ctx context.Context, read func() (done bool, err error)) error {
	for deadline := time.Now().Add(storageLag); ; {
		if done, err := read(); done || err != nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// newer reports whether another page replaced the tokens of old by those of s.
func newer(s, old *session) bool {
	return s.Whole() && (old.Access == nil || s.Access.Raw != old.Access.Raw)
}

// errReplaced is what renew finds when the session it renews is no longer stored.
var errReplaced = errors.New("replaced")

// renew asks the service, stores its answer and tells the page. Unless it is alone, another
// page has stopped half-way through a refresh and may have spent a token that serves once:
// then a refusal is no sign that the session is over.
func (a *Auth) renew(ctx context.Context, s *session, before news, alone bool, metadata map[string]string) (*session, error) {
	var dev device
	if !s.External {
		var err error
		if dev, err = a.records().Device(ctx, s.Username); err != nil {
			return nil, err
		}
	}
	next, answer := a.askNewSession(ctx, s, dev, metadata)
	if next != nil {
		if !sameUser(s, next) {
			next, answer = nil, notOfThisUser
		} else if continues(next, s); answer != nil {
			next = withRefresh(s, next.Refresh)
		}
	}
	err := a.store(context.WithoutCancel(ctx), func(ctx context.Context) error {
		// A user who signed out meanwhile must stay signed out, and no error is about who
		// signed in since. Or another page rotated the token without our lock.
		current, err := a.loadSession(ctx)
		switch {
		case err != nil:
			return err
		case a.overtaken(ctx, before), current == nil, current.Username != s.Username, current.Refresh != s.Refresh:
			return errReplaced
		case isDefinitive(answer) && a.renewedElsewhere(ctx, s):
			return errTokensElsewhere.Because(answer)
		case isDefinitive(answer) && !alone:
			return errRefreshElsewhere.Because(answer)
		case isDefinitive(answer):
			if err := a.records().ExpireSession(ctx, s); err != nil {
				return err
			}
			a.state.to(invalidState(s, AsError(answer).Code), false)
			return answer
		case answer != nil && next != nil && next.Refresh != s.Refresh:
			return cmp.Or(a.records().PutRefreshToken(ctx, next), answer)
		case answer != nil:
			return answer
		}
		if err := a.records().PutSession(ctx, next, false); err != nil {
			return err
		}
		a.Emit(Event{Type: "tokenRefresh", Detail: struct{}{}})
		a.state.to(a.signedInState(next), false)
		return nil
	})
	if err != nil && err != errReplaced && next != nil && next.Refresh != s.Refresh {
		a.rescue(ctx, s, next)
	}
	return next, err
}

// renewedElsewhere reports whether a living page has newer tokens of s than storage,
// which may be full: what is stored of a token that serves once is spent, and no sign
// that the session is over.
func (a *Auth) renewedElsewhere(ctx context.Context, s *session) bool {
	return s.Access != nil && slices.ContainsFunc(a.Locks.Published(ctx, a.refreshLock()), func(g string) bool { return g > generation(s) })
}

// continues gives s, of tokens alone, what stays of the session before.
func continues(s, before *session) {
	s.Username, s.Details, s.OAuth, s.OAuthSession = before.Username, before.Details, before.OAuth, before.OAuthSession
	if s.Refresh == "" {
		s.Refresh = before.Refresh // without rotation the old one stays good
	}
}

// withRefresh is s with the new refresh token of an answer whose other tokens cannot be
// taken: the old one is spent.
func withRefresh(s *session, token string) *session {
	kept := *s
	kept.Refresh = token
	return &kept
}

var notOfThisUser = newError("securityFailed", "The answer to the refresh holds the tokens of another user; it was refused.")

// sameUser compares the sub of tokens, where both have one.
func sameUser(s, other *session) bool {
	sub := func(s *session) string {
		for _, t := range []*Token{s.ID, s.Access} {
			if t != nil && t.Text("sub") != "" {
				return t.Text("sub")
			}
		}
		return ""
	}
	a, b := sub(s), sub(other)
	return a == b || a == "" || b == ""
}

// askNewSession refreshes where the session began: the hosted UI's sessions at the
// token endpoint, which takes no device and no metadata, the others by the API.
func (a *Auth) askNewSession(ctx context.Context, s *session, dev device, metadata map[string]string) (*session, error) {
	if s.External || s.OAuth && len(metadata) == 0 && a.cfg.OAuth != nil && !a.cfg.OAuth.External() {
		return a.refreshAtProvider(ctx, s)
	}
	tokens, err := a.callRefresh(ctx, s, dev, metadata)
	if err != nil {
		return nil, err
	}
	return a.newSession(tokens)
}

// callRefresh prefers GetTokensFromRefreshToken, which works with and without
// rotation, and falls back where the service does not know it.
func (a *Auth) callRefresh(ctx context.Context, s *session, dev device, metadata map[string]string) (Tokens, error) {
	in := RefreshRequest{RefreshToken: s.Refresh, DeviceKey: dev.Key, ClientMetadata: metadata}
	if s.Access != nil { // a device that could not be confirmed, or was not to be, is tracked all the same
		in.DeviceKey = cmp.Or(s.Access.Text("device_key"), dev.Key)
	}
	if !a.refresh.oldWay {
		tokens, err := a.UserPool.RefreshTokens(ctx, in)
		if !hasName(err, "UnknownOperationException", "UnsupportedOperationException", "OperationNotEnabledException", "InvalidAction", "Unsupported") {
			return tokens, err
		}
		a.refresh.oldWay = true
	}
	if a.cfg.UserPool.ClientSecret != "" && s.Access != nil {
		in.SecretHash = a.secretHash(s.Access.Text("username"))
	}
	return a.UserPool.RefreshTokenAuth(ctx, in)
}

// definitive are the errors after which a refresh token never works again. Any
// other error keeps the session.
var definitive = []string{
	"NotAuthorizedException", "TokenRevokedException", "UserNotFoundException", "PasswordResetRequiredException",
	"UserNotConfirmedException", "RefreshTokenReuseException", "InvalidGrant",
}

func isDefinitive(err error) bool { return hasName(err, definitive...) && !AsError(err).Retryable }

// settleRefresh turns the outcome of a refresh into state and into the error that
// callers get.
func (a *Auth) settleRefresh(ctx context.Context, stale, fresh *session, err error) error {
	r := &a.refresh
	switch {
	case err == nil:
		r.mu.Lock()
		r.failures = 0
		r.mu.Unlock()
		a.scheduleRefresh(fresh)
		return nil
	case isDefinitive(err):
		err = errSessionExpired.Because(err)
	case errors.Is(err, errSessionExpired):
		a.state.to(invalidState(stale, errSessionExpired.Code), false)
	case errors.Is(err, errNotSignedIn):
		if loadErr := a.StorageChanged(ctx); loadErr != nil {
			return loadErr
		}
	case a.waitsForNetwork(err):
		// The guide: a session that cannot be refreshed offline is told to the
		// listener, and goes on by itself when the network is back.
		if !stale.Fresh(a.Now()) {
			a.state.to(invalidState(stale, contract.Offline), false)
		}
	case AsError(err).Retryable:
		a.noteFailure(ctx, err)
	}
	a.Emit(Event{Type: "tokenRefreshFailure", Detail: AsError(err).Object()})
	return err
}
