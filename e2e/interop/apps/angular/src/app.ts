import { Component, CUSTOM_ELEMENTS_SCHEMA, inject, signal } from '@angular/core';
import { Auth } from './auth';

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <amplify-sign-in [auth]="auth.client" [attr.can-cancel]="false">
      <p>Angemeldet: <output id="user">{{ auth.username() }}</output></p>
      <button id="sign" (click)="sign()">Anfrage unterschreiben</button>
      <output id="signature">{{ signature() }}</output>
      <button id="sign-out" (click)="auth.client.signOut({ redirect: false })">Abmelden</button>
    </amplify-sign-in>
    <button id="hosted-ui" (click)="auth.client.showSignIn({ hostedUI: {} })">Anmelden auf der Seite des Anbieters</button>
  `,
})
export class App {
  readonly auth = inject(Auth);
  readonly signature = signal('');

  async sign() {
    const request = await this.auth.client.signRequest('https://api.example.com/items', { service: 'execute-api', region: 'us-east-1' });
    this.signature.set(request.headers.get('authorization') ?? ''); // await fetch(request) sends it
  }
}
