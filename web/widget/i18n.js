// i18n.js: texts by stable key. English is built in; the other languages are files beside the bundle,
// imported when first needed.

import english from './locales/en.js';
import { ofThisRelease } from './parts.js';

// Each by a literal import, which bundlers can follow.
const files = {
  ar: () => import('./locales/ar.js'),
  de: () => import('./locales/de.js'),
  es: () => import('./locales/es.js'),
  fr: () => import('./locales/fr.js'),
  he: () => import('./locales/he.js'),
  hi: () => import('./locales/hi.js'),
  it: () => import('./locales/it.js'),
  ja: () => import('./locales/ja.js'),
  ko: () => import('./locales/ko.js'),
  nl: () => import('./locales/nl.js'),
  pl: () => import('./locales/pl.js'),
  pt: () => import('./locales/pt.js'),
  ru: () => import('./locales/ru.js'),
  sv: () => import('./locales/sv.js'),
  tr: () => import('./locales/tr.js'),
  uk: () => import('./locales/uk.js'),
  'zh-Hans': () => import('./locales/zh-Hans.js'),
  'zh-Hant': () => import('./locales/zh-Hant.js'),
};
export const LANGUAGES = ['en', ...Object.keys(files)];
const rightToLeft = /^(ar|he|fa|ur|ps|sd|ug|yi|dv|ckb)\b/;

const catalogs = { en: english };
const added = {}; // by the page, over ours: language -> key -> text

// setTexts adds or replaces texts of a language (a BCP 47 tag), also of one that has no file here.
export function setTexts(language, texts) {
  added[language] = { ...added[language], ...texts };
}

// loadLanguage resolves once the texts of a language are there; where they cannot be had English stands in.
export async function loadLanguage(language) {
  if (catalogs[language] || !LANGUAGES.includes(language)) return;
  try {
    catalogs[language] = (await ofThisRelease(`locales/${language}.js`, files[language])).default;
  } catch (error) {
    console.warn(`amplify-sign-in: no texts for "${language}"`, error);
  }
}

// isLoaded tells whether texts of a language can be shown without waiting.
export const isLoaded = (language) => !LANGUAGES.includes(language) || language in catalogs;

// detectLanguage asks the element, the page and, when neither says, the browser.
export function detectLanguage(element) {
  let declared;
  for (let at = element; at && !declared; at = at.getRootNode().host) declared = at.closest('[lang]:not([lang=""])')?.lang;
  declared ||= document.documentElement.lang;
  return matchLanguage(declared ? [declared] : navigator.languages ?? []);
}

// matchLanguage picks the best language that has texts for BCP 47 tags in order of preference.
export function matchLanguage(tags) {
  const known = [...Object.keys(added), ...LANGUAGES];
  for (const tag of tags) {
    const exact = known.find((language) => language.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const [primary] = tag.toLowerCase().split('-');
    if (primary === 'zh') return /-(hant|tw|hk|mo)\b/i.test(tag) ? 'zh-Hant' : 'zh-Hans';
    if (primary === 'iw') return 'he';
    if (known.includes(primary)) return primary;
  }
  return 'en';
}

export const direction = (language) => (rightToLeft.test(language) ? 'rtl' : 'ltr');

// translator returns t(key, values): the text with its {placeholders} filled in.
// t.has(key) tells whether there is a text of its own.
export function translator(language, overrides = {}) {
  const find = (key) => overrides[key] ?? added[language]?.[key] ?? catalogs[language]?.[key] ?? english[key];
  // In right-to-left text a name or number of the other direction is set apart (Unicode isolates).
  const isolate = direction(language) === 'rtl' ? (value) => `\u2068${value}\u2069` : String;
  const t = (key, values) => (find(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => (values?.[name] == null ? whole : isolate(values[name])));
  t.has = (key) => find(key) !== undefined;
  t.language = language;
  t.list = (items) => new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(items);
  return t;
}
