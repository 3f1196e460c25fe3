import Digital from "embedded:io/digital";
import Timer from "timer";
import type { Button } from "./remote/remote.js";

/** Bounces are over by then. */
const pause = 20;

/** A button between a pin and ground, looked at every 20 ms; no pin, no button: the keys of the page are enough. */
export const buttonAt = (pin: number | undefined): Button => ({
  open(pressed) {
    if (pin === undefined) return { close() {} };
    const input = new Digital({ pin, mode: Digital.InputPullUp });
    let up = true;
    const timer = Timer.repeat(() => {
      const now = input.read() === 1;
      if (up && !now) pressed();
      up = now;
    }, pause);
    return {
      close() {
        Timer.clear(timer);
        input.close();
      },
    };
  },
});

/** A pin of the manifest's `config`. */
export const pinOf = (pin: unknown): number | undefined => (pin === undefined ? undefined : Number(pin));
