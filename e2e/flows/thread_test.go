package flows

import (
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// checkSources runs named checks over the page's sources; each throws what is wrong.
func checkSources(t *testing.T, imports, checks string) {
	t.Helper()
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	tab := openSources(t, root, imports+`
import { AuthError } from '/web/src/errors.js';
const equal = (got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(JSON.stringify(got) + ', want ' + JSON.stringify(want));
};
const rejection = (promise) => promise.then((value) => { throw new Error('resolved with ' + value); }, (error) => error);
const checks = {`+checks+`};
const results = {};
const end = () => new Promise((_, reject) => setTimeout(reject, 15_000, 'no end'));
for (const [name, check] of Object.entries(checks)) results[name] = await Promise.race([check(), end()]).then(() => '', (error) => String(error?.stack ?? error));
globalThis.results = results;`, "/dev/null")
	tab.Wait("globalThis.results")
	for name, failure := range browser.Eval[map[string]string](tab, "results") {
		t.Run(name, func(t *testing.T) {
			if failure != "" {
				t.Error(failure)
			}
		})
	}
}

// Ensure that a call to the other thread ends as one here would: with its value, or with what was thrown, whatever that is.
func TestWire(t *testing.T) {
	t.Parallel()
	checkSources(t, `
import { Wire } from '/web/src/wire.js';

const wires = (here, there) => {
  const { port1, port2 } = new MessageChannel();
  return [new Wire(port1, here), new Wire(port2, there)];
};
// what the other thread throws
const thrown = (error) => rejection(wires({}, { fn() { throw error; } })[0].ask('fn', []));
const pair = (makeHere, makeThere) => {
  const { port1, port2 } = new MessageChannel();
  const there = {};
  const here = {};
  const one = new Wire(port1, here);
  const two = new Wire(port2, there);
  Object.assign(here, makeHere(one));
  Object.assign(there, makeThere(two));
  return one;
};
// what comes back of the first of what was thrown here, by way of the other thread
const roundTrip = (throwers) => rejection(pair(() => ({ ask: (i) => { throw throwers[i]; } }), (two) => ({ async fn() {
  const errors = [];
  for (const i of throwers.keys()) errors.push(await rejection(two.ask('ask', [i])));
  throw errors[0];
} })).ask('fn', []));`, `
  async values() {
    const [one] = wires({}, { add: (a, b) => a + b, nothing() {} });
    equal(await Promise.all([one.ask('add', [1, 2]), one.ask('nothing', []), one.ask('add', ['a', 'b'])]), [3, undefined, 'ab']);
  },
  async 'an AuthError'() {
    const error = await thrown(new AuthError('SlowDown', 'throttled', 'wait', { retryable: true, requestId: '7', cause: new TypeError('net') }));
    equal([error instanceof AuthError, error.name, error.code, error.message, error.retryable, error.requestId], [true, 'SlowDown', 'throttled', 'wait', true, '7']);
    equal([error.cause instanceof Error, error.cause.name, error.cause.message], [true, 'TypeError', 'net']);
  },
  async 'errors that are not ours'() {
    const error = await thrown(new DOMException('not now', 'NotAllowedError'));
    equal([error instanceof AuthError, error.name, error.message, 'code' in error], [false, 'NotAllowedError', 'not now', false]);
  },
  async 'an error of another realm'() {
    const frame = document.body.appendChild(document.createElement('iframe'));
    equal((await thrown(new frame.contentWindow.RangeError('far'))).message, 'far');
  },
  async 'what is no error'() {
    for (const value of [undefined, null, 0, 'text', Symbol('s'), {}, () => 0, Object.create(null)]) {
      equal((await thrown(value)) instanceof Error, true);
    }
  },
  async 'an error that cannot be read'() {
    equal((await thrown({ get message() { throw 0; } })) instanceof Error, true);
  },
  async 'an error that is its own cause'() {
    const error = new Error('round');
    error.cause = error;
    equal((await thrown(error)).message, 'round');
  },
  async 'a value that cannot be copied'() {
    const [one] = wires({}, { fn: () => () => 0 });
    equal((await rejection(one.ask('fn', []))).name, 'DataCloneError');
    equal((await rejection(one.ask('fn', [() => 0]))).name, 'DataCloneError');
  },
  async 'the very same comes back'() {
    for (const error of [new Error('mine'), 'text', { a: 1 }]) equal((await roundTrip([error])) === error, true);
  },
  async 'the very same comes back, or its like, after many others'() {
    const many = Array.from({ length: 100 }, (_, i) => new Error('number ' + i));
    equal((await roundTrip(many)).message, 'number 0');
  },
  async abort() {
    const [one] = wires({}, { wait: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'))) });
    const life = new AbortController();
    const answer = one.ask('wait', [], life.signal);
    life.abort();
    equal(await answer, 'ended');
    equal(await one.ask('wait', [], life.signal), 'ended'); // aborted before it was asked
  },
  async 'the end'() {
    const [one] = wires({}, { never: () => new Promise(() => {}), now: () => 1 });
    const waiting = rejection(one.ask('never', []));
    await one.ask('now', []);
    const error = new Error('over');
    one.fail(error);
    equal([await waiting === error, await rejection(one.ask('now', [])) === error], [true, true]);
  },
  async order() {
    const heard = [];
    const [one] = wires({}, { note: (n) => void heard.push(n), all: () => heard });
    for (const n of [1, 2, 3]) one.tell('note', n);
    equal(await one.ask('all', []), [1, 2, 3]);
  },
`)
}

// Ensure that the page's store has no refresh token while the worker finds each where it put it.
func TestVeil(t *testing.T) {
	t.Parallel()
	checkSources(t, `
import { KEPT } from '/web/src/values.js';
import { Veil } from '/web/src/veil.js';

const page = () => {
  const store = new Map();
  const asked = [];
  const ask = async (name, args) => {
    asked.push(name);
    if (name === 'storage.apply') for (const [key, value] of args[0]) value === null ? store.delete(key) : store.set(key, value);
    else if (name === 'storage.get') return args[0].map((key) => store.get(key) ?? null);
    else return 'other';
  };
  return { store, asked, ask };
};
const P = 'CognitoIdentityServiceProvider.client.ann.';`, `
  async tokens() {
    const { store, ask } = page();
    const veil = new Veil();
    await veil.ask(ask, 'storage.apply', [[[P + 'accessToken', 'a'], [P + 'refreshToken', 'secret'], [P + 'idToken', null]]]);
    equal([...store], [[P + 'accessToken', 'a'], [P + 'refreshToken', KEPT]]);
    equal(await veil.ask(ask, 'storage.get', [[P + 'refreshToken', P + 'accessToken', P + 'idToken']]), ['secret', 'a', null]);
    await veil.ask(ask, 'storage.apply', [[[P + 'refreshToken', null]]]);
    equal(await veil.ask(ask, 'storage.get', [[P + 'refreshToken']]), [null]);
    equal(store.has(P + 'refreshToken'), false);
  },
  async 'what the page says is no refresh token'() {
    const { store, ask } = page();
    store.set(P + 'refreshToken', 'made up');
    equal(await new Veil().ask(ask, 'storage.get', [[P + 'refreshToken']]), [null]);
  },
  async 'the session of another provider'() {
    const { store, ask } = page();
    const veil = new Veil();
    const key = 'AmplifyAuth.own.session';
    const session = JSON.stringify({ accessToken: 'a', refreshToken: 'secret', username: 'ann' });
    await veil.ask(ask, 'storage.apply', [[[key, session]]]);
    equal(JSON.parse(store.get(key)), { accessToken: 'a', refreshToken: KEPT, username: 'ann' });
    equal(await veil.ask(ask, 'storage.get', [[key]]), [session]);
    const without = JSON.stringify({ accessToken: 'a' });
    await veil.ask(ask, 'storage.apply', [[[key, without]]]);
    equal([store.get(key), await veil.ask(ask, 'storage.get', [[key]])], [without, [without]]);
  },
  async 'other questions'() {
    const { asked, ask } = page();
    equal([await new Veil().ask(ask, 'headers', []), asked], ['other', ['headers']]);
  },
  async results() {
    const veil = new Veil();
    equal(veil.result('getTokens', '{"accessToken":1,"refreshToken":2}'), '{"accessToken":1}');
    equal(veil.result('getUserAttributes', '{"refreshToken":2}'), '{"refreshToken":2}');
  },
`)
}

// Ensure that an engine which does not answer is ended, and no other: not one that is slow, nor one whose page has slept.
func TestWatchdog(t *testing.T) {
	t.Parallel()
	checkSources(t, `
import { startWorker } from '/web/src/engine-thread.js';
import { Wire } from '/web/src/wire.js';

globalThis.RELEASE = 'this one';
let now = 0;
const ticks = new Set();
Date.now = () => now;
globalThis.setInterval = (fn) => (ticks.add(fn), fn);
globalThis.clearInterval = (fn) => ticks.delete(fn);

// a worker whose engine does what it is told
const start = async (functions, release = RELEASE) => {
  ticks.clear();
  const { port1, port2 } = new MessageChannel();
  const life = { ended: 0 };
  const engine = new Wire(port2, { start() {}, create() {}, ping() {}, ...functions });
  const worker = { set onmessage(fn) { port1.onmessage = fn; }, postMessage: (m) => port1.postMessage(m), terminate: () => (life.ended++, port2.close()) };
  life.thread = startWorker(() => worker, ['url', ''], () => (life.stopped = true));
  life.engine = engine;
  engine.tell('hello', release);
  life.client = (await life.thread)?.create({ config: '', options: '', page: {}, onWake() {}, ask() {}, emit() {} }, () => (life.told = true));
  return life;
};
const settled = () => new Promise((resolve) => { // all messages have come
  const { port1, port2 } = new MessageChannel();
  let hops = 0;
  port1.onmessage = () => (++hops < 5 ? port2.postMessage(0) : (port1.close(), resolve()));
  port2.postMessage(0);
});
const pass = async (seconds, step = 1) => {
  for (let i = 0; i < seconds; i += step) {
    now += step * 1000;
    for (const tick of [...ticks]) tick();
    await settled();
  }
};
const call = async (life) => (await life.client).call('signIn', '{}', {});
const stuck = { call: () => new Promise(() => {}), ping: () => new Promise(() => {}) };`, `
  async stuck() {
    const life = await start(stuck);
    const error = rejection(call(life));
    await pass(19);
    equal(life.ended, 0);
    await pass(4);
    const { code, retryable } = await error;
    equal([code, retryable, life.ended, life.stopped, life.told, ticks.size], ['engineStopped', true, 1, true, true, 0]);
  },
  async 'slow, and alive'() {
    let answers;
    const life = await start({ call: () => new Promise(() => {}), ping: () => new Promise((resolve) => (answers = resolve)) });
    rejection(call(life));
    for (let i = 0; i < 5; i++) {
      await pass(18);
      answers();
      await settled();
    }
    equal(life.ended, 0);
  },
  async 'nothing waits'() {
    const life = await start({ ...stuck, call: () => 'done' });
    equal(await call(life), 'done');
    equal(ticks.size, 0);
    await pass(60);
    equal(life.ended, 0);
  },
  async 'the page has slept'() {
    const life = await start(stuck);
    rejection(call(life));
    for (let i = 0; i < 20; i++) await pass(60, 60); // timers of a hidden page
    equal(life.ended, 0);
    await pass(22);
    equal(life.ended, 1);
  },
  async 'the machine is busy'() {
    const life = await start(stuck);
    rejection(call(life));
    await pass(60, 1.5); // the page's own timers come late
    equal(life.ended, 0);
    await pass(22);
    equal(life.ended, 1);
  },
  async 'busy, and telling'() {
    const life = await start(stuck);
    rejection(call(life));
    for (let i = 0; i < 5; i++) {
      await pass(18);
      life.engine.tell('emit', 1, 'tokenRefresh', '{}');
      await settled();
    }
    equal(life.ended, 0);
  },
  async 'another release'() {
    const life = await start({}, 'that one');
    equal([await life.thread, life.ended], [undefined, 1]);
  },
`)
}
