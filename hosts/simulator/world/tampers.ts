import type { Direction, Tamper } from "./air.js";

/** Hands in the air that do one thing to the n-th fragment (from 0) of a direction and let all others pass. */

type Single = (direction: Direction, n: number) => Tamper;

const single =
  (change: (fragment: Uint8Array) => readonly Uint8Array[]): Single =>
  (direction, n) =>
  (fragment, toward, index) =>
    toward === direction && index === n ? change(fragment) : [fragment];

export const lose = single(() => []);
export const duplicate = single((fragment) => [fragment, fragment]);

/** Inverts one bit of octet `at`; counts from the end when negative. */
export const corrupt = (direction: Direction, n: number, at = -1): Tamper =>
  single((fragment) => {
    const changed = fragment.slice();
    const index = at < 0 ? changed.length + at : at;
    changed[index] = (changed[index] ?? 0) ^ 1;
    return [changed];
  })(direction, n);

/** Holds the n-th fragment back until the next one of its direction has passed. */
export function reorder(direction: Direction, n: number): Tamper {
  let held: Uint8Array | undefined;
  return (fragment, toward, index) => {
    if (toward !== direction) return [fragment];
    if (index === n) {
      held = fragment;
      return [];
    }
    const late = held === undefined ? [] : [held];
    held = undefined;
    return [fragment, ...late];
  };
}
