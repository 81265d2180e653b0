// password-policy.js: the user pool's password rules, checked as the user types.

// Cognito counts basic Latin letters and its own list of symbols; a space counts when it is not at either end.
const symbol = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S +\S/;

// rules turns a policy { minLength, lowercase, uppercase, number, symbol } into its checks.
export function rules(policy) {
  if (!policy) return [];
  return [
    { key: 'policy.length', values: { n: policy.minLength }, test: (password) => [...password].length >= policy.minLength },
    policy.lowercase && { key: 'policy.lowercase', test: (password) => /[a-z]/.test(password) },
    policy.uppercase && { key: 'policy.uppercase', test: (password) => /[A-Z]/.test(password) },
    policy.number && { key: 'policy.number', test: (password) => /\d/.test(password) },
    policy.symbol && { key: 'policy.symbol', test: (password) => symbol.test(password) },
  ].filter(Boolean);
}

// blankAtEnd: Cognito takes no blank at either end.
export const blankAtEnd = (password) => password !== password.trim();

// missing lists the rules that a password breaks.
export const missing = (policy, password) => rules(policy).filter((rule) => !rule.test(password));
