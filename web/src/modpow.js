const WINDOW = 5;
const TEETH = 6;
const SPACING = 43; // TEETH * SPACING bits are enough for a hash and for SRP's a
const bigint = (hex) => BigInt('0x' + hex);

/**
 * base^exponent mod modulus, all of them unsigned hex strings without a prefix.
 * The engine's BigInt multiplies several times faster than Go's math/big does inside WebAssembly.
 * Not constant-time, no more than math/big is.
 */
export function modPow(baseHex, exponentHex, modulusHex) {
  const m = bigint(modulusHex);
  const base = bigint(baseHex) % m;
  const bits = bigint(exponentHex).toString(2);
  const short = bits.length <= TEETH * SPACING;
  return (short && base === 2n ? powerOfTwo(bits, m, modulusHex) : power(base, bits, m)).toString(16);
}

let comb = {}; // of the modulus that came last: a page meets no other than SRP's

// SRP's generator is 2. With the products of 2^(2^(SPACING*i)), a power of it takes a sixth of the squarings (the
// fixed-base comb, Handbook of Applied Cryptography 14.117). The first power pays for the table, which is the one that
// is computed while nobody waits.
function powerOfTwo(bits, m, name) {
  if (comb.name !== name) {
    const products = [1n % m];
    let tooth = 2n % m;
    for (let i = 0; i < TEETH; i++) {
      for (let j = 0; i && j < SPACING; j++) tooth = (tooth * tooth) % m;
      products.push(...products.map((product) => (product * tooth) % m));
    }
    comb = { name, products };
  }
  const padded = bits.padStart(TEETH * SPACING, '0');
  let r = comb.products[0];
  for (let i = 0; i < SPACING; i++) {
    r = (r * r) % m;
    let digit = 0;
    for (let j = i; j < padded.length; j += SPACING) digit = 2 * digit + Number(padded[j]);
    if (digit) r = (r * comb.products[digit]) % m;
  }
  return r;
}

function power(base, bits, m) {
  const powers = [1n % m];
  for (let i = 1; i < 1 << WINDOW; i++) powers.push((powers[i - 1] * base) % m);
  const padded = bits.padStart(Math.ceil(bits.length / WINDOW) * WINDOW, '0');
  let r = powers[0];
  for (let i = 0; i < padded.length; i += WINDOW) {
    for (let j = 0; i && j < WINDOW; j++) r = (r * r) % m;
    const digit = parseInt(padded.slice(i, i + WINDOW), 2);
    if (digit) r = (r * powers[digit]) % m;
  }
  return r;
}
