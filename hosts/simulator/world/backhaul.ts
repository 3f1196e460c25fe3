import { Milliseconds } from "../../../src/base/units.js";
import type { SimulatorClock } from "./clock.js";

export interface BackhaulMessage {
  readonly direction: "toServer" | "toGateway";
  readonly octets: Uint8Array;
  readonly at: Milliseconds;
}

export interface BackhaulOptions {
  readonly clock: SimulatorClock;
  /** One way; 20 ms unless told. */
  readonly latency?: Milliseconds;
  /** After which a request counts as unanswered; 5 s unless told. */
  readonly timeout?: Milliseconds;
  /** The Server. Its rejection is a fault of the Server and ends the run. Nothing waits for an answer that is held. */
  handle(request: Uint8Array): Promise<Uint8Array | { readonly held: Promise<Uint8Array> }>;
  onMessage?(message: BackhaulMessage): void;
}

/** What becomes of a request or an answer on its way: undefined or [] loses it, several duplicate it. */
export type BackhaulTamper = (
  octets: Uint8Array,
  direction: BackhaulMessage["direction"],
) => Uint8Array | readonly Uint8Array[] | undefined;

const usualLatency = Milliseconds(20);
const usualTimeout = Milliseconds(5_000);

/** PN GW ↔ Server: requests and answers with latency; can be cut, and tampered with. */
export class Backhaul {
  unreachable = false;
  tamper: BackhaulTamper | undefined;
  readonly #options: BackhaulOptions;

  constructor(options: BackhaulOptions) {
    this.#options = options;
  }

  /** Calls `done` once, later: with the first answer, or undefined when none came before the timeout. */
  request(
    octets: Uint8Array,
    done: (answer: Uint8Array | undefined) => void,
    timeout = this.#options.timeout ?? usualTimeout,
  ): void {
    const { clock } = this.#options;
    let over = false;
    const finish = (answer: Uint8Array | undefined): void => {
      if (over) return;
      over = true;
      timer.cancel();
      done(answer);
    };
    const timer = clock.after(timeout, () => finish(undefined));
    this.#carry(octets, "toServer", (request) => clock.track(this.#serve(request, finish)));
  }

  async #serve(request: Uint8Array, finish: (answer: Uint8Array) => void): Promise<void> {
    const answer = await this.#options.handle(request);
    if (answer instanceof Uint8Array) this.#carry(answer, "toGateway", finish);
    else answer.held.then((later) => this.#carry(later, "toGateway", finish)).catch(this.#fault);
  }

  /** Ends the run, as the rejection of an answer that is not held does. */
  readonly #fault = (error: unknown): void => this.#options.clock.track(Promise.reject(error));

  /** Each copy travels as an event of its own, so that the Server's work stays in one order. */
  #carry(
    octets: Uint8Array,
    direction: BackhaulMessage["direction"],
    arrive: (octets: Uint8Array) => void,
  ): void {
    const { clock, latency = usualLatency, onMessage } = this.#options;
    if (this.unreachable) return;
    const passed = this.tamper === undefined ? octets : (this.tamper(octets, direction) ?? []);
    for (const copy of passed instanceof Uint8Array ? [passed] : passed) {
      const carried = copy.slice();
      onMessage?.({ direction, octets: copy, at: clock.now() });
      clock.after(latency, () => arrive(carried));
    }
  }
}
