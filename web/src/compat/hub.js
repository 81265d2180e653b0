// Amplify's event bus.

const listeners = new Map(); // channel -> Set of { callback, listenerName }

export const Hub = {
  /** -> a function that removes the listener */
  listen(channel, callback, listenerName = 'noname') {
    if (typeof callback !== 'function') throw new TypeError('Hub.listen needs a callback.');
    const all = listeners.get(channel) ?? new Set();
    listeners.set(channel, all);
    const listener = { callback, listenerName };
    all.add(listener);
    return () => all.delete(listener);
  },

  /** payload: { event, data?, message? } */
  dispatch(channel, payload, source = '') {
    for (const { callback } of listeners.get(channel) ?? []) {
      try {
        callback({ channel, payload: { ...payload }, source, patternInfo: [] });
      } catch (error) {
        setTimeout(() => { throw error; }); // the other listeners still hear
      }
    }
  },
};

export const tell = (event, data) => Hub.dispatch('auth', { event, ...(data === undefined ? {} : { data }) }, 'Auth');
