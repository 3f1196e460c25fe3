import { Milliseconds } from "../../../src/base/units.js";
import type { PneNotice, PneView } from "../../../src/pne/ports.js";
import type { SimulatedDevice } from "../network/device.js";
import type { VirtualClock } from "../world/clock.js";
import { StepFailure } from "./errors.js";
import { type FragmentFault, layFaults } from "./faults.js";
import { Hand } from "./operator.js";

/** What went over a device's radio in one procedure. */
export interface AirCount {
  octets: number;
  fragments: number;
}

/** For a procedure to end by itself: longer than any of its own time limits together. */
const longestProcedure = Milliseconds(300_000);

/** What a device says that is no failure. */
const tellings: ReadonlySet<string> = new Set<PneNotice["kind"]>([
  "enrolled",
  "joined",
  "left",
  "invited",
  "invitationOver",
  "message",
  "sent",
  "named",
  "resetDone",
]);

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
  readonly #ends: string[] = [];
  #faults: FragmentFault[] = [];
  readonly #met = new Set<FragmentFault>();
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
    // A gateway is there, and what the person is about goes on.
    if (notice.kind === "found") return;
    this.#ends.push(notice.kind === "failed" ? notice.code : notice.kind);
    this.failure = notice.kind === "failed" ? notice.code : undefined;
    if (notice.kind === "enrolled") this.counts.enrolment = this.#count;
    if (notice.kind === "joined") this.counts.join = this.#count;
    if (notice.kind === "message") this.message = notice.text;
  }

  fragment(octets: number): void {
    this.#count.octets += octets;
    this.#count.fragments++;
  }

  /**
   * Presses keys, then runs until the device says how it ended, as one of `ends` or as a failure, or its power failed.
   * What others make it say meanwhile is no end of it. Throws StepFailure when it never says so.
   */
  async procedure(
    ends: readonly string[],
    presses: () => Promise<void>,
  ): Promise<{ readonly ended: string }> {
    const end = this.said(ends);
    await presses();
    await this.hand.until(() => end() !== undefined, longestProcedure);
    const ended = end();
    if (ended === undefined) throw new StepFailure("the device never said how it ended");
    return { ended };
  }

  /** How what begins now has ended: as one of `ends`, or as a failure, or "off". Undefined as long as it goes on. */
  said(ends: readonly string[]): () => string | undefined {
    const from = this.#ends.length;
    const said = () => this.#ends.slice(from).find((one) => ends.includes(one) || !tellings.has(one));
    return () => said() ?? (this.device.powered ? undefined : "off");
  }

  /** For the next connection. Returns what says at the end why it has not come; nothing if it has. */
  plan(fault: FragmentFault): () => string | undefined {
    this.#faults.push(fault);
    return () => {
      if (this.#met.has(fault)) return undefined;
      return this.#faults.includes(fault)
        ? "there was no other connection"
        : "the connection had fewer fragments";
    };
  }

  /** A connection begins; the device has it as soon as this event is over, before anything moves. */
  linked(met: (fault: FragmentFault) => void): void {
    const faults = this.#faults;
    this.#faults = [];
    if (faults.length === 0) return;
    this.#clock.after(Milliseconds(0), () => {
      const { link } = this.device;
      if (link === undefined) return;
      layFaults(link, faults, (fault) => {
        this.#met.add(fault);
        met(fault);
      });
    });
  }
}
