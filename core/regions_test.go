package core

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// twoRegions is a user pool with a replica: what core/cognito does with Route.
type twoRegions struct {
	*stepPool
	auth *Auth
	mu   sync.Mutex
	down map[bool]error  // by replica
	went []string        // the calls that were made
	had  map[string]bool // by Session: whether it is the replica's
}

func (f *twoRegions) route(ctx context.Context, operation string, work func(replica bool) error) error {
	return f.auth.Route(ctx, operation, func(_ context.Context, replica bool) error {
		f.mu.Lock()
		err := f.down[replica]
		f.went = append(f.went, fmt.Sprint(operation, " ", map[bool]string{false: "primary", true: "replica"}[replica]))
		f.mu.Unlock()
		if err != nil {
			return err
		}
		return work(replica)
	})
}

func (f *twoRegions) set(replica bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down[replica], f.went = err, nil
}

func (f *twoRegions) InitiateAuth(ctx context.Context, in InitiateAuthRequest) (out AuthResponse, err error) {
	err = f.route(ctx, "InitiateAuth", func(replica bool) error {
		if in.Flow == "CUSTOM_AUTH" {
			f.mu.Lock()
			defer f.mu.Unlock()
			session := fmt.Sprint("session ", len(f.had))
			f.had[session] = replica
			out = NewChallenge("CUSTOM_CHALLENGE", session, map[string]string{"USERNAME": in.Parameters["USERNAME"]}, nil)
			return nil
		}
		out, err = f.fakePool.InitiateAuth(ctx, in)
		return err
	})
	return out, err
}

func (f *twoRegions) RespondToAuthChallenge(ctx context.Context, in ChallengeResponse) (out AuthResponse, err error) {
	err = f.route(ctx, "RespondToAuthChallenge", func(replica bool) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if of, known := f.had[in.Session]; !known || of != replica {
			f.t.Errorf("%s went to another Region", in.Session)
		}
		if in.Responses["ANSWER"] == "totp" {
			return ServiceError("OperationNotEnabledException", "not in this Region", "", 400)
		}
		t := f.issue(chain{user: in.Responses["USERNAME"]}, "")
		out = AuthResponse{Tokens: &t}
		return nil
	})
	return out, err
}

func (f *twoRegions) RefreshTokens(ctx context.Context, in RefreshRequest) (t Tokens, err error) {
	err = f.route(ctx, "GetTokensFromRefreshToken", func(bool) error {
		t, err = f.fakePool.RefreshTokens(ctx, in)
		return err
	})
	return t, err
}

func (f *twoRegions) ChangePassword(ctx context.Context, _, _, _ string) error {
	return f.route(ctx, "ChangePassword", func(bool) error { return nil })
}

func (p *page) regionChanges() []RegionChange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.regionsHeard)
}

func openTwoRegions(t *testing.T) (*browser, *page, *twoRegions) {
	b := newBrowser(t)
	p := b.open(Options{ReplicaRegion: "us-west-2"})
	t.Cleanup(p.Close)
	pool := &twoRegions{stepPool: &stepPool{fakePool: b.pool}, auth: p.Auth, down: map[bool]error{}, had: map[string]bool{}}
	p.UserPool = pool
	return b, p, pool
}

var (
	noConnection = NetworkError("no connection", nil)
	toReplica    = RegionChange{"us-west-2", true}
	toPrimary    = RegionChange{"us-east-1", false}
)

