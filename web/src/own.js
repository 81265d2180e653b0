/**
 * The object's own properties alone: what a page's script has put on Object.prototype is no option.
 * @returns {any}
 */
export const own = (options) => ({ __proto__: null, ...options });

/** No options at all. */
export const NONE = Object.freeze(own());
