const WINDOW = 5;
const bigint = (hex) => BigInt('0x' + hex);

/**
 * base^exponent mod modulus, all of them unsigned hex strings without a prefix.
 * The engine's BigInt multiplies several times faster than Go's math/big does inside WebAssembly.
 * Not constant-time, no more than math/big is.
 */
export function modPow(baseHex, exponentHex, modulusHex) {
  const m = bigint(modulusHex);
  const base = bigint(baseHex) % m;
  const powers = [1n % m];
  for (let i = 1; i < 1 << WINDOW; i++) powers.push((powers[i - 1] * base) % m);
  const bits = bigint(exponentHex).toString(2);
  const padded = bits.padStart(Math.ceil(bits.length / WINDOW) * WINDOW, '0');
  let r = powers[0];
  for (let i = 0; i < padded.length; i += WINDOW) {
    for (let j = 0; i && j < WINDOW; j++) r = (r * r) % m;
    const digit = parseInt(padded.slice(i, i + WINDOW), 2);
    if (digit) r = (r * powers[digit]) % m;
  }
  return r.toString(16);
}
