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
// (Safari before 15.4, pages without a secure context).
func (h *Host) Locks() core.Locks {
	if manager := get(global("navigator"), "locks"); defined(manager) {
		return webLocks{manager}
	}
	return leases{h.Storage()}
}

type webLocks struct{ manager safejs.Value }

func (l webLocks) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	granted := make(chan struct{})
	// The browser holds the lock until the promise that the callback returns is
	// settled; release settles it.
	var release safejs.Value
	executor := callback(func(args []safejs.Value) { release = args[0] })
	held := must(global("Promise").New(executor.Value()))
	executor.Release()
	onGrant := must(safejs.FuncOf(func(safejs.Value, []safejs.Value) any {
		close(granted)
		return safejs.Unsafe(held)
	}))
	aborter := must(global("AbortController").New())
	request, err := l.manager.Call("request", name, object(map[string]any{"signal": get(aborter, "signal")}), onGrant.Value())
	if err != nil {
		onGrant.Release()
		return f(ctx, false) // an opaque origin has no locks
	}
	go func() {
		// An aborted request is rejected, one that was granted ends with release.
		_, _ = await(context.Background(), request)
		onGrant.Release()
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-granted:
		defer func() { must(release.Invoke()) }()
		return f(ctx, true)
	case <-timer.C:
	case <-ctx.Done():
	}
	must(aborter.Call("abort"))
	must(release.Invoke()) // should it have been granted in this moment
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f(ctx, false)
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
		// A lease that stays runs out.
		defer func() { _ = l.storage.Apply(context.WithoutCancel(ctx), []core.Change{{Key: key}}) }()
	}
	return f(ctx, held)
}

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
