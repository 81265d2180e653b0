// The window of the hosted UI, by the number that open gives. The page has opened it while it handled the click (see
// openPopup): a browser opens none later.
import { POPUP_NAME, RESPONSE_CHANNEL } from './contract.js';

const CLOSED_POLL = 500; // ms

const popups = new Map();
let last = 0;

/** -> a number; 0 where the browser has blocked the window */
export function open(url) {
  const opened = globalThis.open(url, POPUP_NAME);
  if (!opened) return 0;
  popups.set(++last, new Popup(opened));
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

// It hears of the response by a BroadcastChannel, which works also where Cross-Origin-Opener-Policy has cut the popup off,
// and by messages from the window itself, which work where the page is in a frame of another site and has channels of
// its own.
class Popup {
  #window;
  #channel;
  #responses = [];
  #wake;
  #life = new AbortController();

  constructor(opened) {
    this.#window = opened;
    const take = ({ authResponse }) => {
      if (!authResponse || typeof authResponse !== 'string') return;
      this.#responses.push(authResponse);
      this.#wake?.();
    };
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(RESPONSE_CHANNEL);
      this.#channel.onmessage = ({ data }) => take(Object(data));
    }
    addEventListener('message', ({ origin, source, data }) => {
      if (origin === location.origin && source === opened) take(Object(data));
    }, { signal: this.#life.signal });
  }

  async next() {
    for (let closed = 0; closed < 2 && !this.#life.signal.aborted;) {
      if (this.#responses.length) return this.#responses.shift();
      if (await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, CLOSED_POLL, true);
      })) {
        // A popup that was cut off counts as closed while it is still in use. The user is back only when this page has
        // the focus.
        closed = this.#window.closed && document.hasFocus() ? closed + 1 : 0;
      }
    }
    return null;
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
