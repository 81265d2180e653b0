// Package jsbridge is everything that touches the browser: promises, fetch,
// storage, locks, network state, passkeys and the engine's BigInt, each behind
// one of core's ports. It knows no rule of authentication.
//
// Three rules keep a page alive. A js callback never blocks: work runs on a
// goroutine and the callback returns a promise (with a timer pending, a blocked
// callback freezes the tab for good and nothing reports it). Every callback is
// made by promise, await, once or listen, which also release it. A panic is
// recovered where a goroutine starts and rejects its own promise only.
package jsbridge
