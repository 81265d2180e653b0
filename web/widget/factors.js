// factors.js: which ways to sign in the page wants out of sight (hide-factors).

// isHidden tells it of a factor by the key of its text: 'factor.passkey' is hidden by hide-factors="passkey".
export const isHidden = ({ element }, key) => (element.getAttribute('hide-factors') ?? '').split(/[\s,]+/).includes(key.split('.')[1]);
