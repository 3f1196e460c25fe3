import { hex } from "../../../src/base/octets.js";
import type { Log, Random, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Suite } from "../../../src/crypto/suite.js";
import type { SessionLimits } from "../../../src/link/record.js";
import { Pne } from "../../../src/pne/pne.js";
import {
  type AdvertisedState,
  defaultMethods,
  type GatewayConnection,
  type PneCommand,
  type PneNotice,
  type PnePolicy,
} from "../../../src/pne/ports.js";
import type { SimulatorClock } from "../world/clock.js";
import { PowerCut, type VirtualFlash } from "../world/flash.js";
import type { AirLink } from "../world/radio.js";

export interface DeviceOptions {
  readonly id: string;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly suite: Suite;
  readonly flash: VirtualFlash;
  readonly log: Log;
  readonly name?: string;
  readonly factoryEntityID?: Uint8Array;
  /** From the factory; the device hands out copies. */
  readonly temporaryKey?: Uint8Array;
  readonly hasUI: boolean;
  /** The PAN of this device's links is secure by itself. */
  readonly secure: boolean;
  readonly localEUKeyCriterion: "r01" | "flow";
  /** The owner's, in place of the default (SEC-02). */
  readonly methods?: Pick<PnePolicy, "secureMethods" | "insecureMethods">;
  /** Stays connected while idle, to be invited and reached. */
  readonly reachable: boolean;
  readonly limits?: SessionLimits;
  readonly forwardSecrecy?: boolean;
  readonly allowReenrolment: boolean;
  notice(notice: PneNotice): void;
  /** It began or stopped advertising. */
  advertising(state: AdvertisedState | undefined): void;
  powerChanged(on: boolean): void;
}

/** What the air needs of a device: one of the simulator's own, or a real firmware that joins from outside. */
export interface AirDevice {
  readonly id: string;
  readonly options: { readonly secure: boolean };
  readonly powered: boolean;
  readonly advertised: AdvertisedState | undefined;
  readonly link: AirLink | undefined;
  /** False when the device does not take it. */
  connected(link: AirLink): boolean;
  received(link: AirLink, fragment: Uint8Array): void;
  disconnected(link: AirLink): void;
}

/** As the reference device derives: about half a second for 10 000 iterations, in steps of 20 ms. */
const pace = Object.freeze({ iterations: 400, pause: Milliseconds(20) });

/** One virtual device: what the hardware is to the firmware. Its flash outlives its power. */
export class SimulatedDevice implements AirDevice {
  readonly options: DeviceOptions;
  #pne: Pne | undefined;
  #link: AirLink | undefined;
  #advertised: AdvertisedState | undefined;
  /** Everything timed dies with the power. */
  #timers = new Set<Timer>();

  constructor(options: DeviceOptions) {
    this.options = options;
  }

  get id(): string {
    return this.options.id;
  }

  get powered(): boolean {
    return this.#pne !== undefined;
  }

  get pne(): Pne | undefined {
    return this.#pne;
  }

  get link(): AirLink | undefined {
    return this.#link;
  }

  get advertised(): AdvertisedState | undefined {
    return this.#advertised;
  }

  powerOn(): void {
    if (this.powered) return;
    const { suite, random, log, name, factoryEntityID, hasUI, localEUKeyCriterion, reachable } = this.options;
    const { temporaryKey } = this.options;
    this.#guard(() => {
      const pne = new Pne({
        suite,
        random,
        log,
        // Firmware that swallows a power cut gets nothing more until it starts again.
        flash: this.options.flash.boot(),
        pace,
        ...(this.options.limits && { limits: this.options.limits }),
        clock: { now: () => this.options.clock.now(), after: (delay, fire) => this.#after(delay, fire) },
        radio: {
          advertise: (state) => {
            this.#advertised = state;
            this.options.advertising(state);
          },
        },
        policy: {
          hasUI,
          ...(this.options.methods ?? defaultMethods),
          localEUKeyCriterion,
          reachable,
          acceptInvitations: true,
          forwardSecrecy: this.options.forwardSecrecy ?? false,
          allowReenrolment: this.options.allowReenrolment,
        },
        ...(factoryEntityID && { factoryEntityID }),
        ...(temporaryKey && { temporaryKey: () => Uint8Array.from(temporaryKey) }),
        ...(name !== undefined && { name }),
        notify: (notice) => this.options.notice(notice),
      });
      this.#pne = pne;
      this.options.powerChanged(true);
      pne.start();
    });
  }

  /** The power fails, now: RAM, timers and link are gone; the peer notices after its supervision timeout. */
  powerOff(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#pne = undefined;
    this.#advertised = undefined;
    this.#link?.vanish("pne");
    this.#link = undefined;
    this.options.powerChanged(false);
  }

  command(command: PneCommand): void {
    this.#guard(() => this.#pne?.command(command));
  }

  /** A gateway connected; false when the device does not take it. */
  connected(link: AirLink): boolean {
    const connection: GatewayConnection = {
      secure: link.secure,
      get maximumWrite() {
        return link.maximumWrite;
      },
      write: (fragment, sent) => {
        link.write("toGateway", fragment, (error) => this.#guard(() => sent(error)));
      },
      disconnect: () => link.disconnect("closed by the PNE"),
    };
    let taken = false;
    this.#link = link;
    this.#guard(() => {
      taken = this.#pne?.connected(connection) ?? false;
    });
    return taken;
  }

  received(link: AirLink, fragment: Uint8Array): void {
    if (this.#link === link) this.#guard(() => this.#pne?.received(fragment));
  }

  disconnected(link: AirLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#guard(() => this.#pne?.disconnected());
  }

  #after(delay: Milliseconds, fire: () => void): Timer {
    const timer = this.options.clock.after(delay, () => {
      this.#timers.delete(timer);
      this.#guard(fire);
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#timers.delete(timer);
      },
    };
  }

  /** A planned power cut unwinds to here: the device is off. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      this.powerOff();
    }
  }
}

/** Where an identifier is wanted for people. */
export const shortID = (octets: Uint8Array): string => hex(octets).slice(0, 8);