func TestWhatCountsAsNoAnswer(t *testing.T) {
	b, p, _ := openTwoRegions(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		what string
		ctx  context.Context
		err  error
		want bool
	}{
		{"nothing", context.Background(), nil, false},
		{"no connection", context.Background(), noConnection, true},
		{"patience", context.Background(), context.DeadlineExceeded, true},
		{"500", context.Background(), ServiceError("InternalErrorException", "", "", 500), true},
		{"503", context.Background(), ServiceError("ServiceUnavailable", "", "", 503), true},
		{"a balancer", context.Background(), &Error{Code: "invalidResponse"}, true},
		{"a refusal", context.Background(), ServiceError("NotAuthorizedException", "", "", 400), false},
		{"a throttle", context.Background(), ServiceError("TooManyRequestsException", "", "", 400), false},
		{"a trigger", context.Background(), ServiceError("UnexpectedLambdaException", "", "", 400), false},
		{"offline", context.Background(), NetworkError("offline", ErrOffline), false},
		{"the caller's end", ended, noConnection, false},
	} {
		if got := p.unanswered(c.ctx, c.err); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	b.network.off.Store(true)
	if p.unanswered(context.Background(), noConnection) {
		t.Error("a lost connection is no Region's fault")
	}
}

// The primary goes down and comes back: sign-in, refresh and writes, and what is told.
func TestFailover(t *testing.T) {
	ctx := context.Background()
	b, p, pool := openTwoRegions(t)
	now := time.Now()
	var ahead time.Duration
	p.Now = func() time.Time { return now.Add(ahead) }
	went := func(what string, want ...string) {
		t.Helper()
		pool.mu.Lock()
		defer pool.mu.Unlock()
		if !slices.Equal(pool.went, want) {
			t.Errorf("%s: %q, want %q", what, pool.went, want)
		}
		pool.went = nil
	}
	pool.set(false, noConnection)
	mustSignIn(t, p, "ada")
	went("sign-in", "InitiateAuth primary", "InitiateAuth replica")
	if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
		t.Fatal(err)
	}
	went("refresh", "GetTokensFromRefreshToken replica")

	err := p.ChangePassword(ctx, ChangePasswordInput{CurrentPassword: "Passw0rd!", ProposedPassword: "Passw0rd!2"})
	if e := AsError(err); err == nil || e.Code != "readOnlyRegion" || !e.Retryable {
		t.Errorf("a write: %v", err)
	}
	went("a write", "ChangePassword primary")

	// Another page knows at once.
	two := b.open(Options{ReplicaRegion: "us-west-2"})
	defer two.Close()
	if got := two.regionChanges(); !slices.Equal(got, []RegionChange{toReplica}) {
		t.Errorf("the other page was told %v", got)
	}
	other := &twoRegions{stepPool: pool.stepPool, auth: two.Auth, down: pool.down, had: pool.had}
	two.UserPool = other
	if _, err := two.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(other.went, []string{"GetTokensFromRefreshToken replica"}) {
		t.Errorf("the other page: %q", other.went)
	}

	// The replica's refusal of a refresh is not the last word.
	live := b.pool.live
	b.pool.live = map[string]chain{}
	if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err == nil || !AsError(err).Retryable || p.state.get().UserState != SignedIn {
		t.Errorf("refused by the replica: %v, %v", err, p.state.get())
	}
	b.pool.live = live
	went("refused", "GetTokensFromRefreshToken replica")

	// A while later the primary is tried again, found down, and found back.
	ahead = replicaHold + time.Second
	if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
		t.Fatal(err)
	}
	went("after the hold", "GetTokensFromRefreshToken primary", "GetTokensFromRefreshToken replica")
	pool.set(false, nil)
	ahead *= 2
	if _, err := p.GetTokens(ctx, GetTokensInput{ForceRefresh: true}); err != nil {
		t.Fatal(err)
	}
	went("back", "GetTokensFromRefreshToken primary")
	if err := two.StorageChanged(ctx); err != nil { // as the first page's new tokens make it
		t.Fatal(err)
	}
	for _, page := range []*page{p, two} {
		if got := page.regionChanges(); !slices.Equal(got, []RegionChange{toReplica, toPrimary}) {
			t.Errorf("told %v", got)
		}
	}
	for _, s := range p.states() {
		if s.UserState != SignedIn && s.UserState != SignedOut {
			t.Errorf("the listener heard %v", s)
		}
	}
}

