//go:build js && wasm

package jsbridge

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// Locks are the Web Locks API, or leases in storage where the browser has none
// (Safari before 15.4, pages without a secure context, Node.js before 24).
func (h *Host) Locks() core.Locks {
	if navigator := global("navigator"); defined(navigator) {
		if manager := get(navigator, "locks"); defined(manager) {
			return &webLocks{manager: manager, published: map[string]func(){}}
		}
	}
	return leases{h.Storage()}
}

type webLocks struct {
	manager   safejs.Value
	published map[string]func() // ends what is published under a name
}

func (l *webLocks) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	granted, abort, release, err := l.request(name, "exclusive")
	if err != nil {
		return f(ctx, true) // an opaque origin has no locks, nor another page
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-granted:
		defer release()
		return f(ctx, true)
	case <-timer.C:
	case <-ctx.Done():
	}
	abort()
	release() // should it have been granted in this moment
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f(ctx, false)
}

// request asks for a lock; mode is the Web Locks API's.
func (l *webLocks) request(name, mode string) (granted <-chan struct{}, abort, release func(), err error) {
	ch := make(chan struct{})
	// The browser holds the lock until the promise that the callback returns is
	// settled; resolve settles it.
	var resolve safejs.Value
	executor := callback(func(args []safejs.Value) { resolve = args[0] })
	held := must(global("Promise").New(executor.Value()))
	executor.Release()
	onGrant := must(safejs.FuncOf(func(safejs.Value, []safejs.Value) any {
		close(ch)
		return safejs.Unsafe(held)
	}))
	aborter := must(global("AbortController").New())
	asked, err := l.manager.Call("request", name, object(map[string]any{"mode": mode, "signal": get(aborter, "signal")}), onGrant.Value())
	if err != nil {
		onGrant.Release()
		return nil, nil, nil, err
	}
	go func() {
		// An aborted request is rejected, one that was granted ends with release.
		_, _ = await(context.Background(), asked)
		onGrant.Release()
	}()
	return ch, func() { must(aborter.Call("abort")) }, func() { must(resolve.Invoke()) }, nil
}

// mark separates a lock's name from what is published under it.
const mark = "@"

// Publish holds a lock whose name is the value: the browser knows all locks of the
// origin in one place, and drops those of a page that ends. The lock is shared,
// because the same value may be published again, here or by another page.
func (l *webLocks) Publish(ctx context.Context, name, value string) {
	granted, abort, release, err := l.request(name+mark+value, "shared")
	if err != nil {
		return
	}
	select {
	case <-granted:
		if end := l.published[name]; end != nil {
			end()
		}
		l.published[name] = release
	case <-ctx.Done():
		abort()
		release()
	}
}

func (l *webLocks) Published(ctx context.Context, name string) (values []string) {
	asked, err := l.manager.Call("query")
	if err != nil {
		return nil
	}
	state, err := await(ctx, asked)
	if err != nil {
		return nil
	}
	held := get(state, "held")
	for i := range must(held.Length()) {
		if value, ok := strings.CutPrefix(text(must(held.Index(i)), "name"), name+mark); ok {
			values = append(values, value)
		}
	}
	return values
}

// leases are locks by a value in storage that says who holds one and until when.
// Two pages that write in the same moment see it by reading again.
type leases struct{ storage core.Storage }

const (
	leaseLife  = 15 * time.Second
	leasePoll  = 50 * time.Millisecond
	leaseCheck = 20 * time.Millisecond // longer than a write takes to reach other pages
)

func (l leases) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	key, me := name+".lock", rand.Text()
	held := false
	for deadline := time.Now().Add(wait); !held && time.Now().Before(deadline); {
		free, err := l.free(ctx, key, me)
		if err != nil {
			return err
		}
		if free {
			value := me + " " + strconv.FormatInt(time.Now().Add(leaseLife).UnixMilli(), 10)
			if err := l.storage.Apply(ctx, []core.Change{{Key: key, Value: &value}}); err != nil {
				return err
			}
		}
		pause := leasePoll
		if free {
			pause = leaseCheck
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		if free {
			v, err := l.storage.Get(ctx, key)
			if err != nil {
				return err
			}
			held = v[0] != nil && strings.HasPrefix(*v[0], me)
		}
	}
	if held {
		// A lease that stays runs out. One that ran out may be another page's by now.
		defer func() {
			ctx := context.WithoutCancel(ctx)
			if v, err := l.storage.Get(ctx, key); err == nil && v[0] != nil && strings.HasPrefix(*v[0], me) {
				_ = l.storage.Apply(ctx, []core.Change{{Key: key}})
			}
		}()
	}
	return f(ctx, held)
}

// Publish and Published have no counterpart here: a refresh that reads too early
// meets RefreshTokenReuseException and reads again.
func (leases) Publish(context.Context, string, string)    {}
func (leases) Published(context.Context, string) []string { return nil }

func (l leases) free(ctx context.Context, key, me string) (bool, error) {
	v, err := l.storage.Get(ctx, key)
	if err != nil || v[0] == nil {
		return true, err
	}
	_, until, _ := strings.Cut(*v[0], " ")
	ms, err := strconv.ParseInt(until, 10, 64)
	left := time.Until(time.UnixMilli(ms))
	return err != nil || left <= 0 || left > leaseLife, nil
}
