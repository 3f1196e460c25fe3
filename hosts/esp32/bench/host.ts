/** The functions of c/host.c: a pipe to the program that plays gateway and person, and a clock. */

/** To the program outside. */
export function tell(this: unknown, octets: Uint8Array): void {
  native("xs_bench_tell").call(this, octets);
}

/** Milliseconds. */
export function now(this: unknown): number {
  return native("xs_bench_now").call(this);
}

declare global {
  /** Called by c/host.c with what has come from outside, or nothing; returns the milliseconds until the next timer. */
  var benchTick: ((arrived: ArrayBuffer | undefined) => number) | undefined;
}
