// dist/testing.js: for an app's own tests.
export { authError, FakeAmplifyAuth } from './fake.js';
export { storedSession, unsignedToken } from './session.js';
