const bigint = (hex) => BigInt('0x' + hex);

/**
 * base^exponent mod modulus, all of them unsigned hex strings without a prefix: by windows of one digit.
 * The engine's BigInt multiplies several times faster than Go's math/big does inside WebAssembly.
 * Not constant-time, no more than math/big is.
 */
export function modPow(baseHex, exponentHex, modulusHex) {
  const m = bigint(modulusHex);
  const base = bigint(baseHex) % m;
  const powers = [1n % m];
  for (let i = 0; i < 15; i++) powers.push((powers[i] * base) % m);
  let r = powers[0];
  for (const digit of exponentHex) {
    for (let i = 0; i < 4; i++) r = (r * r) % m;
    r = (r * powers[parseInt(digit, 16)]) % m;
  }
  return r.toString(16);
}
