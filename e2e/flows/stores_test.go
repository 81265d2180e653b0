package flows

import (
	"context"
	"encoding/json"
	"testing"

	"amplify-auth/core/origin"
	"amplify-auth/core/origin/origintest"
	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// A tabStore is a store of a page, in JavaScript.
type tabStore struct{ tab *browser.Tab }

func (s tabStore) Get(ctx context.Context, keys ...string) ([]*string, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if keys == nil {
		keys = []string{}
	}
	return browser.TryEval[[]*string](s.tab, `store.get(`+e2e.Args(keys)+`)`)
}

func (s tabStore) Apply(ctx context.Context, changes []origin.Change) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	list := make([][2]any, len(changes))
	for i, c := range changes {
		list[i] = [2]any{c.Key, c.Value}
	}
	_, err := browser.TryEval[json.RawMessage](s.tab, `Promise.resolve(store.apply(`+e2e.Args(list)+`)).then(() => null)`)
	return err
}

// openStores are the page's stores: those that tabs share, and those of one page.
const openStores = `
import { openStore } from '/web/src/storage.js';

const later = (value) => new Promise((resolve) => setTimeout(resolve, 1, value));
const custom = (area, wrap) => ({
  getItem: (key) => wrap(area.getItem(key)),
  setItem: (key, value) => wrap(area.setItem(key, value)),
  removeItem: (key) => wrap(area.removeItem(key)),
});
const ofMap = (map) => ({ getItem: (key) => map.get(key), setItem: (key, value) => map.set(key, value), removeItem: (key) => map.delete(key) });
const open = {
  local: () => openStore('local', () => {}),
  custom: () => openStore(custom(localStorage, (value) => value)),
  promises: () => openStore(custom(localStorage, later)),
  session: () => openStore('session', () => {}),
  memory: () => openStore('memory', () => {}),
  full: () => openStore('local', () => {}),
  map: () => openStore(custom(ofMap(new Map()), later)),
};
const { setItem } = Storage.prototype;
globalThis.begin = (name) => {
  Storage.prototype.setItem = setItem;
  localStorage.clear();
  sessionStorage.clear();
  if (name === 'full') Storage.prototype.setItem = () => { throw new DOMException('exceeded the quota', 'QuotaExceededError'); };
  globalThis.store = open[name]();
};
`

// The page's stores pass what every Storage must: those of the browser and a page's own, in two tabs and in one.
func TestStoresOfThePage(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	tab := openSources(t, root, openStores, "")
	other := tab.Sibling()
	other.Open(browser.Eval[string](tab, `location.href`))
	for _, page := range []*browser.Tab{tab, other} {
		page.Wait(`globalThis.begin`)
	}
	for name, shared := range map[string]bool{"local": true, "custom": true, "promises": true, "session": false, "memory": false, "full": false, "map": false} {
		t.Run(name, func(t *testing.T) {
			origintest.TestStorage(t, func(t *testing.T) (one, also origin.Storage) {
				begin := `begin(` + e2e.Args(name) + `)`
				tab.Run(begin)
				if !shared {
					return tabStore{tab}, tabStore{tab}
				}
				other.Run(begin)
				return tabStore{tab}, tabStore{other}
			})
		})
	}
}
