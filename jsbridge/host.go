//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/json"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// A Host is what the page's loader gives an engine, and all that an engine has of
// the page (web/src/host.js). Whether its functions run beside the engine or in
// another thread is not to be seen from here: everything asked of it may take time.
type Host struct{ v safejs.Value }

// ask calls a function of the host and waits for what it gives. The function is
// told by a signal when ctx ends.
func (h *Host) ask(ctx context.Context, name string, args ...any) (safejs.Value, error) {
	aborter := must(global("AbortController").New())
	defer context.AfterFunc(ctx, func() { must(aborter.Call("abort")) })()
	v, err := h.v.Call("ask", name, must(safejs.ValueOf(args)), get(aborter, "signal"))
	if err != nil {
		return v, err
	}
	return await(ctx, v)
}

// page is what the host knows of the page at this moment.
func (h *Host) page(name string) safejs.Value { return get(get(h.v, "page"), name) }

// Config is the text of the configuration.
func (h *Host) Config() []byte { return []byte(text(h.v, "config")) }

// Options decodes the client's options into v.
func (h *Host) Options(v any) error { return json.Unmarshal([]byte(text(h.v, "options")), v) }

// Emit tells the page an event.
func (h *Host) Emit(e core.Event) {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		panic(err)
	}
	must(h.v.Call("emit", e.Type, string(detail)))
}

// Storage is what survives the page; Session survives a reload only.
func (h *Host) Storage() core.Storage { return store{h, "storage"} }
func (h *Host) Session() core.Storage { return store{h, "session"} }

// Network is what the browser knows of its connection.
func (h *Host) Network() core.Network { return network{h} }

type network struct{ host *Host }

// Online is false only when the browser is sure of it.
func (n network) Online() bool {
	return !n.host.page("online").Equal(must(safejs.ValueOf(false)))
}

// Name is the page's host name, empty outside a page.
func (h *Host) Name() string { return text(get(h.v, "page"), "hostName") }

// SecurityData is what Cognito's threat protection wants to know of the user's
// browser; empty unless the page has its script.
func (h *Host) SecurityData(ctx context.Context, username, poolID, clientID string) string {
	if !must(h.page("protection").Truthy()) {
		return ""
	}
	if v, err := h.ask(ctx, "securityData", username, poolID, clientID); err == nil && v.Type() == safejs.TypeString {
		return must(v.String())
	}
	return ""
}

// askJSON asks the page's function for a value, as JSON; the zero value where it has none.
func askJSON[T any](ctx context.Context, h *Host, name string, args ...any) (out T, err error) {
	v, err := h.ask(ctx, name, args...)
	if err == nil && v.Type() == safejs.TypeString {
		err = json.Unmarshal([]byte(must(v.String())), &out)
	}
	return out, err
}

// Headers asks the page's function for the headers of a call.
func (h *Host) Headers(ctx context.Context, operation, url string) (map[string]string, error) {
	return askJSON[map[string]string](ctx, h, "headers", operation, url)
}

// ClientMetadata asks the page's function for the metadata of a refresh.
func (h *Host) ClientMetadata(ctx context.Context) (map[string]string, error) {
	return askJSON[map[string]string](ctx, h, "clientMetadata")
}

// TokenSource asks the page's function for a token: it takes a provider's name and
// gives { token, customRoleARN, cognitoIdentityId }.
func (h *Host) TokenSource() core.TokenSource {
	return func(ctx context.Context, providerName string) (*core.FederatedToken, error) {
		return askJSON[*core.FederatedToken](ctx, h, "tokenSource", providerName)
	}
}
