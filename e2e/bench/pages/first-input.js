// Put into a page before its own scripts: leaves in globalThis.firstInput when, in ms since the navigation, a person can
// first use the user name's field: it is painted, enabled, and a click at its middle would meet it.
(() => {
  const find = (root) => {
    const input = root.querySelector('input[name=username]');
    if (input) return input;
    for (const element of root.querySelectorAll('*')) {
      const found = element.shadowRoot && find(element.shadowRoot);
      if (found) return found;
    }
  };
  const usable = (input) => {
    if (!input || input.disabled || input.readOnly || getComputedStyle(input).visibility !== 'visible') return false;
    const box = input.getBoundingClientRect();
    return box.width > 0 && box.height > 0 &&
      input.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === input;
  };
  const frame = () => {
    if (!document.documentElement || !usable(find(document))) return requestAnimationFrame(frame);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { globalThis.firstInput = performance.now(); }; // after the frame was painted
    port2.postMessage(0);
  };
  requestAnimationFrame(frame);
})();
