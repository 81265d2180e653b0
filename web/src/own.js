/**
 * The object's own properties alone: what a page's script has put on Object.prototype is no option.
 * @returns {any}
 */
export const own = (options) => ({ __proto__: null, ...options });

const told = new Set();

/** options without those that who does not know: each is named on the console, once, because it would have no effect. */
export function nameUnknown(who, options, known) {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const warning = `${who} knows no option ${name}.`;
    if (!told.has(warning)) console.warn(warning);
    told.add(warning);
    delete options[name];
  }
  return options;
}

/** No options at all. */
export const NONE = Object.freeze(own());
