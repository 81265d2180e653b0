// Put into a page before its own scripts: keeps the tasks over 50 ms, and how long each typed key waited for its turn.
(() => {
  const tasks = [];
  const keys = [];
  let at;
  globalThis.whenDone = new Promise((resolve) => Object.defineProperty(globalThis, 'done', { set: (done) => resolve(at = done.at) }));
  const take = (list) => list.forEach(({ duration }) => tasks.push(duration));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'longtask', buffered: true });
  // what Event Timing calls startTime and processingStart; its entries leave out the fast ones
  addEventListener('keydown', ({ timeStamp }) => keys.push(performance.now() - timeStamp), true);
  globalThis.mainThread = () => {
    take(observer.takeRecords());
    return { ready: at, tasks: tasks.length, longest: Math.max(0, ...tasks), sum: tasks.reduce((a, b) => a + b, 0) };
  };
  globalThis.typed = () => {
    if (!keys.length) throw new Error('no key came');
    keys.sort((a, b) => a - b);
    return { p95: keys[Math.floor(keys.length * 0.95)], worst: keys.at(-1) };
  };
})();
