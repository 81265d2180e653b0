/**
 * Tells a clock that was set back while the page is open, which makes a wrong offset to the service's clock look right.
 * One that went ahead may just have slept.
 */
export class Clock {
  #drift;
  #ahead; // of the time that has passed since the page began

  /** drift: the service's clock minus ours, as it is stored; another one is known to be right. */
  setBack(drift) {
    if (drift === undefined) return false;
    const ahead = Date.now() - performance.now();
    if (drift !== this.#drift) {
      this.#drift = drift;
      this.#ahead = ahead;
    }
    this.#ahead = Math.max(this.#ahead, ahead);
    return ahead < this.#ahead - 2000;
  }
}
