import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";

/** What a device says without its display: it is done; it is not; something has come. */
export type Signal = "yes" | "no" | "arrival";

/** Milliseconds on, off, and on again. */
const rhythms: Readonly<Record<Signal, readonly number[]>> = Object.freeze({
  yes: Object.freeze([60]),
  no: Object.freeze([400]),
  arrival: Object.freeze([60, 90, 60]),
});

/** Signals by what can only be on or off: a tone, a light, a motor. `set` may throw: then the device is silent. */
export function inRhythm(clock: Clock, set: (on: boolean) => void): (signal: Signal) => void {
  let timer: Timer | undefined;
  const step = (times: readonly number[], at: number): void => {
    try {
      set(at % 2 === 0);
    } catch {
      return;
    }
    const time = times[at];
    if (time !== undefined) timer = clock.after(Milliseconds(time), () => step(times, at + 1));
  };
  return (signal) => {
    timer?.cancel();
    step(rhythms[signal], 0);
  };
}
