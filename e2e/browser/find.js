// Evaluated in the page under test; see Element and Click.
({
  // The first match of a selector, through open shadow roots; " >>> " steps into one on the way.
  find(selector) {
    const deep = (root, part) => {
      const hit = root.querySelector(part);
      if (hit) return hit;
      for (const host of root.querySelectorAll('*')) {
        const inner = host.shadowRoot && deep(host.shadowRoot, part);
        if (inner) return inner;
      }
      return null;
    };
    let at = document;
    for (const part of selector.split(' >>> ')) {
      at = (at.shadowRoot && deep(at.shadowRoot, part)) || deep(at, part);
      if (!at) return null;
    }
    return at;
  },
  // Resolves when nothing moves or fades any more, but what does so for ever.
  async settled() {
    await new Promise((done) => requestAnimationFrame(done));
    const roots = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((el) => el.shadowRoot ? roots(el.shadowRoot) : [])];
    const running = roots(document).flatMap((root) => root.getAnimations())
      .filter((animation) => animation.effect.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(running.map((animation) => animation.finished));
  },
  // Where to click an element, or why that would not reach it.
  spot(selector) {
    const el = this.find(selector);
    if (!el) return { why: 'there is no such element' };
    if (el.disabled) return { why: 'it is disabled' };
    el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = el.getBoundingClientRect();
    if (!box.width || !box.height) return { why: 'it has no size' };
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    let hit = document.elementFromPoint(x, y);
    for (let inner; (inner = hit?.shadowRoot?.elementFromPoint(x, y)) && inner !== hit;) hit = inner;
    for (let up = hit; up; up = up.assignedSlot || up.parentNode || up.host) {
      if (up === el) return { x, y };
    }
    return { why: `it is covered by <${hit?.localName}>` };
  },
})
