// The client of the page, made as the switches say.

import { AmplifyAuth } from '/amplify-auth.js';
import { settings } from './settings.js';

// clientOptions are the constructor's options beside config, without those that are the default.
export function clientOptions(replica) {
  return {
    ...(settings.storage !== 'local' && { storage: settings.storage }),
    ...(!settings.worker && { worker: false }),
    ...(replica && { replicaRegion: replica.region, replicaEndpoint: replica.endpoint }),
  };
}

export async function makeClient(cognito, replica) {
  const config = await cognito.file(settings.config);
  if (!settings.passwordless) {
    delete config.auth?.passwordless;
    delete config.Auth?.Cognito?.passwordless;
  }
  return new AmplifyAuth({ config, ...clientOptions(replica) });
}
