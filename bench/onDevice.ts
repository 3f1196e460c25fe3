import EC from "ec";
import ECPoint from "ecp";
import { nativeSuite } from "../hosts/esp32/crypto/nativeSuite.js";
import { fromHex } from "../src/base/octets.js";
import { basePoint, reduceScalar } from "../src/crypto/curve.js";
import { nobleSuite } from "../src/crypto/noble.js";
import { nobleCurve } from "../src/crypto/nobleCurve.js";
import type { Suite } from "../src/crypto/suite.js";
import { xs } from "../test/xs/host.js";

/**
 * Run inside a build of the Moddable SDK by tools/device/bench.mjs: microseconds of native code and of noble in the same
 * process, printed as one line of JSON. The two take turns, and the best of the turns counts, so that what else the
 * machine does weighs on neither.
 */
type Rival = readonly [name: string, repeats: number, run: () => void];

function compare(rivals: readonly Rival[]): Readonly<Record<string, number>> {
  const best: Record<string, number> = {};
  for (let turn = 0; turn < 7; turn++) {
    for (const [name, repeats, run] of rivals) {
      const start = xs.monotonic();
      for (let i = 0; i < repeats; i++) run();
      const each = ((xs.monotonic() - start) * 1000) / repeats;
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, each);
    }
  }
  return best;
}

const octets = Uint8Array.from({ length: 64 }, (_, i) => i * 7 + 1);
const key = octets.subarray(0, 32);
const nonce = octets.subarray(32, 44);
const scalar = reduceScalar(octets.subarray(0, 40));

/** An iteration: many at once, so that starting and ending do not count. */
const derive = (suite: Suite, iterations: number) => (): void => {
  const derivation = suite.pbkdf2(octets, octets, iterations);
  while (derivation.step(iterations) === undefined);
};
const perIteration = (
  times: Readonly<Record<string, number>>,
  iterations: Readonly<Record<string, number>>,
) =>
  Object.fromEntries(
    Object.entries(times).map(([name, time]) => [name, time / (iterations[name] as number)]),
  );

/** The SDK's curve, on its BigInts. */
function sdkMultiply(): () => void {
  const number = (digits: string): bigint => BigInt(`0x${digits}`);
  const text = (from: Uint8Array): string =>
    from.reduce((all, o) => all + o.toString(16).padStart(2, "0"), "");
  const p = number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  const b = number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
  const curve = new EC(p - BigInt(3), b, p);
  const g = basePoint();
  const point = new ECPoint(number(text(g.subarray(1, 33))), number(text(g.subarray(33))));
  const k = number(text(scalar));
  return () => void curve.mul(point, k);
}

const other = fromHex(
  "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978" +
    "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",
);
const iterations = { native: 20_000, noble: 60 };

xs.print(
  JSON.stringify({
    pbkdf2: perIteration(
      compare([
        ["native", 1, derive(nativeSuite, iterations.native)],
        ["noble", 1, derive(nobleSuite, iterations.noble)],
      ]),
      iterations,
    ),
    multiply: compare([
      ["native", 20, () => void nativeSuite.curve.multiply(scalar, other)],
      ["noble", 1, () => void nobleCurve.multiply(scalar, other)],
      ["sdk", 5, sdkMultiply()],
    ]),
    seal64: compare([
      ["native", 1000, () => void nativeSuite.seal(key, nonce, octets, nonce)],
      ["noble", 20, () => void nobleSuite.seal(key, nonce, octets, nonce)],
    ]),
    sha256of64: compare([
      ["native", 1000, () => void nativeSuite.sha256(octets)],
      ["noble", 20, () => void nobleSuite.sha256(octets)],
    ]),
    hmacOf64: compare([
      ["native", 1000, () => void nativeSuite.hmac(key, octets)],
      ["noble", 20, () => void nobleSuite.hmac(key, octets)],
    ]),
  }),
);
