/** The object's own properties alone: what a page's script has put on Object.prototype is no option. */
export const own = (options) => ({ __proto__: null, ...options });
