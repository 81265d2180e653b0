// The entries of the package, as a strict project imports it.
import { AmplifyAuth, AuthError, type UserState } from 'amplify-auth';
import { Amplify, fetchAuthSession } from 'amplify-auth/compat';
import { LANGUAGES, setTexts, type AmplifySignInElement } from 'amplify-auth/sign-in';
import { AuthProvider, useAuth } from 'amplify-auth/react';
import { FakeAmplifyAuth } from 'amplify-auth/testing';
import type {} from 'amplify-auth/jsx';
import type {} from 'amplify-auth/amplify-auth.iife.js';

const auth = new AmplifyAuth({ config: '/amplify_outputs.json' });
const element: AmplifySignInElement = document.createElement('amplify-sign-in');
element.auth = auth;
const classic: AmplifyAuth = new globalThis.AmplifyAuth({ config: '/amplify_outputs.json' });
const claims = globalThis.AmplifyAuth.decodeJWT('')?.sub;

export const state: UserState = classic.currentUserState;
export { Amplify, AuthError, AuthProvider, claims, FakeAmplifyAuth, fetchAuthSession, LANGUAGES, setTexts, useAuth };
