import { Clock } from './clock.js';
import { newError } from './errors.js';
import { readSession, storageKeys } from './session.js';
import { States } from './states.js';
import { isPromise } from './storage.js';
import { Tabs } from './tabs.js';

// Whose session it is, and whether it is over.
const summary = ({ userState, details: { username, provider } }) => [userState, username, provider].join();

/** Who is signed in: what the store says, until the engine has said more of it. */
export class CurrentUser extends States {
  engine; // set by the client
  identityId; // as the engine said last
  #store;
  #shared;
  #ids;
  #keys;
  #tabs;
  #async = false; // the store answers promises
  #clock = new Clock();
  #stored; // what the store said last, see readSession
  #seen; // whose session that was when the engine was last known to know of it
  #closed = false;

  /** target gets the events; shared: other tabs see the store */
  constructor(target, store, shared) {
    super(target);
    this.#store = store;
    this.#shared = shared;
  }

  /** Begins once the client's ids are known. -> what read gives */
  begin(ids) {
    this.#ids = ids;
    this.#keys = storageKeys(ids);
    this.#tabs = new Tabs(ids.own, (key) => this.#concerns(key), () => this.changedElsewhere());
    const read = this.read();
    this.update();
    return read;
  }

  close() {
    this.#closed = true;
    this.#tabs?.close();
    this.clear();
  }

  /** Whether read answers at once. */
  get readable() {
    return this.#keys && !this.#async && !this.#closed;
  }

  /** What the store says now, or a promise of it. */
  read() {
    const read = readSession(this.#ids, this.#keys, (keys) => this.#store.get(keys), Date.now());
    const take = (session) => {
      session.setBack = this.#clock.setBack(session.clockDrift);
      session.fresh &&= !session.setBack;
      return (this.#stored = session);
    };
    this.#async = isPromise(read);
    if (!this.#async) return take(read);
    return read.then((session) => {
      take(session);
      this.update();
      return session;
    }, (cause) => {
      throw newError('storageUnavailable', `The storage given to AmplifyAuth failed: ${cause?.message ?? cause}`, { cause });
    });
  }

  /** What the store says now, or said last where it answers promises. */
  known() {
    if (this.readable) this.read();
    return this.#stored;
  }

  // The state is what the store says, until the engine has said more of it. What neither the engine nor another tab has
  // written, the page's own script has: the engine is told.
  update() {
    const session = this.known();
    if (!session) return;
    const { running } = this.engine;
    const foreign = running && !this.#async && this.#seen && this.#seen !== summary(session);
    if (!running || foreign) this.set(session);
    this.#seen = summary(session);
    if (foreign) this.#tellEngine();
  }

  /** The engine has said what the state is. */
  told({ userState, details = {} }) {
    this.identityId = undefined;
    if (this.#async) this.refresh();
    else this.#noted();
    // what the engine says while it starts is what the store has said before
    this.set({ userState, details }, this.engine.running);
  }

  // --- the store as the engine has it

  get(keys) {
    return this.#store.get(keys);
  }

  apply(changes) {
    const tell = () => {
      this.#noted();
      if (this.#shared && changes.some(([key]) => this.#concerns(key))) this.#tabs.tell();
    };
    const applied = this.#store.apply(changes);
    if (isPromise(applied)) return applied.then(tell);
    tell();
  }

  refresh() {
    if (this.#closed) return;
    const read = this.read();
    if (isPromise(read)) read.catch(() => {});
    else this.update();
  }

  changedElsewhere() {
    this.#seen = undefined;
    this.refresh();
    if (this.engine.running) this.#tellEngine();
  }

  #tellEngine() {
    this.engine.send('storageChanged').catch(() => {});
  }

  // What the store holds now is the engine's doing, or known to it.
  #noted() {
    if (this.known()) this.#seen = summary(this.#stored);
  }

  #concerns(key) {
    return this.#keys.outer.includes(key) || (key.startsWith(this.#keys.prefix) && /(LastAuthUser|Token)$/.test(key));
  }
}