func TestWritesBringThePrimaryBack(t *testing.T) {
	_, p, pool := openTwoRegions(t)
	pool.set(false, ServiceError("InternalErrorException", "", "", 500))
	mustSignIn(t, p, "ada")
	pool.set(false, nil)
	if err := p.ChangePassword(context.Background(), ChangePasswordInput{CurrentPassword: "Passw0rd!", ProposedPassword: "Passw0rd!2"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.GetTokens(context.Background(), GetTokensInput{ForceRefresh: true}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ChangePassword primary", "GetTokensFromRefreshToken primary"}; !slices.Equal(pool.went, want) {
		t.Errorf("%q, want %q", pool.went, want)
	}
	if got := p.regionChanges(); !slices.Equal(got, []RegionChange{toReplica, toPrimary}) {
		t.Errorf("told %v", got)
	}
}

// With both down, or without a replica, nothing changes.
func TestBothRegionsDown(t *testing.T) {
	ctx := context.Background()
	_, p, pool := openTwoRegions(t)
	pool.set(false, noConnection)
	pool.set(true, noConnection)
	if _, err := p.SignIn(ctx, SignInInput{Username: "ada", Password: "Passw0rd!"}); err == nil || AsError(err).Code != "networkError" {
		t.Error(err)
	}
	pool.set(true, ServiceError("OperationNotEnabledException", "the replica is not active", "", 400))
	if _, err := p.SignIn(ctx, SignInInput{Username: "ada", Password: "Passw0rd!"}); err == nil || AsError(err).Code != "networkError" {
		t.Error(err)
	}
	if got := p.regionChanges(); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	p.opts.ReplicaRegion = ""
	pool.set(true, nil)
	if _, err := p.SignIn(ctx, SignInInput{Username: "ada", Password: "Passw0rd!"}); err == nil || !slices.Equal(pool.went, []string{"InitiateAuth primary"}) {
		t.Errorf("without a replica: %v, %q", err, pool.went)
	}
}

// A half-done sign-in starts over where the other Region answers; its Session stays.
func TestHalfDoneSignInStartsOver(t *testing.T) {
	ctx := context.Background()
	_, p, pool := openTwoRegions(t)
	custom := SignInInput{Username: "ada", AuthFlow: "CUSTOM_AUTH"}
	if out, err := p.SignIn(ctx, custom); err != nil || out.SignInState != "customChallenge" || out.StartedOver {
		t.Fatal(out, err)
	}
	pool.set(true, noConnection)
	pool.set(false, noConnection)
	answer := ConfirmSignInInput{ChallengeResponse: "link"}
	if _, err := p.ConfirmSignIn(ctx, answer); err == nil || AsError(err).Code != "networkError" {
		t.Fatal(err)
	}
	pool.set(true, nil)
	out, err := p.ConfirmSignIn(ctx, answer)
	if err != nil || out.SignInState != "customChallenge" || !out.StartedOver {
		t.Fatal(out, err)
	}
	pool.set(false, nil) // the Session is the replica's, whoever is up
	if out, err := p.ConfirmSignIn(ctx, answer); err != nil || out.SignInState != "signedIn" || out.StartedOver {
		t.Fatal(out, err)
	}
}

// After a reload a half-done sign-in starts over as well: by the password, which is asked for, where it began with one.
func TestHalfDoneSignInStartsOverAfterReload(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		flow string
		want SignInState
	}{{"CUSTOM_AUTH", "customChallenge"}, {"USER_SRP_AUTH", "password"}} {
		t.Run(c.flow, func(t *testing.T) {
			b, p, pool := openTwoRegions(t)
			if _, err := p.SignIn(ctx, SignInInput{Username: "ada", AuthFlow: "CUSTOM_AUTH"}); err != nil {
				t.Fatal(err)
			}
			at, _, _ := p.pendingAttempt(ctx)
			at.Flow = c.flow // whose challenges the fake does not have
			if err := p.savePending(ctx, at); err != nil {
				t.Fatal(err)
			}
			again := b.open(Options{ReplicaRegion: "us-west-2"})
			t.Cleanup(again.Close)
			again.Session = p.Session // of the same tab
			again.UserPool, pool.auth = pool, again.Auth
			pool.set(false, noConnection)
			answer := ConfirmSignInInput{ChallengeResponse: "Passw0rd!"}
			out, err := again.ConfirmSignIn(ctx, answer)
			if err != nil || out.SignInState != c.want || !out.StartedOver {
				t.Fatalf("%+v, %v", out, err)
			}
			pool.set(true, noConnection) // both down: what was asked stays
			if _, err := again.ConfirmSignIn(ctx, answer); err == nil || AsError(err).Code != "networkError" {
				t.Fatal(err)
			}
			pool.set(true, nil)
			if out, err := again.ConfirmSignIn(ctx, answer); err != nil || out.SignInState != "signedIn" || out.StartedOver {
				t.Fatalf("%+v, %v", out, err)
			}
		})
	}
}

// What the replica refuses for being one ends the sign-in, for the moment.
func TestChallengeThatAReplicaDoesNotTake(t *testing.T) {
	ctx := context.Background()
	_, p, pool := openTwoRegions(t)
	pool.set(false, noConnection)
	if _, err := p.SignIn(ctx, SignInInput{Username: "ada", AuthFlow: "CUSTOM_AUTH"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ConfirmSignIn(ctx, ConfirmSignInInput{ChallengeResponse: "totp"}); err == nil || AsError(err).Code != "readOnlyRegion" {
		t.Fatal(err)
	}
	if pending, err := p.GetPendingSignIn(ctx, TOTPNames{}); err != nil || pending != nil {
		t.Errorf("pending %v, %v", pending, err)
	}
}
