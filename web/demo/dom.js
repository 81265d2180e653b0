// What the demo's pages draw with.

export const $ = (selector, root = document) => root.querySelector(selector);

// h makes an element: attributes (listeners by on…), then children, of which what is null or false is left out.
export function h(tag, ...rest) {
  const element = document.createElement(tag);
  const attributes = rest[0]?.constructor === Object ? rest.shift() : {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element[name] = value;
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...rest.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// prose is a text of the declarations: what stands between backticks is code.
export const prose = (text = '') => text.split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part));

// copyButton copies what text() is when it is pressed, and says so.
export function copyButton(text, name) {
  const button = h('button', { type: 'button', class: 'quiet', 'aria-label': name && `Copy ${name}` }, 'Copy');
  let back;
  button.onclick = async () => {
    const done = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    button.textContent = done ? 'Copied' : 'Refused by the browser';
    clearTimeout(back);
    back = setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  };
  return button;
}

// drawer gives a function that draws a list anew when it is another: what a person has selected stays.
export function drawer(draw) {
  let drawn;
  return (value) => {
    const text = JSON.stringify(value);
    if (text === drawn) return;
    drawn = text;
    draw(value);
  };
}
