import { Milliseconds } from "../../../src/units.js";
import type { SimulatorClock } from "./clock.js";

export interface BackhaulMessage {
  readonly direction: "toServer" | "toGateway";
  readonly octets: Uint8Array;
  readonly at: Milliseconds;
}

export interface BackhaulOptions {
  readonly clock: SimulatorClock;
  /** One way. */
  readonly latency: Milliseconds;
  handle(request: Uint8Array): Promise<Uint8Array>;
  onMessage?(message: BackhaulMessage): void;
}

export type BackhaulTamper = (
  octets: Uint8Array,
  direction: BackhaulMessage["direction"],
) => Uint8Array | undefined;

const timeout = Milliseconds(5_000);

/** PN GW ↔ Server: requests and answers with latency; can be cut, and tampered with. */
export class Backhaul {
  unreachable = false;
  tamper: BackhaulTamper | undefined;
  readonly #options: BackhaulOptions;

  constructor(options: BackhaulOptions) {
    this.#options = options;
  }

  request(octets: Uint8Array, done: (answer: Uint8Array | undefined) => void): void {
    const { clock, latency, handle } = this.#options;
    let over = false;
    const finish = (answer: Uint8Array | undefined): void => {
      if (over) return;
      over = true;
      timer.cancel();
      done(answer);
    };
    const timer = clock.after(timeout, () => finish(undefined));
    const request = this.#pass(octets, "toServer");
    if (request === undefined) return;
    clock.after(latency, () => {
      const work = handle(request).then((answer) => {
        const back = this.#pass(answer, "toGateway");
        if (back !== undefined) clock.after(latency, () => finish(back));
      });
      clock.track(work);
    });
  }

  #pass(octets: Uint8Array, direction: BackhaulMessage["direction"]): Uint8Array | undefined {
    if (this.unreachable) return undefined;
    const passed = this.tamper === undefined ? octets : this.tamper(octets, direction);
    if (passed !== undefined) {
      this.#options.onMessage?.({ direction, octets: passed, at: this.#options.clock.now() });
    }
    return passed;
  }
}
