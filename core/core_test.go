package core

import (
	"context"
	"embed"
	"errors"
	"strings"
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

func TestSinglePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s single[int]
		why := errors.New("paused")
		began := 0
		work := func(ctx context.Context) (int, error) {
			began++
			<-ctx.Done()
			return 0, ctx.Err()
		}
		share := func() chan error {
			ended := make(chan error, 1)
			go func() {
				_, err := s.share(t.Context(), t.Context(), "work", work)
				ended <- err
			}()
			synctest.Wait()
			return ended
		}
		first := share()
		resume := s.pause(why)
		if err := <-first; err != why {
			t.Errorf("the work that ran ended with %v", err)
		}
		second := share()
		resumeAgain := s.pause(why)
		resume()
		synctest.Wait()
		if began != 1 {
			t.Errorf("%d began while paused", began-1)
		}
		resumeAgain()
		synctest.Wait()
		if began != 2 {
			t.Errorf("%d began, want 2", began)
		}
		s.interrupt(why)
		if err := <-second; err != why {
			t.Errorf("the work that waited ended with %v", err)
		}

		// What the work found out by itself stays.
		own := errors.New("own")
		go func() {
			synctest.Wait()
			s.interrupt(why)
		}()
		if _, err := s.share(t.Context(), t.Context(), "work", func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, own
		}); err != own {
			t.Errorf("%v, want the work's own error", err)
		}
	})
}

//go:embed *.go
var sources embed.FS

// Ensure that the map of doc.go has every file.
func TestMapOfFiles(t *testing.T) {
	text, err := sources.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := sources.ReadDir(".")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if name := file.Name(); name != "doc.go" && !strings.HasSuffix(name, "_test.go") && !strings.Contains(string(text), name) {
			t.Errorf("doc.go does not say what %s is about", name)
		}
	}
}
