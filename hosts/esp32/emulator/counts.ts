import { basePoint } from "../../../src/crypto/curve.js";
import { nativeCurve } from "../crypto/nativeCurve.js";
import { nativeSuite } from "../crypto/nativeSuite.js";
import { idle, time } from "./native.js";

/** Microseconds of work by name, as a run of the emulator's test counts them. */
export type Counts = Readonly<Record<string, number>>;

/** Since the start: in all, and without those in which there was nothing to do. */
export function work(): Counts {
  const all = time();
  return { all, busy: all - idle() };
}

/** Of one of so many calls in a row. */
function each(times: number, call: (i: number) => unknown): number {
  const since = time();
  for (let i = 0; i < times; i++) call(i);
  return (time() - since) / times;
}

const octets = (length: number, first: number): Uint8Array => new Uint8Array(length).fill(first);

/** Of each call of the firmware's cryptography, as TypeScript makes it; of PBKDF2, an iteration. */
export function counts(): Counts {
  const iterations = 500;
  const key = octets(32, 1);
  const text = octets(64, 2);
  const nonce = octets(12, 3);
  const sealed = nativeSuite.seal(key, nonce, text, nonce);
  const derivation = nativeSuite.pbkdf2(key, text, 10 * iterations);
  derivation.step(1);
  const point = nativeCurve.multiply(octets(32, 4), basePoint());
  const found = {
    pbkdf2Iteration: each(4, () => derivation.step(iterations)) / iterations,
    sha256Of64: each(100, () => nativeSuite.sha256(text)),
    hmacOf64: each(100, () => nativeSuite.hmac(key, text)),
    sealOf64: each(50, () => nativeSuite.seal(key, nonce, text, nonce)),
    openOf64: each(50, () => nativeSuite.open(key, nonce, sealed, nonce)),
    p256Multiply: each(4, (i) => nativeCurve.multiply(octets(32, 0x5a + i), point)),
    p256Add: each(4, () => nativeCurve.add(point, basePoint())),
  };
  derivation.cancel();
  return found;
}
