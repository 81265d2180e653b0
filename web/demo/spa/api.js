// The shop's API takes requests that are signed with the user's AWS credentials. What it answered last is shown while
// there is no network.

import { auth } from './auth.js';

const signing = { service: 'execute-api', region: 'us-east-1', timeout: 15_000 };
const last = new Map(); // of this user, by path

auth.addUserStateListener((state) => { if (state !== 'signedIn') last.clear(); });

// get resolves with { data, at }: at is when the answer came, if it is not of now.
export async function get(path) {
  try {
    const request = await auth.signRequest(new URL(path, location.href), signing);
    const response = await fetch(request).catch((cause) => { throw Object.assign(new Error('The shop cannot be reached.', { cause }), { code: 'networkError' }); });
    const data = await response.json();
    if (!response.ok) throw Object.assign(new Error(data.message), { code: response.status === 404 ? 'notFound' : 'refused' });
    last.set(path, { data, at: new Date() });
    return { data };
  } catch (error) {
    if (['networkError', 'timeout'].includes(error.code) && last.has(path)) return last.get(path);
    throw error;
  }
}
