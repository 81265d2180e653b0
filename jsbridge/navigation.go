//go:build js && wasm

package jsbridge

import (
	"context"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/contract"

	"github.com/hack-pad/safejs"
)

// Navigation moves the windows of the page; nil where there are none.
func Navigation() core.Navigation {
	if !defined(global("document")) || !defined(global("location")) {
		return nil
	}
	return navigation{}
}

type navigation struct{}

func (navigation) Page() (string, bool) {
	return text(global("location"), "href"), !global("top").Equal(global("self"))
}

func (navigation) Leave(ctx context.Context, url string) error {
	back := make(chan struct{}, 1)
	defer listenTo(safejs.Global(), "pageshow", func(event safejs.Value) {
		if must(get(event, "persisted").Truthy()) {
			signal(back)
		}
	})()
	must(global("location").Call("assign", url))
	select {
	case <-back:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// closedPoll is how often is looked whether the popup is closed.
const closedPoll = 500 * time.Millisecond

// Popup hears of the response by a BroadcastChannel, which works also where
// Cross-Origin-Opener-Policy has cut the popup off, and by messages from the
// window itself, which work where the page is in a frame of another site and has
// channels of its own.
func (navigation) Popup(ctx context.Context, url string, mine func(string) bool) (string, error) {
	// the page has opened it while it handled a click: a browser opens none later
	window, err := safejs.Global().Call("open", url, contract.PopupName)
	if err != nil || !defined(window) {
		return "", core.ErrPopupBlocked
	}
	// Cut off, it cannot be closed from here; the page in it does so.
	defer func() { _, _ = window.Call("close") }()

	found := make(chan string, 1)
	take := func(event safejs.Value) bool {
		data := get(event, "data")
		if data.Type() != safejs.TypeObject {
			return false
		}
		response := text(data, "authResponse")
		if response == "" || !mine(response) {
			return false
		}
		select {
		case found <- response:
		default:
		}
		return true
	}
	if constructor := global("BroadcastChannel"); defined(constructor) {
		c := must(constructor.New(contract.ResponseChannel))
		defer func() { must(c.Call("close")) }()
		defer listenTo(c, "message", func(event safejs.Value) {
			if take(event) {
				must(c.Call("postMessage", object(map[string]any{"taken": text(get(event, "data"), "authResponse")})))
			}
		})()
	}
	origin := text(global("location"), "origin")
	defer listenTo(safejs.Global(), "message", func(event safejs.Value) {
		if text(event, "origin") == origin && get(event, "source").Equal(window) {
			take(event)
		}
	})()

	poll := time.NewTicker(closedPoll)
	defer poll.Stop()
	for closed := 0; closed < 2; {
		select {
		case response := <-found:
			return response, nil
		case <-ctx.Done():
			return "", ctx.Err()
		case <-poll.C:
		}
		// A popup that was cut off counts as closed while it is still in use. The
		// user is back only when this page has the focus.
		if must(get(window, "closed").Truthy()) && must(must(global("document").Call("hasFocus")).Truthy()) {
			closed++
		} else {
			closed = 0
		}
	}
	return "", core.ErrPopupClosed
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
