import { AmplifyAuth, AuthError } from './amplify-auth.js';
import { States } from '../src/states.js';
import { storedTokens } from '../src/values.js';
import { tokensOf, USER } from './session.js';

/** An error as the client rejects with: its name is the code in upper camel case. */
export const authError = (code, message = code, options) =>
  new AuthError(code[0].toUpperCase() + code.slice(1), code, message, options);

const delivery = { deliveryMedium: 'email', destination: 'a***@e***', attributeName: 'email' };
const signedIn = () => ({ signInState: 'signedIn' });

// What a call answers that nothing was said about; the others resolve with undefined.
const ANSWERS = {
  signIn: signedIn, confirmSignIn: signedIn, autoSignIn: signedIn, stepUp: signedIn,
  signUp: () => ({ signUpConfirmationState: 'unconfirmed', codeDeliveryDetails: delivery }),
  resendSignUpCode: () => ({ signUpConfirmationState: 'unconfirmed', codeDeliveryDetails: delivery }),
  confirmSignUp: () => ({ signUpConfirmationState: 'confirmed' }),
  forgotPassword: () => ({ forgotPasswordState: 'confirmationCodeSent', codeDeliveryDetails: delivery }),
  confirmForgotPassword: () => ({ forgotPasswordState: 'done' }),
  verifyUserAttribute: () => delivery,
  handleAuthResponse: (_, fake) => ({ handled: false, userState: fake.currentUserState }),
  federatedSignIn: () => ({ userState: 'signedIn' }),
  showSignIn: () => ({ userState: 'signedIn' }),
  signOut: () => ({ userState: 'signedOut' }),
  getTokens: (_, fake) => fake.isSignedIn ? storedTokens({ fresh: true, ...tokensOf({}, fake.user) }) : authError('notSignedIn', 'No user is signed in.'),
  getAWSCredentials: () => ({
    accessKeyId: 'ASIATESTING', secretAccessKey: 'testing', sessionToken: 'testing', expiration: new Date(Date.now() + 3600_000),
  }),
  getIdentityId: (_, fake) => fake.identityId,
  getUserAttributes: (_, { user }) => ({ sub: user.userSub, ...user.attributes }),
  updateUserAttributes: ({ attributes }, { user }) => (Object.assign(user.attributes, attributes), []),
  deleteUserAttributes: ({ names }, { user }) => { for (const name of names) delete user.attributes[name]; },
  setUpTOTP: () => ({ sharedSecret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/test?secret=JBSWY3DPEHPK3PXP', qr: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  getMFAPreference: () => ({ enabled: [] }),
  listPasskeys: () => ({ credentials: [] }),
  listSessions: () => ({ sessions: [] }),
  signRequest: (request) => new Request(request, { headers: { authorization: 'AWS4-HMAC-SHA256 testing' } }),
};

const DEVICES = { list: { devices: [] } };

/** A client without engine, network and storage: it signs in at once, and answers what it is told to. */
export class FakeAmplifyAuth extends EventTarget {
  calls = [];
  user;
  deviceOperations = {};
  #states = new States(this);
  #script = new Map(); // method -> answers
  #configuration;

  constructor({ attributes, signedIn = false, configuration = {}, ...user } = {}) {
    super();
    this.user = { ...USER, ...user, attributes: { ...attributes } };
    this.#configuration = configuration;
    this.#states.current = this.#state(signedIn ? 'signedIn' : 'signedOut');
    this.credentialsProvider = Object.assign((settings) => this.getAWSCredentials(settings), { memoized: true });
    for (const name of ['get', 'list', 'updateStatus', 'forget']) {
      this.deviceOperations[name] = (input) => this.#call('deviceOperations.' + name, [input], () => DEVICES[name]);
    }
    const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(AmplifyAuth.prototype);
    for (const [name, { value }] of Object.entries(members)) {
      if (typeof value === 'function' && !(name in FakeAmplifyAuth.prototype)) this[name] = (...args) => this.#call(name, args, ANSWERS[name]);
    }
  }

  /** The next answers of a call, in order: a value, an Error to reject with, or a function of the call's arguments. */
  answer(method, ...answers) {
    if (!(method in this) && !method.startsWith('deviceOperations.')) throw new TypeError(`AmplifyAuth has no call ${method}.`);
    this.#script.set(method, [...(this.#script.get(method) ?? []), ...answers]);
    return this;
  }

  /** Another user state, as by another tab or the end of the session. */
  setState(userState, details) {
    this.#states.set(this.#state(userState, details), true);
  }

  get currentUserState() { return this.#states.current.userState; }
  get isSignedIn() { return this.currentUserState === 'signedIn'; }
  get isLoggedIn() { return this.isSignedIn; }
  get engineThread() { return undefined; } // a fake has no engine
  get authResponse() { return undefined; } // and no redirect's answer
  get username() { return this.isSignedIn ? this.user.username : undefined; }
  get userSub() { return this.isSignedIn ? this.user.userSub : undefined; }
  get identityId() { return 'us-east-1:00000000-0000-4000-8000-000000000002'; }
  get configuration() { return Promise.resolve(this.#configuration); }
  get ready() { return this.initialize(); }

  async initialize() { return { ...this.#states.current }; }
  addUserStateListener(listener) { return this.#states.add(listener); }
  removeUserStateListener(listener) { this.#states.remove(listener); }
  close() { this.#states.clear(); }

  #state(userState, details) {
    return { userState, details: details ?? (userState === 'signedIn' ? { username: this.user.username } : {}) };
  }

  async #call(method, args, usual) {
    const [input] = args;
    this.calls.push({ method, input });
    const script = this.#script.get(method);
    let answer = script?.length ? script.shift() : usual;
    if (typeof answer === 'function') answer = await answer(input, this);
    if (answer instanceof Error) throw answer;
    if (method === 'signIn' && input?.username) this.user.username = input.username;
    if (answer?.signInState === 'signedIn' || /^(federated|show)SignIn$/.test(method)) this.setState('signedIn');
    if (method === 'signOut') this.setState('signedOut', { reason: 'userSignedOut' });
    if (method === 'deleteUser') this.setState('signedOut', { reason: 'userDeleted' });
    return answer;
  }
}
