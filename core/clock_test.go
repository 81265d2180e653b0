package core

import (
	"context"
	"errors"
	"testing"
	"time"
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
