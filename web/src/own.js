/**
 * The object's own properties alone: what a page's script has put on Object.prototype is no option.
 * @returns {any}
 */
export const own = (options) => ({ __proto__: null, ...options });

/** Says on the console which of the options who does not know: a misspelt one would have no effect. */
export function nameUnknown(who, options, known) {
  for (const name of Object.keys(options)) if (!known.includes(name)) console.warn(`${who} knows no option ${name}.`);
}

/** No options at all. */
export const NONE = Object.freeze(own());
