//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// Passkeys are navigator.credentials; nil where the browser has none. Options and
// credentials are converted here, because not every browser has
// parseCreationOptionsFromJSON, parseRequestOptionsFromJSON and toJSON of
// WebAuthn Level 3.
func Passkeys() core.Passkeys {
	if !defined(global("PublicKeyCredential")) || !defined(get(global("navigator"), "credentials")) {
		return nil
	}
	return passkeys{}
}

type passkeys struct{}

func (passkeys) Create(ctx context.Context, options json.RawMessage) (json.RawMessage, error) {
	return credential(ctx, "create", options, map[string]any{}, "clientDataJSON", "attestationObject")
}

func (passkeys) Get(ctx context.Context, options json.RawMessage, mediation string) (json.RawMessage, error) {
	in := map[string]any{}
	if mediation != "" {
		in["mediation"] = mediation
	}
	return credential(ctx, "get", options, in, "clientDataJSON", "authenticatorData", "signature", "userHandle")
}

// credential calls the method with in, completed by options and a signal.
func credential(ctx context.Context, method string, options json.RawMessage, in map[string]any, fields ...string) (json.RawMessage, error) {
	var o map[string]any
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, core.PasskeyError("DataError", err)
	}
	if err := decodeOptions(o); err != nil {
		return nil, core.PasskeyError("DataError", err)
	}
	aborter := must(global("AbortController").New())
	defer context.AfterFunc(ctx, func() { must(aborter.Call("abort")) })()
	in["publicKey"], in["signal"] = o, get(aborter, "signal")
	asked, err := get(global("navigator"), "credentials").Call(method, object(in))
	if err != nil {
		return nil, core.PasskeyError("", err)
	}
	c, err := await(ctx, asked)
	var thrown exception
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &thrown):
		return nil, core.PasskeyError(thrown.name(), err)
	case err != nil:
		return nil, core.PasskeyError("", err)
	case !defined(c):
		return nil, core.PasskeyError("NotAllowedError", nil)
	}
	return encodeCredential(c, fields)
}

// decodeOptions turns what JSON has as base64url into bytes.
func decodeOptions(o map[string]any) error {
	if err := decodeField(o, "challenge"); err != nil {
		return err
	}
	if user, ok := o["user"].(map[string]any); ok {
		if err := decodeField(user, "id"); err != nil {
			return err
		}
	}
	for _, list := range []string{"excludeCredentials", "allowCredentials"} {
		descriptors, _ := o[list].([]any)
		for _, d := range descriptors {
			if d, ok := d.(map[string]any); ok {
				if err := decodeField(d, "id"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func decodeField(m map[string]any, name string) error {
	s, _ := m[name].(string)
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		m[name] = safejs.Unsafe(bytesOf(b))
	}
	return err
}

// encodeCredential writes a PublicKeyCredential as its toJSON would.
func encodeCredential(c safejs.Value, fields []string) (json.RawMessage, error) {
	from := get(c, "response")
	response := map[string]any{}
	for _, f := range fields {
		if v := get(from, f); defined(v) {
			b, err := goBytes(v)
			if err != nil {
				return nil, err
			}
			response[f] = base64.RawURLEncoding.EncodeToString(b)
		}
	}
	if get(from, "getTransports").Type() == safejs.TypeFunction {
		list := must(from.Call("getTransports"))
		transports := make([]string, must(list.Length()))
		for i := range transports {
			transports[i] = must(must(list.Index(i)).String())
		}
		response["transports"] = transports
	}
	out := map[string]any{
		"id": text(c, "id"), "rawId": text(c, "id"), "type": text(c, "type"),
		"response": response, "clientExtensionResults": map[string]any{},
	}
	if a := text(c, "authenticatorAttachment"); a != "" {
		out["authenticatorAttachment"] = a
	}
	return json.Marshal(out)
}
