// done.js: what a screen answers with when the flow is at its end. The same in parts/, which have a copy of this file.

export const DONE = Symbol.for('amplify-auth.done');
