import type { Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { AirLink } from "./airLink.js";
import type { SimulatorClock } from "./clock.js";
import { WorldError, type WorldErrorCode } from "./errors.js";
import type { RadioLink } from "./linkHandle.js";
import type { Advertisement, Peripheral } from "./peripheral.js";

export interface CentralOptions {
  readonly id: string;
  /** ATT_MTU that it asks for, 23 … 517; 517 unless told. */
  readonly mtu?: number;
  /** Once for each advertisement heard; again when it changes, resumes or comes into range. */
  onFound(peripheral: string, advertisement: Advertisement): void;
}

export type Connected = (error: WorldError | undefined, link?: RadioLink) => void;

export interface CentralHandle {
  readonly id: string;
  scan(on: boolean): void;
  /**
   * Connects as soon as the peripheral can be connected to. Calls `done` once, never before `connect` has returned:
   * with the link, subscribed, or WorldError("radio.notEstablished" | "radio.timeout" | "radio.off" | "radio.busy" |
   * "radio.cancelled").
   */
  connect(peripheral: string, done: Connected): void;
  cancelConnect(peripheral: string): void;
  powerOn(): void;
  powerOff(): void;
}

/** What a central needs of the radio around it. */
export interface CentralAir {
  readonly clock: SimulatorClock;
  readonly advertising: Milliseconds;
  readonly connectTimeout: Milliseconds;
  /** From the connection to its subscription. */
  readonly setup: Milliseconds;
  /** From the connection to 0x3e. */
  readonly failure: Milliseconds;
  peripherals(): Iterable<Peripheral>;
  peripheral(id: string): Peripheral;
  /** Whether this attempt of a pair, the first since the last connection, fails. */
  firstFails(): boolean;
  link(central: Central, peripheral: Peripheral, done: Connected): void;
}

interface Attempt {
  readonly done: Connected;
  readonly timeout: Timer;
  establishing: Timer | undefined;
}

/** A PN GW in the air: scans, and holds many connections. */
export class Central implements CentralHandle {
  readonly options: CentralOptions;
  readonly #air: CentralAir;
  readonly #deafTo = new Set<Peripheral>();
  readonly #links = new Map<Peripheral, AirLink>();
  readonly #attempts = new Map<Peripheral, Attempt>();
  readonly #reports = new Map<Peripheral, Timer>();
  /** Failed once with 0x3e since the last connection. */
  readonly #failed = new Set<Peripheral>();
  #powered = true;
  #scanning = false;

  constructor(options: CentralOptions, air: CentralAir) {
    this.options = options;
    this.#air = air;
  }

  get id(): string {
    return this.options.id;
  }

  scan(on: boolean): void {
    this.#scanning = on && this.#powered;
    for (const peripheral of this.#air.peripherals()) this.#report(peripheral);
  }

  connect(id: string, done: Connected): void {
    const peripheral = this.#air.peripheral(id);
    const busy = this.#links.has(peripheral) || this.#attempts.has(peripheral);
    if (!this.#powered || busy) {
      const error = new WorldError(this.#powered ? "radio.busy" : "radio.off");
      this.#air.clock.after(Milliseconds(0), () => done(error));
      return;
    }
    const timeout = this.#air.clock.after(this.#air.connectTimeout, () =>
      this.#fail(peripheral, "radio.timeout"),
    );
    this.#attempts.set(peripheral, { done, timeout, establishing: undefined });
    this.#establish(peripheral);
  }

  cancelConnect(id: string): void {
    this.#fail(this.#air.peripheral(id), "radio.cancelled");
  }

  powerOn(): void {
    this.#powered = true;
  }

  powerOff(): void {
    this.#powered = false;
    this.#scanning = false;
    for (const timer of this.#reports.values()) timer.cancel();
    this.#reports.clear();
    for (const peripheral of [...this.#attempts.keys()]) this.#endAttempt(peripheral);
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.vanish("gateway");
  }

  linkTo(peripheral: Peripheral): AirLink | undefined {
    return this.#links.get(peripheral);
  }

  linked(peripheral: Peripheral, link: AirLink): void {
    this.#failed.delete(peripheral);
    this.#links.set(peripheral, link);
  }

  unlinked(peripheral: Peripheral): void {
    this.#links.delete(peripheral);
    this.notice(peripheral);
  }

  setRange(peripheral: Peripheral, inRange: boolean): void {
    if (inRange !== this.#deafTo.has(peripheral)) return;
    if (inRange) this.#deafTo.delete(peripheral);
    else this.#deafTo.add(peripheral);
    this.#links.get(peripheral)?.setReach(inRange);
    this.notice(peripheral);
  }

  /** Something about this peripheral has changed. */
  notice(peripheral: Peripheral): void {
    this.#report(peripheral);
    this.#establish(peripheral);
  }

  #heard(peripheral: Peripheral): Advertisement | undefined {
    return this.#deafTo.has(peripheral) ? undefined : peripheral.advertisement;
  }

  #report(peripheral: Peripheral): void {
    this.#reports.get(peripheral)?.cancel();
    this.#reports.delete(peripheral);
    const heard = this.#heard(peripheral);
    if (!this.#scanning || heard === undefined) return;
    const delay = Milliseconds(peripheral.untilHeard(this.#air.advertising));
    const report = (): void => {
      this.#reports.delete(peripheral);
      this.options.onFound(peripheral.id, heard);
    };
    this.#reports.set(peripheral, this.#air.clock.after(delay, report));
  }

  #establish(peripheral: Peripheral): void {
    const attempt = this.#attempts.get(peripheral);
    if (attempt === undefined || attempt.establishing !== undefined) return;
    if (this.#heard(peripheral) === undefined) return;
    const fails = !this.#failed.has(peripheral) && this.#air.firstFails();
    const after =
      peripheral.untilHeard(this.#air.advertising) + (fails ? this.#air.failure : this.#air.setup);
    attempt.establishing = this.#air.clock.after(Milliseconds(after), () => {
      attempt.establishing = undefined;
      // Gone meanwhile: the attempt waits until it is heard again.
      if (this.#heard(peripheral) === undefined) return;
      if (fails) {
        this.#failed.add(peripheral);
        this.#fail(peripheral, "radio.notEstablished");
      } else {
        this.#endAttempt(peripheral);
        this.#air.link(this, peripheral, attempt.done);
      }
    });
  }

  #endAttempt(peripheral: Peripheral): Attempt | undefined {
    const attempt = this.#attempts.get(peripheral);
    this.#attempts.delete(peripheral);
    attempt?.timeout.cancel();
    attempt?.establishing?.cancel();
    return attempt;
  }

  #fail(peripheral: Peripheral, code: WorldErrorCode): void {
    this.#endAttempt(peripheral)?.done(new WorldError(code));
  }
}
