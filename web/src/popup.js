// The windows of the hosted UI. The page opens one while it handles the click, a browser opens none later; what it shows
// comes from the engine, which knows it by its name.
import { POPUP_NAME, RESPONSE_CHANNEL } from './contract.js';

const CLOSED_POLL = 100; // ms
const CLOSED_POLLS = 10; // that have to agree

const blank = new Map(); // windows by name, until they are shown something
const popups = new Map();
let last = 0;

/** Opens a window that is empty yet -> { name, close() } */
export function prepare() {
  const name = POPUP_NAME + crypto.getRandomValues(new Uint32Array(3)).join('');
  const opened = globalThis.open('', name, `popup,width=480,height=720,left=${screenX + outerWidth / 2 - 240},top=${screenY + outerHeight / 2 - 360}`);
  if (opened) {
    blank.set(name, opened);
    try {
      opened.sessionStorage.clear(); // it begins with a copy of this tab's, which has secrets
    } catch {
      // refused, so it has none
    }
    // The pages that it will show must not move this one. From a frame of another site there is no other way home.
    if (top === self) opened.opener = null;
  }
  return { name, close: () => blank.delete(name) && opened.close() };
}

/** Shows url in the window called name -> a number; 0 where the browser has blocked the window */
export function open(name, state, url) {
  const opened = blank.get(name);
  if (!opened) return 0;
  blank.delete(name);
  popups.set(++last, new Popup(opened, state));
  opened.location.replace(url);
  return last;
}

/** The next URL that the window comes back with; null when the user has closed it. */
export const next = (id) => popups.get(id).next();

/** Tells the page in the window, which may be cut off from this one, that it is done. */
export const taken = (id, response) => popups.get(id).taken(response);

export function close(id) {
  popups.get(id)?.close();
  popups.delete(id);
}

// It hears of the response by a BroadcastChannel, and by messages from the window itself where the page is in a frame of
// another site and has channels of its own.
class Popup {
  #window;
  #channel;
  #responses = [];
  #wake;
  #seen = 0; // polls in which it was at a page of another origin and this page could see it
  #acted = false; // the user did something in this page while the window counted as closed
  #life = new AbortController();

  constructor(opened, state) {
    this.#window = opened;
    const take = ({ authResponse }) => {
      if (!authResponse || typeof authResponse !== 'string') return;
      this.#responses.push(authResponse);
      this.#wake?.();
    };
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(RESPONSE_CHANNEL + state);
      this.#channel.onmessage = ({ data }) => take(Object(data));
    }
    addEventListener('message', ({ origin, source, data }) => {
      if (origin === location.origin && source === opened) take(Object(data));
    }, { signal: this.#life.signal });
    for (const type of ['pointerdown', 'keydown']) {
      addEventListener(type, () => (this.#acted = opened.closed), { capture: true, signal: this.#life.signal });
    }
  }

  async next() {
    for (let closed = 0; closed < CLOSED_POLLS && !this.#life.signal.aborted;) {
      if (this.#responses.length) return this.#responses.shift();
      if (await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, CLOSED_POLL, true);
      })) closed = this.#left() ? closed + 1 : 0;
    }
    return null;
  }

  // A window that Cross-Origin-Opener-Policy cut off on its way to the provider says closed while it is in use, and for ever:
  // the user has left it when they act in this page again. One that was seen there is closed when it says so.
  #left() {
    if (this.#window.closed) return this.#seen >= CLOSED_POLLS / 2 ? document.hasFocus() : this.#acted;
    try {
      void this.#window.location.href;
    } catch {
      this.#seen++; // for a moment also on its way to being cut off
    }
    return false;
  }

  taken(response) {
    this.#channel?.postMessage({ taken: response });
  }

  close() {
    this.#life.abort();
    this.#channel?.close();
    this.#wake?.();
    this.#window.close(); // cut off, it cannot be closed from here; the page in it does so
  }
}
