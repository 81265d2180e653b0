//go:build js && wasm

package jsbridge

import (
	"context"
	"encoding/json"

	"amplify-auth/core"

	"github.com/hack-pad/safejs"
)

// TokenSource asks the page's function for a token: it takes a provider's name and
// gives { token, customRoleARN, cognitoIdentityId } as JSON, null where it has none.
func (h *Host) TokenSource() core.TokenSource {
	fn := get(h.v, "tokenSource")
	if fn.Type() != safejs.TypeFunction {
		return nil
	}
	return func(ctx context.Context, providerName string) (*core.FederatedToken, error) {
		v, err := fn.Invoke(providerName)
		if err == nil {
			v, err = await(ctx, v)
		}
		if err != nil {
			return nil, err
		}
		var t *core.FederatedToken
		if v.Type() == safejs.TypeString {
			err = json.Unmarshal([]byte(must(v.String())), &t)
		}
		return t, err
	}
}
