import type { SeededRandom } from "../support/seededRandom.js";

/** Octets at which parsers turn. */
const turning = [
  0, 1, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x20, 0x22, 0x2c, 0x3d, 0x40, 0x5f, 0x7f, 0x80, 0x9f, 0xff,
];
const longest = 9_000;

type Change = (octets: number[], random: SeededRandom, other: Uint8Array) => void;

const changes: readonly Change[] = [
  (octets, random) => {
    const at = random.below(octets.length + 1);
    octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8));
  },
  (octets, random) => {
    octets[random.below(octets.length + 1)] = turning[random.below(turning.length)] ?? 0;
  },
  (octets, random) => {
    octets[random.below(octets.length + 1)] = random.below(256);
  },
  (octets, random) => void octets.splice(random.below(octets.length + 1), 1 + random.below(8)),
  (octets, random) => void octets.splice(random.below(octets.length + 1)),
  (octets, random) => {
    const run = Array.from({ length: 1 + random.below(12) }, () => random.below(256));
    octets.splice(random.below(octets.length + 1), 0, ...run);
  },
  (octets, random) => {
    const from = random.below(octets.length + 1);
    const copy = octets.slice(from, from + 1 + random.below(40));
    octets.splice(random.below(octets.length + 1), 0, ...copy);
  },
  (octets, random, other) => {
    const from = random.below(other.length + 1);
    const copy = other.subarray(from, from + 1 + random.below(60));
    octets.splice(random.below(octets.length + 1), random.below(20), ...copy);
  },
];

/** Another input, a few changes away from this one; `other` is one to take from. */
export function mutated(input: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  const octets = [...input];
  for (let count = 1 + random.below(5); count > 0; count--)
    changes[random.below(changes.length)]?.(octets, random, other);
  return Uint8Array.from(octets.slice(0, longest), (octet) => octet ?? 0);
}
