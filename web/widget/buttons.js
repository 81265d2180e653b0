// buttons.js makes shadow-DOM buttons of actions, see panel.js.

import { h } from './dom.js';

export class Buttons {
  #hooks;
  #countdowns = [];
  #timer;

  // hooks: t() -> the translator, busy(), press(action)
  constructor(hooks) { this.#hooks = hooks; }

  make(action, className) {
    const { t, busy, press } = this.#hooks;
    const label = action.label ?? t()(action.text, action.values);
    const words = () => { const seconds = action.countdown?.() ?? 0; return seconds > 0 ? t()(action.waiting, { seconds }) : label; };
    const blocked = () => action.countdown?.() > 0 || (busy() && !action.to && !action.leave);
    const text = h('span', { class: 'words' }, words());
    const button = h('button', {
      type: 'button', class: className, part: action.part ?? className.split(' ')[0],
      'data-key': action.key ?? action.to ?? action.text, 'aria-disabled': blocked() ? 'true' : null, 'aria-label': action.name, 'aria-expanded': action.expanded,
      onclick: () => { if (!blocked()) press(action); },
    }, action.icon?.(), text, action.status);
    if (action.countdown) this.#countdowns.push(() => { text.textContent = words(); if (!blocked()) button.removeAttribute('aria-disabled'); return action.countdown() > 0; });
    return button;
  }

  // tick counts down the seconds of the buttons on show.
  tick() {
    if (!this.#countdowns.length) return;
    this.#timer = setInterval(() => {
      if (!this.#countdowns.map((update) => update()).some(Boolean)) clearInterval(this.#timer);
    }, 1000);
  }

  // stop lets go of the buttons on show.
  stop() {
    clearInterval(this.#timer);
    this.#countdowns = [];
  }
}
