// Package soak is the long form of the end-to-end tests: thousands of faults, many tabs, memory over time.
// SOAK_FAULTS and SOAK_EXPIRIES set how long it takes; SOAK_SEED repeats a run.
package soak

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/emulator"
)

func TestMain(m *testing.M) { browser.Main(m) }

func number(name string, standard int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return standard
}

const signIn = `auth.signIn({ username: 'demo', password: 'Passw0rd!' })`

// Ensure that faults of every kind over a loop of refreshes and sign-ins never sign the user out, never
// leave a call hanging, reject only with errors that say "try again", and leak no memory.
func TestFaults(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e2e.Must[any](e, signIn)
	seed := uint64(number("SOAK_SEED", int(time.Now().UnixNano()%1e9)))
	t.Logf("SOAK_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	kinds := []string{"status500", "throttle", "drop", "dropReply", "slow", "html", "offline", "none"}
	faults, rejected := number("SOAK_FAULTS", 2000), 0
	var memory []int
	for i := range faults {
		kind := kinds[random.IntN(len(kinds))]
		switch kind {
		case "offline":
			e.Tab.Offline(true)
		default:
			e.Cognito.InjectFault(emulator.Fault{Operation: "*", Kind: kind, Count: 1 + random.IntN(4), DelayMs: random.IntN(100)})
		}
		_, err := e2e.Call[any](e, `auth.getTokens({ forceRefresh: true, timeout: 20_000 })`)
		if err != nil {
			rejected++
			if !err.AuthError || !err.Retryable {
				t.Fatalf("fault %d (%s): rejected with %v (retryable %v)", i, kind, err, err.Retryable)
			}
		}
		if state := browser.Eval[string](e.Tab, `auth.currentUserState`); state != "signedIn" {
			t.Fatalf("fault %d (%s): the state is %s", i, kind, state)
		}
		e.Cognito.ClearFaults()
		e.Tab.Offline(false)
		if i%50 == 49 {
			e2e.Must[any](e, `auth.signOut()`)
			e2e.Must[any](e, signIn)
		}
		if i%200 == 199 {
			memory = append(memory, used(t, e.Tab))
		}
	}
	t.Logf("%d faults, %d calls rejected, bytes in use every 200: %v", faults, rejected, memory)
	// The first reading still has caches to fill.
	if n := len(memory); n >= 4 && memory[n-1] > memory[1]+memory[1]/4 {
		t.Errorf("memory grew from %d to %d bytes", memory[1], memory[n-1])
	}
}

// used is what the page holds after a collection: JavaScript's heap and the buffers beside it, the
// engine's linear memory among them.
func used(t *testing.T, tab *browser.Tab) int {
	t.Helper()
	if _, err := chromedp.Call(tab.Context(), heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	usage, err := chromedp.Call(tab.Context(), runtime.GetHeapUsage, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	return int(usage.UsedSize + usage.BackingStorageSize)
}

// Ensure that many tabs of one user, all asking at the moment of expiry, refresh once per expiry and stay
// signed in.
func TestTabs(t *testing.T) {
	e := e2e.Start(t)
	e.App("")
	e2e.Must[any](e, signIn)
	tabs := []*browser.Tab{e.Tab}
	for len(tabs) < 8 {
		tab := e.Tab.Sibling()
		tab.Open(e.Origin + "/app")
		tab.Wait("globalThis.auth")
		tabs = append(tabs, tab)
	}
	expiries := number("SOAK_EXPIRIES", 50)
	for i := range expiries {
		e.Cognito.ResetCalls()
		e.Cognito.Advance(2 * time.Hour)
		for _, tab := range tabs {
			tab.Advance(2 * time.Hour)
		}
		tokens := make([]string, len(tabs))
		var wait sync.WaitGroup
		for j, tab := range tabs {
			wait.Go(func() {
				var err *e2e.AuthError
				if tokens[j], err = e2e.CallIn[string](tab, `auth.getTokens().then(t => t.accessToken.tokenString)`); err != nil {
					t.Errorf("expiry %d, tab %d: %v", i, j, err)
				}
			})
		}
		wait.Wait()
		if t.Failed() {
			t.FailNow()
		}
		for j, token := range tokens {
			if token != tokens[0] {
				t.Errorf("expiry %d: tab %d has another token than tab 0", i, j)
			}
		}
		if n := len(e.Operations()); n != 1 {
			t.Errorf("expiry %d: %d requests, want one refresh for all tabs: %v", i, n, e.Operations())
		}
	}
}
