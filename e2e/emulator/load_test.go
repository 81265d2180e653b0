package emulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve hands a request to the server as HTTP would.
func serve(s *Server, operation, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// BenchmarkSignIns signs users of a pool of 5,000 in by password: in memory, and with a data file. The figure that counts
// is sign-ins per minute.
func BenchmarkSignIns(b *testing.B) {
	for _, kind := range []string{"memory", "file"} {
		b.Run(kind, func(b *testing.B) {
			options := Options{}
			if kind == "file" {
				options.Data = filepath.Join(b.TempDir(), "cognito.db")
			}
			s, err := Open(options)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Seed(); err != nil {
				b.Fatal(err)
			}
			const users, signing = 5000, 100
			p := s.state.pools.get(SeedPoolID)
			c := s.newCall(httptest.NewRequest(http.MethodPost, "/", nil), "")
			for i := range users {
				name := fmt.Sprintf("user-%d", i)
				u := c.addUser(p, name, map[string]string{"email": name + "@example.com"})
				u.Status = "CONFIRMED"
				if i < signing {
					u.Password = newVerifier(p.poolName(), name, SeedPassword)
				}
			}
			s.settle()
			var next atomic.Int64
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1) % signing
					body := fmt.Sprintf(`{"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": %q, "AuthParameters": {"USERNAME": "user-%d", "PASSWORD": %q}}`, SeedClientID, n, SeedPassword)
					if w := serve(s, "InitiateAuth", body); w.Code != http.StatusOK {
						b.Error(w.Body)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Minutes(), "sign-ins/min")
		})
	}
}

// BenchmarkIdle is what a server costs that nobody uses: the memory of one that is seeded, and of each user and each call
// that it remembers; and the time of a call that only reads.
func BenchmarkIdle(b *testing.B) {
	before := liveHeap()
	s := New(Options{})
	if err := s.Seed(); err != nil {
		b.Fatal(err)
	}
	seeded := liveHeap()
	const users = 10_000
	p := s.state.pools.get(SeedPoolID)
	c := s.newCall(httptest.NewRequest(http.MethodPost, "/", nil), "")
	for i := range users {
		name := fmt.Sprintf("user-%d", i)
		c.addUser(p, name, map[string]string{"email": name + "@example.com"})
	}
	filled := liveHeap()
	describe := fmt.Sprintf(`{"UserPoolId": %q}`, SeedPoolID)
	for range maxCalls {
		serve(s, "DescribeUserPool", describe)
	}
	called := liveHeap()
	for b.Loop() {
		if w := serve(s, "DescribeUserPool", describe); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	b.ReportMetric((seeded-before)/1024, "kB-seeded")
	b.ReportMetric((filled-seeded)/users, "B/user")
	b.ReportMetric((called-filled)/maxCalls, "B/remembered-call")
	runtime.KeepAlive(s)
}

// liveHeap is the memory in use, in bytes.
func liveHeap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// TestBounded sends more than the server keeps of messages and calls.
func TestBounded(t *testing.T) {
	b := newBed(t)
	for i := range maxOutbox + 10 {
		b.server.control.send([]string{"demo"}, Message{Code: fmt.Sprint(i)})
	}
	messages := b.server.Outbox("demo")
	if len(messages) != maxOutbox || messages[0].Code != fmt.Sprint(maxOutbox+9) {
		t.Errorf("%d messages, the newest %s", len(messages), messages[0].Code)
	}
	c := b.server.newCall(httptest.NewRequest(http.MethodPost, "/", nil), "Test")
	for range maxCalls + 10 {
		b.server.control.record(c, http.StatusOK, "")
	}
	if n := len(b.server.Calls()); n > maxCalls || n < maxCalls/2 {
		t.Errorf("%d calls are listed", n)
	}
}

// TestExpiredSessionsGo signs in until those that have expired are looked for.
func TestExpiredSessionsGo(t *testing.T) {
	b := newBed(t)
	for range 20 {
		b.password("demo", SeedPassword)
	}
	b.server.Advance(32 * 24 * time.Hour)
	b.server.mu.Lock()
	b.server.state.pruneGrants(b.server.Now())
	left, tokens := b.server.state.grants.len(), b.server.state.refresh.len()
	b.server.mu.Unlock()
	if left != 0 || tokens != 0 {
		t.Errorf("%d sessions and %d refresh tokens are left a day after they expired", left, tokens)
	}
}
