//go:build js && wasm

package jsbridge

import (
	"context"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// Navigation moves the windows of the page; nil where there are none.
func (h *Host) Navigation() core.Navigation {
	if !defined(h.page("url")) {
		return nil
	}
	return navigation{h}
}

type navigation struct{ host *Host }

func (n navigation) Page() (string, bool) {
	return must(n.host.page("url").String()), must(n.host.page("framed").Truthy())
}

func (n navigation) Leave(ctx context.Context, url string) error {
	_, err := n.host.ask(ctx, "leave", url)
	return err
}

func (n navigation) Keeps(ctx context.Context) bool {
	v, err := n.host.ask(ctx, "session.keeps")
	return err == nil && must(v.Truthy())
}

func (n navigation) Popup(ctx context.Context, p core.Popup, mine func(string) bool) (string, error) {
	opened, err := n.host.ask(ctx, "popup.open", p.Window, p.State, p.URL)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil || !must(opened.Truthy()):
		return "", core.ErrPopupBlocked
	}
	popup := must(opened.Int())
	defer func() { _, _ = n.host.ask(context.WithoutCancel(ctx), "popup.close", popup) }()
	for {
		v, err := n.host.ask(ctx, "popup.next", popup)
		switch {
		case err != nil:
			return "", err
		case v.Type() != safejs.TypeString:
			return "", core.ErrPopupClosed
		}
		if response := must(v.String()); mine(response) {
			_, err := n.host.ask(ctx, "popup.taken", popup, response)
			return response, err
		}
	}
}
