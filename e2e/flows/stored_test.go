package flows

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// readStored is the page's answer to a store, in the order of core's storedAnswer. holder is none where the page leaves it
// to the engine, which is wherever nobody is signed in.
const readStored = `
import { readSession, storageKeys } from '/web/src/session.js';
import { storedCredentials, storedTokens } from '/web/src/values.js';

function answer({ config, now, storage, want }) {
  const { userPoolId, clientId, identityPoolId, external = false } = config;
  const ids = { userPoolId, clientId, identityPoolId, external, own: clientId ?? identityPoolId };
  const store = new Map(Object.entries(storage));
  const session = readSession(ids, storageKeys(ids), (keys) => keys.map((key) => store.get(key) ?? null), now);
  const tokens = storedTokens(session);
  const given = tokens && {
    accessToken: tokens.accessToken.tokenString, expiration: String(tokens.accessToken.expiration.getTime()),
    idToken: tokens.idToken?.tokenString, refreshToken: tokens.refreshToken?.tokenString,
  };
  const credentials = storedCredentials(session, now);
  return {
    state: session.userState, details: session.details, fresh: session.fresh,
    holder: session.holder ?? (session.userState === 'signedIn' ? undefined : want.holder),
    tokens: given ?? {},
    accessKey: credentials?.accessKeyId ?? (session.holder ? '' : want.accessKey),
    identityId: session.identityId ?? '',
  };
}

const text = (value) => JSON.stringify(value, (_, v) => v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).sort()) : v);

globalThis.lines = (await (await fetch('/answers')).text()).trim().split('\n');

// Of some lines, those that the page reads otherwise than Go.
globalThis.differences = (from, to) => lines.slice(from, to).map((line) => {
  const store = JSON.parse(line);
  const got = text(answer(store));
  return got === text(store.want) ? '' : line + '\nthe page: ' + got;
}).filter(Boolean);
`

// The page reads a stored session as the engine does: the cases of core/testdata/stored_sessions.json, and stores that
// were damaged at random. STORED_COUNT says how many (make soak: 50,000).
func TestStoredSessionsReadAlike(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	count := os.Getenv("STORED_COUNT")
	if count == "" {
		count = "10000"
	}
	answers := filepath.Join(t.TempDir(), "answers")
	engine := exec.Command("go", "test", "-count=1", "-run", "^TestMutatedStores$", "./core")
	engine.Dir = root
	engine.Env = append(os.Environ(), "STORED_ANSWERS="+answers, "STORED_COUNT="+count)
	if out, err := engine.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tab := openSources(t, root, readStored, answers)
	tab.Wait("globalThis.differences")
	total := browser.Eval[int](tab, "lines.length")
	if want, _ := strconv.Atoi(count); total < want {
		t.Errorf("%d stores were written, want %s", total, count)
	}
	const some = 5000
	for from := 0; from < total; from += some {
		for _, difference := range browser.Eval[[]string](tab, fmt.Sprintf("differences(%d, %d)", from, from+some)) {
			t.Errorf("read otherwise: %s", difference)
		}
	}
	t.Logf("%d stores", total)
}
