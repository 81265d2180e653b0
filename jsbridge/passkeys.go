//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/json"
	"errors"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// Passkeys are the page's navigator.credentials; nil where the browser has none.
func (h *Host) Passkeys() core.Passkeys {
	if !must(h.page("passkeys").Truthy()) {
		return nil
	}
	return passkeys{h}
}

type passkeys struct{ host *Host }

func (p passkeys) Create(ctx context.Context, options json.RawMessage, mediation string) (json.RawMessage, error) {
	return p.credential(ctx, "create", options, mediation)
}

func (p passkeys) Get(ctx context.Context, options json.RawMessage, mediation string) (json.RawMessage, error) {
	return p.credential(ctx, "get", options, mediation)
}

func (p passkeys) Can(ctx context.Context, capability string) bool {
	v, err := p.host.ask(ctx, "passkeyCan", capability)
	return err == nil && must(v.Truthy())
}

func (p passkeys) Unknown(ctx context.Context, rpID, credentialID string) {
	_, _ = p.host.ask(ctx, "passkeyUnknown", rpID, credentialID) // a hint, no more
}

func (p passkeys) credential(ctx context.Context, method string, options json.RawMessage, mediation string) (json.RawMessage, error) {
	c, err := p.host.ask(ctx, "passkey", method, string(options), mediation)
	var thrown exception
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &thrown):
		return nil, core.PasskeyError(thrown.name(), err)
	case err != nil:
		return nil, core.PasskeyError("", err)
	case c.Type() != safejs.TypeString:
		return nil, core.PasskeyError("NotAllowedError", nil)
	}
	return json.RawMessage(must(c.String())), nil
}
