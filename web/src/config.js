import { OPTIONS } from './contract.js';
import { configError } from './errors.js';
import { nameUnknown, own } from './own.js';

/** The options of AmplifyAuth with their defaults; those without which there is no client at all are checked. */
export function checkOptions(options) {
  const given = own(options);
  nameUnknown('AmplifyAuth', given, OPTIONS);
  const { storage = 'local', onExpired = 'wait', handleRedirect = true, tokenSource = {}, worker = true } = given;
  if (!given.config || !['string', 'object'].includes(typeof given.config)) {
    throw configError('new AmplifyAuth({ config }) needs a configuration or the URL of one.');
  }
  if (/^\s*\{/.test(given.config)) given.config = parsed(given.config, 'The text given as config');
  if (given.config instanceof URL) given.config = given.config.href;
  const isFunction = (f) => typeof f === 'function';
  if (!['local', 'session', 'memory'].includes(storage) && !['getItem', 'setItem', 'removeItem'].every((name) => isFunction(storage?.[name]))) {
    throw configError("storage must be 'local', 'session', 'memory' or an object with getItem, setItem and removeItem.");
  }
  if (typeof worker !== 'boolean' && !(worker && typeof worker === 'string')) throw configError('worker must be true, false or the URL of amplify-auth.worker.js.');
  if (!['wait', 'reject'].includes(onExpired)) throw configError("onExpired must be 'wait' or 'reject'.");
  for (const name of ['headers', 'clientMetadataProvider']) if (given[name] && !isFunction(given[name])) throw configError(name + ' must be a function.');
  if (!Object.values(tokenSource ?? [0]).every(isFunction)) throw configError('tokenSource must be an object with a function for each provider name.');
  return Object.assign(given, { storage, onExpired, handleRedirect, worker, tokenSource: own(tokenSource) });
}

/**
 * The text of a configuration: an object's JSON, or what its URL answers. The engine checks it in full; here only what
 * keeps it from being read at all is refused.
 */
export async function fetchConfig(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw configError(`The configuration ${url} could not be fetched: ${cause.message}. Check the address, the network and, on another origin, its CORS headers.`, cause, true);
  }
  if (!response.ok) {
    throw configError(`The configuration ${url} could not be fetched: HTTP ${response.status}. Check the address.`, undefined, response.status >= 500);
  }
  const text = await response.text();
  parsed(text, 'The configuration ' + url);
  return text;
}

function parsed(text, name) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = /^\s*</.test(text) ? 'an HTML page, so the file is probably missing' : 'no valid JSON: ' + cause.message;
    throw configError(`${name} is ${what}.`, cause);
  }
}
