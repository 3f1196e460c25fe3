import assert from "node:assert/strict";
import * as native from "../../../../hosts/esp32/crypto/native.js";
import { basePoint, compress } from "../../../../src/crypto/curve.js";
import { SeededRandom } from "../../../support/seededRandom.js";

/** The buffers of XS, in every shape they have, in the hands of the device's C. */

/** What ES2024 adds to ArrayBuffer and XS has. */
interface Growing extends ArrayBuffer {
  resize(length: number): void;
  transfer(): ArrayBuffer;
}
export const growing = (length: number, maximum: number): Growing =>
  new (ArrayBuffer as unknown as new (length: number, options: object) => Growing)(length, {
    maxByteLength: maximum,
  });
const detach = (octets: Uint8Array): void => void (octets.buffer as Growing).transfer();

export const random = new SeededRandom(41);
export type Native = (...values: readonly unknown[]) => unknown;
export const callable = native as unknown as Readonly<Record<string, Native>>;

/** Arguments that each function takes. */
export const right = (): Readonly<Record<string, readonly unknown[]>> => ({
  sha256: [random.octets(5), random.octets(70)],
  hmac: [random.octets(32), random.octets(9)],
  hkdf: [random.octets(8), random.octets(32), random.octets(4), 40],
  seal: [random.octets(32), random.octets(12), random.octets(33), random.octets(3)],
  open: [random.octets(32), random.octets(12), random.octets(33), random.octets(3)],
  startDerivation: [random.octets(6), random.octets(16)],
  iterate: [native.startDerivation(random.octets(6), random.octets(16)), 2],
  endDerivation: [native.startDerivation(random.octets(6), random.octets(16))],
  cancelDerivation: [native.startDerivation(random.octets(6), random.octets(16))],
  multiplyPoint: [random.octets(32), basePoint()],
  addPoints: [basePoint(), basePoint()],
  decompressPoint: [compress(basePoint())],
  random: [random.octets(32)],
});

/** Arguments that fixed lengths are asked of, and how many octets. */
const lengths: Readonly<Record<string, readonly (number | undefined)[]>> = {
  seal: [32, 12],
  open: [32, 12],
  multiplyPoint: [32, 65],
  addPoints: [65, 65],
  decompressPoint: [33],
};

const detached = (): Uint8Array => {
  const octets = random.octets(32);
  detach(octets);
  return octets;
};

/** A view of fixed length over a buffer that has shrunk below it. */
const shrunk = (): Uint8Array => {
  const buffer = growing(64, 128);
  const view = new Uint8Array(buffer, 20, 32);
  buffer.resize(30);
  return view;
};

export const noOctets = (): readonly (readonly [string, unknown])[] => [
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a text", "thirty-two octets are not a text"],
  ["an object", { length: 32, byteLength: 32, 0: 1 }],
  ["an array", [1, 2, 3]],
  ["words", new Uint16Array(16)],
  ["floats", new Float64Array(4)],
  ["a function", () => 1],
  ["a derivation", native.startDerivation(random.octets(3), random.octets(3))],
  ["a proxy", new Proxy(random.octets(32), {})],
  ["a detached array", detached()],
  ["a view below which its buffer has shrunk", shrunk()],
];

/** The class of what is thrown, "none" for nothing. */
export function thrown(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    return error instanceof Error ? error.name : "no error";
  }
}
export const refusals = ["TypeError", "RangeError", "SyntaxError"];

export function buffers(): void {
  for (const name of Object.keys(right())) {
    it(`${name} refuses what is no array of octets, in any place, and goes on working`, () => {
      for (const [what, value] of noOctets()) {
        const taken = right()[name] as readonly unknown[];
        for (let place = 0; place < taken.length; place++) {
          const numeric = typeof taken[place] === "number";
          // XS turns what stands for a number into one: NaN and the like are 0.
          if (numeric) continue;
          if (what === "a derivation" && name.endsWith("erivation") && name !== "startDerivation") continue;
          const values = taken.map((one, i) => (i === place ? value : one));
          if (name === "iterate" && what === "a derivation") continue;
          const kind = thrown(() => (callable[name] as Native)(...values));
          assert.ok(refusals.includes(kind), `${name}, ${what} in place ${place}: ${kind}`);
        }
      }
      const whole = (callable[name] as Native)(...(right()[name] as readonly unknown[]));
      assert.ok(whole !== null);
    });

    it(`${name} refuses arguments that are missing`, () => {
      const taken = right()[name] as readonly unknown[];
      if (name === "sha256") return;
      const least = name === "hmac" ? 1 : taken.length;
      for (let count = 0; count < least; count++) {
        const kind = thrown(() => (callable[name] as Native)(...taken.slice(0, count)));
        assert.ok(refusals.includes(kind), `${count}: ${kind}`);
      }
    });
  }

  for (const [name, fixed] of Object.entries(lengths)) {
    it(`${name} refuses every other length`, () => {
      for (const [place, length] of fixed.entries()) {
        for (const other of [0, 1, (length ?? 0) - 1, (length ?? 0) + 1, 1000]) {
          const values = (right()[name] as readonly unknown[]).map((one, i) =>
            i === place ? random.octets(other) : one,
          );
          assert.equal(
            thrown(() => (callable[name] as Native)(...values)),
            "RangeError",
            `${other} in place ${place}`,
          );
        }
      }
    });
  }

  it("hkdf and iterate refuse numbers out of bounds, and numbers that are none", () => {
    const { hkdf } = right() as { readonly hkdf: readonly unknown[] };
    for (const length of [0, -1, 8161, 2 ** 31, -(2 ** 31), Number.NaN, Number.POSITIVE_INFINITY, "x", {}]) {
      const values = [...hkdf.slice(0, 3), length];
      assert.equal(
        thrown(() => (callable.hkdf as Native)(...values)),
        "RangeError",
        String(length),
      );
    }
    const derivation = native.startDerivation(random.octets(3), random.octets(3));
    assert.equal(
      thrown(() => native.iterate(derivation, -1)),
      "RangeError",
    );
  });

  it("a number whose conversion runs a program that shrinks or detaches the buffers changes nothing unsafe", () => {
    for (const change of [detach, (octets: Uint8Array) => void octets.fill(1)]) {
      const key = random.octets(32);
      const evil = {
        valueOf: () => {
          change(key);
          return 40;
        },
      };
      const kind = thrown(() => (callable.hkdf as Native)(random.octets(3), key, key, evil));
      assert.ok(kind === "none" || kind === "TypeError", kind);
    }
  });

  it("a derivation that has ended or was cancelled is refused, as is any other object of C", () => {
    for (const end of [native.endDerivation, native.cancelDerivation]) {
      const derivation = native.startDerivation(random.octets(3), random.octets(3));
      end(derivation);
      for (const use of [
        () => native.iterate(derivation, 1),
        () => native.endDerivation(derivation),
        () => native.cancelDerivation(derivation),
      ]) {
        assert.ok(refusals.includes(thrown(use)));
      }
    }
    for (const other of [
      new Map(),
      new WeakMap(),
      new DataView(new ArrayBuffer(8)),
      Promise.resolve(),
      /x/,
    ]) {
      assert.ok(refusals.includes(thrown(() => (callable.iterate as Native)(other, 1))));
    }
  });
}
