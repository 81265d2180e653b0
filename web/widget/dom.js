// dom.js builds DOM nodes without markup strings, so that a page with a strict Content-Security-Policy
// or Trusted Types can use the widget.

const SVG = 'http://www.w3.org/2000/svg';

// h('button', { type: 'button', onclick: fn }, 'text', node, [more]) -> HTMLElement.
// false, null and undefined drop an attribute or a child; true sets an empty attribute.
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

// svg is h for the SVG namespace.
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) setAttribute(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

export function setAttribute(node, name, value) {
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (value === false || value == null) node.removeAttribute(name);
  else if (value === true) node.setAttribute(name, '');
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// Addresses come from configurations, pages and triggers: they lead to pages and show images, and run nothing.
export const isLink = (address) => /^https?:/.test(absolute(address));
export const isImage = (address) => /^(https?:|data:image\/)/.test(absolute(address));
const absolute = (href) => href && h('a', { href }).href;

// isOn tells whether a boolean attribute is set; "false" is what frameworks write for a property that is false.
export const isOn = (element, name) => element.hasAttribute(name) && element.getAttribute(name) !== 'false';

// icon draws a 24 x 24 outline icon; it is never the only carrier of a meaning.
export function icon(...paths) {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    paths.map((d) => svg('path', { d })));
}

// kebab: smsMFA -> sms-mfa, confirmSignUp -> confirm-sign-up.
export const kebab = (name) => name.replace(/[A-Z]+/g, (upper) => `-${upper.toLowerCase()}`);
