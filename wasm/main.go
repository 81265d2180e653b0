//go:build js && wasm

// Command wasm is amplify-auth.wasm: core behind the browser's APIs.
package main

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"amplify-auth/core"
	"amplify-auth/core/api"
	"amplify-auth/core/cognito"
	"amplify-auth/core/config"
	"amplify-auth/core/rehearsal"
	"amplify-auth/core/srp"
	"amplify-auth/jsbridge"
)

func main() { jsbridge.Serve(newEngine) }

var rehearse sync.Once

// newEngine assembles the engine of one client of the page.
func newEngine(host *jsbridge.Host, exp srp.Exp) (jsbridge.Engine, error) {
	cfg, err := config.Parse(host.Config())
	if err != nil {
		return nil, core.ConfigError(err)
	}
	var options struct {
		OnExpired    string   `json:"onExpired"`
		Storage      string   `json:"storage"`
		TokenSources []string `json:"tokenSources"`
		Headers      bool     `json:"headers"`
		Metadata     bool     `json:"clientMetadata"`
		Replica      string   `json:"replicaRegion"`
		ReplicaURL   string   `json:"replicaEndpoint"`
	}
	if err := host.Options(&options); err != nil {
		return nil, core.ConfigError(err)
	}
	if p, o := cfg.UserPool, cfg.OAuth; p != nil && p.ClientSecret != "" || o != nil && o.ClientSecret != "" {
		jsbridge.Warn("the configuration has a client secret, which every visitor of the page can read. Use an app client without one.")
	}
	fetch := jsbridge.Fetch{Network: host.Network()}
	deps := core.Deps{
		Storage: host.Storage(), Session: host.Session(), Locks: host.Locks(),
		Network: host.Network(), Passkeys: host.Passkeys(), HTTP: fetch, Navigation: host.Navigation(),
		Random: rand.Reader, Exp: exp, Now: time.Now, Emit: host.Emit,
		Issuer: host.Name(), DeviceName: host.DeviceName(),
	}
	if len(options.TokenSources) > 0 {
		deps.TokenSource = host.TokenSource()
	}
	if options.Metadata {
		deps.ClientMetadata = host.ClientMetadata
	}
	var service cognito.HTTPClient = fetch
	if options.Headers {
		service = cognito.WithHeaders(fetch, host.Headers)
	}
	var auth *core.Auth
	observe := func(server time.Time, took time.Duration) { auth.ObserveTime(server, took) }
	if p := cfg.UserPool; p != nil {
		pool := cognito.NewUserPool(p, service, observe)
		pool.UserContext = func(ctx context.Context, username string) string {
			return host.SecurityData(ctx, username, p.ID, p.ClientID)
		}
		if options.Replica != "" {
			replica, err := p.Replica(options.Replica, options.ReplicaURL)
			if err != nil {
				return nil, core.ConfigError(err)
			}
			pool.WithReplica(replica, func(ctx context.Context, operation string, call func(context.Context, bool) error) error {
				return auth.Route(ctx, operation, call)
			})
		}
		deps.UserPool = pool
	}
	if p := cfg.IdentityPool; p != nil {
		deps.IdentityPool = cognito.NewIdentityPool(p, service, observe)
	}
	deps.Rehearse = func() { // once in a page
		rehearse.Do(func() { _ = rehearsal.SignIn(context.Background(), deps.Random, deps.Exp) })
	}
	auth = core.New(cfg, core.Options{
		RejectExpired: options.OnExpired == "reject", TokenSources: options.TokenSources,
		OwnStorage: options.Storage == "memory", BrowserStorage: options.Storage != "page",
		ReplicaRegion: options.Replica,
	}, deps)
	return engine{auth}, nil
}

type engine struct{ *core.Auth }

func (e engine) Call(ctx context.Context, method string, args []byte) ([]byte, error) {
	for _, member := range api.Unknown(method, args) {
		jsbridge.Warn(method + " knows no " + member + ", so it does nothing.")
	}
	return api.Call(ctx, e.Auth, method, args)
}
