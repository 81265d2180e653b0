// Package rehearsal signs a made-up user in without a network. A browser compiles
// WebAssembly function by function, when each runs for the first time: who comes
// after a rehearsal does not wait for that.
package rehearsal

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/api"
	"amplify-auth/core/cognito"
	"amplify-auth/core/config"
	"amplify-auth/core/srp"
)

var pool = config.UserPool{ID: "us-east-1_rehearsal", ClientID: "rehearsal", Region: "us-east-1"}

// SignIn runs a whole sign-in by SRP. exp does the arithmetic, with an exponent
// that costs little and still gives numbers of full length.
func SignIn(ctx context.Context, random io.Reader, exp srp.Exp) error {
	auth := core.New(&config.Config{UserPool: &pool, AuthFlow: "USER_SRP_AUTH"}, core.Options{}, core.Deps{
		UserPool: cognito.NewUserPool(&pool, service{}, nil),
		Storage:  &storage{}, Session: &storage{}, Locks: alone{}, Network: online{},
		Random: random, Now: time.Now, Emit: func(core.Event) {},
		Exp: func(base, _, m *big.Int) *big.Int { return exp(base, big.NewInt(4095), m) },
	})
	defer auth.Close()
	_, err := api.Call(ctx, auth, "signIn", []byte(`{"username":"user","password":"password"}`))
	return err
}

// A service answers as Cognito does to the first and the second step.
type service struct{}

func (service) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(time.Millisecond) // the page gets its turn
	body := fmt.Sprintf(`{"ChallengeName":"PASSWORD_VERIFIER","ChallengeParameters":{"SALT":"5","SECRET_BLOCK":"AAAA",`+
		`"SRP_B":"%s","USERNAME":"user","USER_ID_FOR_SRP":"user"}}`, strings.Repeat("5", 700))
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".RespondToAuthChallenge") {
		body = fmt.Sprintf(`{"AuthenticationResult":{"AccessToken":"%s","IdToken":"%s","RefreshToken":"r","ExpiresIn":3600,"TokenType":"Bearer"},`+
			`"ChallengeParameters":{}}`, token("access", "client_id"), token("id", "aud"))
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "Date": {"Mon, 02 Jan 2006 15:04:05 GMT"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

func token(use, audience string) string {
	now := time.Now().Unix()
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode(fmt.Appendf(nil,
		`{"token_use":"%s","%s":"%s","iss":"https://cognito-idp/%s","username":"user","sub":"user","auth_time":%d,"iat":%[5]d,"exp":%d}`,
		use, audience, pool.ClientID, pool.ID, now, now+3600)) + ".c2ln"
}

// A storage is core.Storage without a page.
type storage struct {
	mu     sync.Mutex
	values map[string]*string
}

func (s *storage) Get(_ context.Context, keys ...string) ([]*string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	values := make([]*string, len(keys))
	for i, key := range keys {
		values[i] = s.values[key]
	}
	return values, nil
}

func (s *storage) Apply(_ context.Context, changes []core.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]*string{}
	}
	for _, c := range changes {
		s.values[c.Key] = c.Value
	}
	return nil
}

// alone is core.Locks for who has no rival.
type alone struct{}

func (alone) With(ctx context.Context, _ string, _ time.Duration, f func(context.Context, bool) error) error {
	return f(ctx, true)
}
func (alone) Publish(context.Context, string, string)    {}
func (alone) Published(context.Context, string) []string { return nil }

type online struct{}

func (online) Online() bool { return true }
