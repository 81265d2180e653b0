/** Calls fn once the page has loaded and has nothing to do. Never outside a page. */
export function whenIdle(fn) {
  if (typeof document === 'undefined') return;
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(fn);
  if (document.readyState === 'complete') idle();
  else addEventListener('load', idle, { once: true });
}
