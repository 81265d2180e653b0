// Stores as the engine sees them:
//   get(keys) -> (string | null)[]           or a promise of it
//   apply([[key, value | null], …])          null removes; all or nothing; may return a promise

export const isPromise = (v) => typeof v?.then === 'function';

/** `kind` is options.storage; `onFallback(error)` is called when a browser store cannot be used and memory takes over. */
export function openStore(kind, onFallback) {
  if (typeof kind === 'object') return new CustomStore(kind);
  return new WebStore(kind === 'memory' ? undefined : kind + 'Storage', onFallback);
}

/** localStorage, sessionStorage or (area undefined) memory. */
class WebStore {
  #area;
  /** @type {Map<string, any>} */
  #memory = new Map(); // what the area refused to take; wins over the area
  #held = new Map(); // what the area had instead
  #onFallback;

  constructor(area, onFallback) {
    this.#onFallback = onFallback;
    try {
      this.#area = area && globalThis[area]; // throws SecurityError where site data is blocked
      if (area && !this.#area) throw new Error(`there is no ${area}`);
    } catch (error) {
      queueMicrotask(() => onFallback(error)); // the caller is still being constructed
    }
  }

  /** Whether it does not outlive the page. */
  get forgetful() {
    return !this.#area || this.#memory.size > 0;
  }

  getItem(key) {
    this.#yield();
    if (this.#memory.has(key)) return this.#memory.get(key);
    return this.#area?.getItem(key) ?? null;
  }

  get(keys) {
    return keys.map((key) => this.getItem(key));
  }

  // Where another tab has changed what it had in place of the memory, the memory is of a session that is no more.
  #yield() {
    for (const [key, value] of this.#held) {
      if (this.#area.getItem(key) === value) continue;
      this.#memory.clear();
      this.#held.clear();
      return;
    }
  }

  apply(changes) {
    this.#yield();
    // what was refused before is tried again, so a full store heals itself
    const all = new Map([...this.#memory, ...changes]);
    if (!this.#area) {
      this.#memory = all;
      return;
    }
    const before = this.#areaValues(all.keys());
    try {
      this.#write(all);
      this.#memory.clear();
      this.#held.clear();
    } catch (error) {
      this.#memory = all;
      this.#undo(before, all);
      this.#held = new Map(this.#areaValues(all.keys()));
      this.#onFallback(error);
    }
  }

  // Takes back what was set before the area was full. Removals stay: they take no room, and what was signed out here must
  // not be found by the next page.
  #undo(before, changes) {
    const set = before.filter(([key, value]) => changes.get(key) !== null && this.#area.getItem(key) !== value);
    for (const [key] of set) this.#area.removeItem(key); // first, for their room
    try {
      this.#write(set);
    } catch {
      // another tab has taken the room; this page has the values in its memory
    }
  }

  /** @returns {[string, any][]} */
  #areaValues(keys) {
    return [...keys].map((key) => [key, this.#area.getItem(key)]);
  }

  #write(changes) {
    for (const [key, value] of changes) if (value === null) this.#area.removeItem(key);
    for (const [key, value] of changes) if (value !== null) this.#area.setItem(key, value);
  }
}

/** A page's own { getItem, setItem, removeItem }, sync or async. */
class CustomStore {
  #store;

  constructor(store) {
    this.#store = store;
  }

  get(keys) {
    const text = (values) => values.map((v) => v ?? null);
    try {
      const values = keys.map((key) => this.#store.getItem(key));
      return values.some(isPromise) ? Promise.all(values).then(text) : text(values);
    } catch (error) {
      return Promise.reject(error); // a getter of the client must not throw
    }
  }

  apply(changes) {
    const before = this.get(changes.map(([key]) => key));
    if (isPromise(before)) return this.#applyInTurn(changes, before);
    try {
      const writes = changes.map((change) => this.#set(change)).filter(isPromise);
      if (writes.length) return this.#applyInTurn(changes, before, Promise.all(writes));
    } catch (error) {
      changes.forEach(([key], i) => this.#set([key, before[i]]));
      throw error;
    }
  }

  async #applyInTurn(changes, before, started) {
    const old = await before;
    try {
      await started;
      if (!started) for (const change of changes) await this.#set(change);
    } catch (error) {
      for (let i = 0; i < changes.length; i++) await this.#set([changes[i][0], old[i]]);
      throw error;
    }
  }

  #set([key, value]) {
    return value === null ? this.#store.removeItem(key) : this.#store.setItem(key, value);
  }
}
