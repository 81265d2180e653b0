/**
 * Hears of changes that other tabs and other clients of this page make to the stored session: one message of a
 * BroadcastChannel after one write, `storage` events where a browser has no channel (and because they may come later
 * than the message, with the values), and the return of a page from the back-forward cache.
 */
export class Tabs {
  #channel;
  #signal = new AbortController();

  /** concerns: key -> boolean, which keys are worth a look */
  constructor(clientId, concerns, onChange) {
    const { signal } = this.#signal;
    globalThis.addEventListener?.('storage', ({ key }) => (key === null || concerns(key)) && onChange(), { signal });
    globalThis.addEventListener?.('pageshow', ({ persisted }) => persisted && onChange(), { signal });
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel('amplify-auth.' + clientId);
      this.#channel.onmessage = () => onChange();
      this.#channel.unref?.(); // where a server renders the page, Node would never end
    }
  }

  tell() {
    this.#channel?.postMessage('changed');
  }

  close() {
    this.#signal.abort();
    this.#channel = this.#channel?.close(); // what the engine still ends has nobody to tell
  }
}
