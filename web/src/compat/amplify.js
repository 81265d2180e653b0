import { Hub } from './hub.js';
import { common, contextOf, Instance } from './instance.js';
import { fetchAuthSession } from './session.js';
import { NONE } from '../own.js';

/** Amplify.configure replaces, it does not merge. libraryOptions: { ssr } keeps the session in cookies, { Auth: { headers } } adds to requests. */
export const Amplify = {
  configure(config, libraryOptions) {
    common.configure(config, libraryOptions);
    Hub.dispatch('core', { event: 'configure', data: common.resources }, 'Configure');
  },

  /** In the shape of ResourcesConfig. */
  getConfig: () => common.resources,
};

export const cognitoUserPoolsTokenProvider = {
  setKeyValueStorage: (storage) => common.store(storage),

  /** Asked before each refresh for what the pool's triggers get of it. */
  setClientMetadataProvider(provider) {
    common.refreshMetadata = provider;
  },
};

/** A configured client beside that of Amplify.configure. */
export function createAmplifyContext(config, libraryOptions = NONE) {
  const instance = new Instance();
  instance.configure(config, libraryOptions);
  const context = contextOf(instance, {
    resourcesConfig: Object.freeze(instance.resources),
    libraryOptions: Object.freeze({ ...libraryOptions }),
    fetchAuthSession: (options) => fetchAuthSession(context, options),
    clearCredentials: async () => void (instance.staleCredentials = true),
    getTokens: async (options) => (await fetchAuthSession(context, options)).tokens,
  });
  return context;
}
