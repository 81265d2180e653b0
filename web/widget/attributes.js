// attributes.js: user attributes as form fields.

import { h, isLink } from './dom.js';

// The standard attributes (OpenID Connect Core 5.1) that need more than a line of text.
const standard = {
  __proto__: null,
  email: { label: 'field.email', type: 'email', autocomplete: 'email', errors: ['aliasExists'] },
  phone_number: { label: 'field.phone', type: 'tel', autocomplete: 'tel', hint: 'field.phoneHint', errors: ['aliasExists'] },
  name: { autocomplete: 'name' },
  given_name: { autocomplete: 'given-name' },
  family_name: { autocomplete: 'family-name' },
  middle_name: { autocomplete: 'additional-name' },
  nickname: { autocomplete: 'nickname' },
  preferred_username: { autocomplete: 'off' },
  birthdate: { type: 'date', autocomplete: 'bday' },
  gender: { autocomplete: 'sex' },
  address: { autocomplete: 'street-address' },
  website: { type: 'url', autocomplete: 'url' },
  profile: { type: 'url', autocomplete: 'off' },
  picture: { type: 'url', autocomplete: 'photo' },
  locale: { value: () => navigator.language, autocomplete: 'off' },
  zoneinfo: { value: () => Intl.DateTimeFormat().resolvedOptions().timeZone, autocomplete: 'off' },
};

export const isStandard = (name) => name in standard;

// attributeLabel is the text key of an attribute, or words made of the name of a custom one:
// custom:favourite_colour -> Favourite colour.
export function attributeLabel({ t }, name) {
  const key = standard[name]?.label ?? `attribute.${name}`;
  if (t.has(key)) return key;
  const words = name.replace(/^(custom|dev):/, '').replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// attributeField describes the field of an attribute: a name, or an object
// { name, label, type, options, value, required, hint, placeholder, url } where type may be any of fields.js,
// 'hidden' or 'terms' (a checkbox that has to be ticked, with a link to url).
export function attributeField(context, attribute) {
  const given = typeof attribute === 'string' ? { name: attribute } : attribute;
  const { value = () => undefined, ...known } = standard[given.name] ?? {};
  const field = { label: attributeLabel(context, given.name), autocomplete: 'off', value: value(), ...known, ...given };
  if (field.type === 'hidden') Object.assign(field, { type: 'text', visible: false });
  if (field.type === 'terms') {
    Object.assign(field, {
      type: 'checkbox',
      label: given.label ?? 'field.terms',
      after: isLink(field.url) && h('a', { href: field.url, target: '_blank', rel: 'noopener noreferrer' }, context.t('field.termsLink')),
    });
  }
  return field;
}

// attributesWanted lists what sign-up asks for: the element's sign-up-attributes (names, or JSON), else the
// attributes that the configuration requires.
function attributesWanted({ config, element }) {
  const given = element.signUpAttributes;
  const list = Array.isArray(given) ? given
    : given == null ? config.attributes
    : given.trim().startsWith('[') ? parse(given) : given.split(/[\s,]+/).filter(Boolean);
  // The identifier is asked for as the user name already; the service wants updated_at from us.
  const asked = config.loginWith.includes('username') ? [] : config.loginWith.length === 1 ? config.loginWith : [];
  return list.filter((attribute) => ![...asked, 'updated_at'].includes(attribute.name ?? attribute));
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch (error) {
    console.error('amplify-sign-in: sign-up-attributes is neither a list of names nor JSON', error);
    return [];
  }
}

export const attributeFields = (context) => attributesWanted(context).map((attribute) => attributeField(context, attribute));

// attributeValues picks the user attributes out of the values of the sign-up screen, in the service's form.
export function attributeValues(context, values) {
  const { username, password, confirmPassword, ...rest } = values;
  const attributes = context.config.attributes.includes('updated_at') ? { updated_at: String(Math.floor(Date.now() / 1000)) } : {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== '' && (isStandard(name) || name.includes(':'))) attributes[name] = String(value);
  }
  return attributes;
}
