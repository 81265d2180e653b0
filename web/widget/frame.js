// frame.js: the box that an element's screens stand in: a <div> in the page or a <dialog> over it, the page's own
// content that takes its place, and the line above that.

import { h } from './dom.js';
import { direction } from './i18n.js';
import { adoptStyles } from './theme.js';

export class Frame {
  #host;
  #hooks;
  #styles;
  #content = h('slot', { hidden: true });
  #stale = h('div', { class: 'frame stale', part: 'base stale', role: 'status' });
  #closing = false; // by close, not by the user
  root;
  box; // undefined until the element is in a document
  panel = h('div', { class: 'panel' });
  #room = h('div'); // below the box
  #status = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  held = false; // something in it is being pressed

  // hooks: modal(), canCancel(), cancel(), opened(), released(), wanted() -> whether there is a screen to show
  constructor(host, hooks) {
    this.#host = host;
    this.#hooks = hooks;
    this.root = host.attachShadow({ mode: 'open' });
    this.#styles = adoptStyles(this.root);
  }

  get #isDialog() { return this.box?.localName === 'dialog'; }

  get #isContent() { return !this.#content.hidden && !this.#content.className; }

  get dark() { return getComputedStyle(this.box).colorScheme === 'dark'; }

  // build makes the box, or makes it anew where it is to be of the other kind.
  build() {
    const modal = this.#hooks.modal();
    if (this.box && this.#isDialog === modal) return;
    // What a copy of another element or a saved page brought along goes first.
    if (!this.box) for (const stale of this.#host.querySelectorAll(':scope > [data-amplify-auth]')) stale.remove();
    this.box = h(modal ? 'dialog' : 'div', {
      class: 'frame', part: modal ? 'base dialog' : 'base', hidden: this.#isContent && !modal, 'aria-labelledby': modal ? 'title' : null,
      oncancel: (event) => { event.preventDefault(); if (this.#hooks.canCancel()) this.#hooks.cancel(); },
      onclose: () => this.#closed(),
      onpointerdown: () => this.#hold(),
      onkeydown: (event) => { if (event.key === ' ' && event.target.localName === 'button') this.#hold(); },
    }, this.panel, this.#status);
    this.root.replaceChildren(...this.#styles, this.box, this.#room, this.#stale, this.#content);
  }

  open() {
    if (!this.box) return;
    this.box.hidden = false;
    if (!this.#isDialog || this.box.open || !this.box.isConnected) return;
    this.box.showModal();
    this.#hooks.opened();
  }

  close() {
    if (!this.box) return;
    if (!this.#isDialog) this.box.hidden = true;
    else if (this.box.open) {
      this.#closing = true;
      this.box.close();
    }
  }

  // A browser may close a dialog in spite of oncancel; one that must not be cancelled comes up again.
  #closed() {
    if (this.#closing || !this.#hooks.wanted()) this.#closing = false;
    else if (this.#hooks.canCancel()) this.#hooks.cancel();
    else this.open();
  }

  // moved: a dialog leaves the top layer when its element is moved in the document.
  moved() {
    if (this.#isDialog && this.box.open) {
      this.box.removeAttribute('open');
      this.open();
    }
  }

  // showContent swaps the box for the page's own content (the default slot), or back.
  showContent(shown) {
    this.#content.hidden = !shown;
    this.#content.className = this.#room.className = '';
    this.#room.replaceChildren();
    if (shown) this.close();
    else if (!this.#hooks.modal()) this.open();
  }

  // wait shows a sign of work: over the page's own content, which keeps its place unseen, where that is high enough for it.
  wait(sign) {
    this.#content.className = 'held';
    this.#content.hidden = false;
    const high = this.#host.offsetHeight - this.box.offsetHeight >= 64;
    if (!high) this.showContent(false);
    if (!high || this.#isDialog) {
      this.panel.replaceChildren(sign);
      return;
    }
    this.box.hidden = true;
    this.#room.className = 'frame waiting';
    this.#room.replaceChildren(sign);
  }

  // keep draws with what stands below the element in its place, even where the box gets lower.
  keep(draw) {
    const [before, room] = [this.box, this.#room].map((node) => node.getBoundingClientRect().height);
    draw();
    if (!this.#isDialog) queueMicrotask(() => { this.#room.style.blockSize = `${Math.max(0, before + room - this.box.getBoundingClientRect().height)}px`; }); // once empty slots are marked
  }

  // loosen ends that: another screen has come.
  loosen() { this.#room.style.blockSize = ''; }

  // stale shows a line above the page's own content, or takes it away.
  stale(text, { language }) {
    this.dress(this.#stale, language);
    this.#stale.replaceChildren(...(text ? [text] : []));
  }

  // dress tells a node its language and direction.
  dress(node, language) { Object.assign(node, { lang: language, dir: this.#host.dir || direction(language) }); }

  announce(text) {
    // The same words twice in a row would be no change, and not be read.
    this.#status.textContent = text && this.#status.textContent === text ? `${text}\u00a0` : text;
  }

  // #hold: a button that is drawn anew between its press and its release is not clicked.
  #hold() {
    this.held = true;
    const over = new AbortController();
    const release = () => {
      over.abort();
      this.held = false;
      setTimeout(() => this.#hooks.released()); // the click comes first
    };
    for (const type of ['pointerup', 'pointercancel', 'keyup', 'contextmenu']) addEventListener(type, release, { signal: over.signal, capture: true });
  }
}
