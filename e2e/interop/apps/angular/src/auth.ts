import { Injectable, signal } from '@angular/core';
import { AmplifyAuth } from 'amplify-auth';
import 'amplify-auth/sign-in';

/** One client for the whole app, and who is signed in as a signal. */
@Injectable({ providedIn: 'root' })
export class Auth {
  readonly client = new AmplifyAuth({ config: 'amplify_outputs.json' });
  readonly username = signal<string | undefined>(undefined);

  constructor() {
    this.client.addUserStateListener(() => this.username.set(this.client.username));
  }
}
