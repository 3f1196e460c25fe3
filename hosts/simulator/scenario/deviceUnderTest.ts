import { Milliseconds } from "../../../src/base/units.js";
import type { PneNotice, PneView } from "../../../src/pne/ports.js";
import type { SimulatedDevice } from "../network/device.js";
import type { VirtualClock } from "../world/clock.js";
import { type FragmentFault, layFaults } from "./faults.js";
import { Hand } from "./operator.js";

/** What went over a device's radio in one procedure. */
export interface AirCount {
  octets: number;
  fragments: number;
}

/** For a procedure to end by itself: longer than any of its own time limits together. */
const longestProcedure = Milliseconds(300_000);

/** One device of a scenario, the person at it, and what it has told so far. */
export class Station {
  readonly device: SimulatedDevice;
  readonly hand: Hand;
  /** Code of the last failure; undefined once something succeeded. */
  failure: string | undefined;
  /** The last application message that arrived. */
  message: string | undefined;
  /** Of the last enrolment and the last establishment that succeeded. */
  readonly counts: { enrolment?: AirCount; join?: AirCount } = {};
  #count: AirCount = { octets: 0, fragments: 0 };
  #finals = 0;
  #faults: FragmentFault[] = [];
  readonly #clock: VirtualClock;

  constructor(device: SimulatedDevice, clock: VirtualClock) {
    this.device = device;
    this.hand = new Hand(device, clock);
    this.#clock = clock;
  }

  get view(): PneView | undefined {
    return this.device.pne?.view;
  }

  notice(notice: PneNotice): void {
    if (notice.kind === "state") return;
    if (notice.kind === "progress") {
      if (notice.step === "connect") this.#count = { octets: 0, fragments: 0 };
      return;
    }
    this.#finals++;
    this.failure = notice.kind === "failed" ? notice.code : undefined;
    if (notice.kind === "enrolled") this.counts.enrolment = this.#count;
    if (notice.kind === "joined") this.counts.join = this.#count;
    if (notice.kind === "message") this.message = notice.text;
  }

  fragment(octets: number): void {
    this.#count.octets += octets;
    this.#count.fragments++;
  }

  /** Presses keys, then runs until the device says how it ended, or its power failed. */
  async procedure(presses: () => Promise<void>): Promise<void> {
    const before = this.#finals;
    await presses();
    await this.hand.until(() => this.#finals > before || !this.device.powered, longestProcedure);
  }

  /** For the next connection. */
  plan(fault: FragmentFault): void {
    this.#faults.push(fault);
  }

  /** A connection begins; the device has it as soon as this event is over, before anything moves. */
  linked(met: (fault: FragmentFault) => void): void {
    const faults = this.#faults;
    this.#faults = [];
    if (faults.length === 0) return;
    this.#clock.after(Milliseconds(0), () => {
      if (this.device.link !== undefined) layFaults(this.device.link, faults, met);
    });
  }
}
