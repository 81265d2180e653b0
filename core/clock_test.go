package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"amplify-auth/core/origin/origintest"
)

// dated is the page's own server, which a cache may stand before.
type dated struct{ date time.Time }

func (d dated) Send(context.Context, HTTPRequest) (HTTPResponse, error) {
	return HTTPResponse{Status: 200, Date: d.date}, nil
}

type somePage struct{ Navigation }

func (somePage) Page() (string, bool) { return "https://app.example/", false }

// A date that is older than a token comes from a cache: it makes no expired token good
// again, and is asked for once.
func TestDateOlderThanTheToken(t *testing.T) {
	for name, c := range map[string]struct {
		date time.Duration // of the page's server, by the time
		ok   bool
	}{
		"the time":          {0, false},
		"cached for hours":  {-6 * time.Hour, false},
		"the clock is fast": {-90 * time.Minute, true}, // of this computer
		"no date":           {-1 << 62, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t)
			p := b.open(Options{RejectExpired: true})
			defer p.Close()
			mustSignIn(t, p, "ada")
			if err := p.own.Apply(t.Context(), []Change{{Key: p.layout.UserKey("ada", "refreshToken")}}); err != nil {
				t.Fatal(err)
			}
			now := time.Now().Add(2 * tokenLife)
			p.Now = func() time.Time { return now }
			p.clock = clock{now: p.Now}
			p.HTTP, p.Navigation = dated{now.Add(c.date)}, somePage{}
			if c.date < -time.Hour*1e5 {
				p.HTTP = dated{}
			}
			_, err := p.GetTokens(t.Context(), GetTokensInput{})
			if (err == nil) != c.ok || err != nil && !errors.Is(err, errSessionExpired) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A clock that was wrong at sign-in may have been put right before the page was opened that asks now: what has then ended,
// or is not yet issued, is no token to hand out before the service has told its time. Where it is as wrong as it was that
// costs a refresh, and no session.
func TestClockThatMayHaveBeenPutRight(t *testing.T) {
	const wrong = 30 * time.Minute
	for _, c := range []struct {
		name        string
		ahead       time.Duration // of the clock at sign-in
		after       time.Duration // since then
		right, down bool          // put right meanwhile; the service fails
		hidden      bool          // the service's Date is not shown to pages
		asked       int
	}{
		{"put right, the token is good", wrong, 45 * time.Minute, true, false, false, 0},
		{"put right, the token is over", wrong, 61 * time.Minute, true, false, false, 1},
		{"put right, it was behind", -wrong, 45 * time.Minute, true, false, false, 1},
		{"still wrong", wrong, 20 * time.Minute, false, false, false, 0},
		{"still wrong, it seems over", wrong, 45 * time.Minute, false, false, false, 1},
		{"still wrong, it seems not yet issued", -wrong, 20 * time.Minute, false, false, false, 1},
		{"still wrong by hours, and no Date is shown", 5 * wrong, 20 * time.Minute, false, false, true, 1},
		{"still wrong, and nobody can be asked", wrong, 45 * time.Minute, false, true, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBrowser(t)
				open := func(ahead time.Duration) *page {
					p := b.open(Options{RejectExpired: true})
					p.Now = func() time.Time { return time.Now().Add(ahead) }
					p.clock.now = p.Now
					return p
				}
				p := open(c.ahead)
				mustSignIn(t, p, "ada")
				p.Close()
				time.Sleep(c.after)
				if c.right {
					c.ahead = 0
				}
				p = open(c.ahead)
				defer p.Close()
				asks := &countingPool{fakePool: b.pool, answered: func() {
					if !c.hidden {
						p.ObserveTime(time.Now(), 0)
					}
				}}
				p.UserPool = asks
				if c.down {
					b.pool.setFault(ServiceError("InternalErrorException", "", "", 500))
				}
				for range 2 { // what was asked once is known
					tokens, err := p.GetTokens(t.Context(), GetTokensInput{})
					if err != nil {
						t.Fatal(err)
					}
					if end := time.UnixMilli(tokens.AccessToken.Expiration); !end.After(time.Now()) {
						t.Errorf("a token that ended %v ago", time.Since(end))
					}
				}
				if asks.asked != c.asked || p.state.get().UserState != SignedIn {
					t.Errorf("%d refreshes, want %d; state %s", asks.asked, c.asked, p.state.get().UserState)
				}
			})
		})
	}
}

// Nor are such credentials.
func TestCredentialsOfAClockThatMayHaveBeenPutRight(t *testing.T) {
	const hour = time.Hour
	for name, c := range map[string]struct {
		drift, left time.Duration // as stored, and by a clock that was put right
		known       bool          // the service has told its time since: the clock is right
		again       bool
	}{
		"good by any clock":           {-hour / 2, hour / 2, false, false},
		"over by one that is right":   {-hour / 2, time.Minute, false, true},
		"good, and known to be":       {hour, hour / 2, true, false},
		"over, and known to be":       {-hour / 2, time.Minute, true, true},
		"over by one that is as fast": {hour, hour / 2, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			storage := newMemory()
			a, ids := identityClient(storage, origintest.New().Page())
			defer a.Close()
			if _, err := a.credentials(t.Context(), GetCredentialsInput{}); err != nil {
				t.Fatal(err)
			}
			h, err := a.holder(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			a.clock = clock{now: a.Now}
			stored := *h.credentials
			stored.ClockDrift, stored.Issued, stored.Expiration = c.drift.Milliseconds(), 0, a.Now().Add(c.left).UnixMilli()
			changes, err := a.records().CredentialChanges(&stored)
			if err != nil {
				t.Fatal(err)
			}
			if err := storage.Apply(t.Context(), changes); err != nil {
				t.Fatal(err)
			}
			if c.known {
				a.ObserveTime(a.Now(), 0)
			}
			calls := ids.calls
			if _, err := a.credentials(t.Context(), GetCredentialsInput{}); err != nil || ids.calls > calls != c.again {
				t.Errorf("%d calls, want some: %t (%v)", ids.calls-calls, c.again, err)
			}
		})
	}
}

// slow answers with the time at which it was asked.
type slow struct{ took time.Duration }

func (s slow) Send(context.Context, HTTPRequest) (HTTPResponse, error) {
	date := time.Now()
	time.Sleep(s.took)
	return HTTPResponse{Status: 200, Date: date}, nil
}

// An answer that was under way while the computer slept tells a time that is over.
func TestAnswerThatTookLong(t *testing.T) {
	for took, known := range map[time.Duration]bool{20 * time.Second: true, 8 * time.Hour: false} {
		synctest.Test(t, func(t *testing.T) {
			p := newBrowser(t).open(Options{})
			defer p.Close()
			p.HTTP = slow{took}
			if _, err := p.send(t.Context(), HTTPRequest{}); err != nil || p.clock.known() != known {
				t.Errorf("after %v the time is known: %t, want %t (%v)", took, p.clock.known(), known, err)
			}
		})
	}
}

func TestDateOf(t *testing.T) {
	const date = "Sun, 22 Nov 2026 12:00:00 GMT"
	for name, c := range map[string]struct {
		headers map[string]string
		ok      bool
	}{
		"none":         {nil, false},
		"not a date":   {map[string]string{"Date": "today"}, false},
		"a date":       {map[string]string{"Date": date}, true},
		"just made":    {map[string]string{"Date": date, "Age": "0"}, true},
		"from a cache": {map[string]string{"Date": date, "Age": "3"}, false},
	} {
		if got := DateOf(func(name string) string { return c.headers[name] }); !got.IsZero() != c.ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
