package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// random is a generator that gives the same numbers for the same seed (mulberry32), so that a failure names its run.
const random = `
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (random, list) => list[Math.floor(random() * list.length)];
globalThis.failures = [];
const fail = (seed, step, ...what) => failures.length < 20 && failures.push('run ' + seed + ', step ' + step + ': ' + what.join(' '));
`

// properties runs a module that fills failures and ends with runs, the number of its runs.
func properties(t *testing.T, module string) {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	tab := openSources(t, root, random+module, "")
	tab.Wait("globalThis.runs")
	for _, failure := range browser.Eval[[]string](tab, "failures") {
		t.Error(failure)
	}
	if n := browser.Eval[int](tab, "runs"); n < 500 {
		t.Errorf("%d runs", n)
	}
}

// Whatever is written to a store that may be full, by this page and by another one: a page reads what it last wrote, all of
// a write or nothing of it; what it removed nobody finds; and what another page changed of what the area had in place of the
// memory ends the memory.
func TestStoreProperties(t *testing.T) {
	properties(t, `
import { openStore } from '/web/src/storage.js';

// localStorage with room for so many characters, that counts its values.
class Area {
  values = new Map();
  room = Infinity;
  getItem(key) { return this.values.get(key) ?? null; }
  removeItem(key) { this.values.delete(key); }
  setItem(key, value) {
    let used = value.length;
    for (const [k, v] of this.values) if (k !== key) used += v.length;
    if (used > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.values.set(key, value);
  }
}

const KEYS = ['a', 'b', 'c', 'd'];
let count = 0;
for (let seed = 1; seed <= 1500; seed++, count++) {
  const random = generator(seed);
  const area = new Area();
  Object.defineProperty(globalThis, 'propertiesStorage', { value: area, configurable: true });
  let fellBack = 0;
  const store = openStore('properties', () => fellBack++);
  const want = new Map(); // what this page must read
  const seen = new Map(); // what the area had when the page's memory took over
  let remembers = false;
  for (let step = 0; step < 12; step++) {
    const act = random();
    if (act < 0.2) area.room = pick(random, [Infinity, Infinity, 4, 10, 30]);
    else if (act < 0.35) { // another page, in the same area, which removes or takes little room
      const key = pick(random, KEYS);
      const value = random() < 0.5 ? null : 'o' + step;
      if (value === null) area.removeItem(key);
      else try { area.setItem(key, value); } catch { continue; }
      if (!remembers || !seen.has(key)) want.set(key, value); // it is no value of the session in memory
      else if (seen.get(key) !== value) { // the area is right again, for all
        remembers = false;
        seen.clear();
        for (const k of KEYS) want.set(k, area.getItem(k));
      }
    } else {
      const changes = KEYS.filter(() => random() < 0.6).map((key) => [key, random() < 0.3 ? null : pick(random, ['', 's', 'mid' + step, 'long'.repeat(3)])]);
      const before = fellBack;
      const had = new Map(area.values);
      store.apply(changes);
      for (const [key, value] of changes) want.set(key, value);
      if (fellBack > before) {
        remembers = true;
        for (const key of [...seen.keys(), ...changes.map(([key]) => key)]) seen.set(key, area.getItem(key));
        for (const [key, value] of changes) if (value === null && area.getItem(key) !== null) fail(seed, step, 'the area has', key, 'that was removed');
        for (const [key, value] of area.values) if (had.get(key) !== value) fail(seed, step, 'the area has half of a write:', key);
      } else {
        remembers = false;
        seen.clear();
        for (const [key, value] of changes) if (area.getItem(key) !== value) fail(seed, step, 'the area has', key, '=', area.getItem(key), 'want', value);
      }
      if (store.forgetful !== remembers) fail(seed, step, 'forgetful', store.forgetful);
    }
    const got = store.get(KEYS);
    KEYS.forEach((key, i) => got[i] !== (want.get(key) ?? null) && fail(seed, step, key, 'is', got[i], 'want', want.get(key)));
  }
}
globalThis.runs = count;`)
}

// Whatever the engine and the store say of the state, and whoever begins or ends to listen meanwhile: a listener hears the
// state that it began in, then each change once and in order, last the state that is; one that throws costs the others
// nothing; and who was removed hears nothing more.
func TestStatesProperties(t *testing.T) {
	properties(t, `
import { States } from '/web/src/states.js';

globalThis.addEventListener('error', (event) => event.preventDefault()); // a listener's own, told to the page
const turn = () => new Promise((done) => setTimeout(done));
const same = (a, b) => a.userState === b.userState && a.details.username === b.details.username && a.details.provider === b.details.provider;
let count = 0;
for (let seed = 1; seed <= 600; seed++, count++) {
  const random = generator(seed);
  const events = [];
  const target = new EventTarget();
  target.addEventListener('userstatechange', ({ detail }) => events.push(detail));
  const states = new States(target);
  const told = []; // every change
  const listeners = [];
  for (let step = 0; step < 15; step++) {
    const act = random();
    if (act < 0.15) {
      const heard = [];
      const fn = (userState, details) => {
        heard.push({ userState, details });
        if (random() < 0.1) throw new Error('of the page');
      };
      states.add(fn);
      listeners.push({ fn, heard, began: states.current, from: told.length, until: Infinity });
    } else if (act < 0.2 && listeners.length) {
      const listener = pick(random, listeners);
      await turn();
      states.remove(listener.fn);
      listener.until = Math.min(listener.until, told.length);
    } else if (act < 0.3) await turn();
    else {
      const before = states.current;
      const now = { userState: pick(random, ['signedIn', 'signedOut', 'guest', 'signedOutUserPoolsTokenInvalid']), details: { username: pick(random, ['ada', 'bob']), token: pick(random, ['1', '2']) } };
      const engine = random() < 0.5;
      states.set(now, engine);
      if (!same(before, now) || engine && before.details.token !== now.details.token) told.push(now);
      if (states.current.userState !== now.userState || states.current.details !== now.details) fail(seed, step, 'the current state is another one');
    }
  }
  await turn();
  const text = (list) => JSON.stringify(list);
  if (text(events) !== text(told)) fail(seed, 'end', 'events', text(events), 'want', text(told));
  for (const { heard, began, from, until } of listeners) {
    const want = [began, ...told.slice(from, until)];
    if (text(heard) !== text(want)) fail(seed, 'end', 'heard', text(heard), 'want', text(want));
  }
}
globalThis.runs = count;`)
}
