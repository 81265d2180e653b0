// Package origintest stands in for a browser in tests, and holds what every Storage
// and every Locks must pass.
package origintest

import (
	"cmp"
	"context"
	"maps"
	"sync"
	"time"

	"amplify-auth/core/origin"
)

// An Origin is what pages share, as a browser of several processes has it: a page
// sees its own changes at once and those of other pages Lag later, one after the other
// with Pace between them.
type Origin struct {
	Lag, Pace time.Duration

	mu     sync.Mutex
	seen   map[string]string // by all pages
	recent []change          // not yet
	locks  map[string]chan struct{}
	pages  map[*Page]bool
}

type change struct {
	origin.Change
	at time.Time
	by *Page
}

// New makes an Origin with nothing stored.
func New() *Origin {
	return &Origin{seen: map[string]string{}, locks: map[string]chan struct{}{}, pages: map[*Page]bool{}}
}

// A Page is one page's Storage and Locks.
type Page struct {
	*Origin
	fault     error
	published map[string]string
}

// Page opens a page.
func (o *Origin) Page() *Page {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := &Page{Origin: o, published: map[string]string{}}
	o.pages[p] = true
	return p
}

// Close ends a page, and with it what it has published.
func (p *Page) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pages, p)
}

// Fail makes Apply fail until it is called with nil.
func (p *Page) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = err
}

func put(values map[string]string, c origin.Change) {
	if c.Value == nil {
		delete(values, c.Key)
	} else {
		values[c.Key] = *c.Value
	}
}

// settle moves what every page sees by now.
func (o *Origin) settle() {
	for len(o.recent) > 0 && time.Since(o.recent[0].at) >= o.Lag {
		put(o.seen, o.recent[0].Change)
		o.recent = o.recent[1:]
	}
}

// Values is all that p sees; of a nil page, what is stored in the end.
func (o *Origin) Values(p *Page) map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settle()
	values := maps.Clone(o.seen)
	for _, c := range o.recent {
		if p == nil || c.by == p {
			put(values, c.Change)
		}
	}
	return values
}

func (p *Page) Get(ctx context.Context, keys ...string) ([]*string, error) {
	values := p.Values(p)
	out := make([]*string, len(keys))
	for i, k := range keys {
		if v, ok := values[k]; ok {
			out[i] = &v
		}
	}
	return out, ctx.Err()
}

func (p *Page) Apply(ctx context.Context, changes []origin.Change) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil || ctx.Err() != nil {
		return cmp.Or(p.fault, ctx.Err())
	}
	at := time.Now()
	for _, removes := range []bool{true, false} {
		for _, c := range changes {
			if (c.Value == nil) == removes {
				p.recent = append(p.recent, change{c, at, p})
				at = at.Add(p.Pace)
			}
		}
	}
	return nil
}

func (p *Page) With(ctx context.Context, name string, wait time.Duration, f func(context.Context, bool) error) error {
	p.mu.Lock()
	lock := p.locks[name]
	if lock == nil {
		lock = make(chan struct{}, 1)
		p.locks[name] = lock
	}
	p.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case lock <- struct{}{}:
		defer func() { <-lock }()
		return f(ctx, true)
	case <-timer.C:
		return f(ctx, false)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Page) Publish(_ context.Context, name, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published[name] = value
}

func (p *Page) Published(_ context.Context, name string) (values []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for page := range p.pages {
		if v, ok := page.published[name]; ok {
			values = append(values, v)
		}
	}
	return values
}
