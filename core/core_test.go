package core

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRehearse(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*testing.T, *page)
		after  func(*testing.T, *page)
		want   int32
	}{
		{name: "signed out", want: 1},
		{name: "asked twice", after: func(t *testing.T, p *page) { p.Initialize(t.Context()) }, want: 1},
		{name: "signed in", before: func(t *testing.T, p *page) {
			if _, err := p.SignIn(t.Context(), SignInInput{Username: "demo", Password: "x"}); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "signing in meanwhile", after: func(t *testing.T, p *page) { p.signIns.begin(&attempt{}) }},
		{name: "closed meanwhile", after: func(t *testing.T, p *page) { p.Close() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newBrowser(t).open(Options{})
				defer p.Close()
				if c.before != nil {
					c.before(t, p)
				}
				synctest.Wait()
				var rehearsals atomic.Int32
				p.Rehearse = func() { rehearsals.Add(1) }
				if _, err := p.Initialize(t.Context()); err != nil {
					t.Fatal(err)
				}
				if c.after != nil {
					c.after(t, p)
				}
				time.Sleep(2 * rehearsalDelay)
				synctest.Wait()
				if got := rehearsals.Load(); got != c.want {
					t.Errorf("%d rehearsals, want %d", got, c.want)
				}
			})
		})
	}
}
