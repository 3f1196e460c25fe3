import { Milliseconds } from "../../../src/base/units.js";
import { type AirFragment, expectMtu } from "./air.js";
import { AirLink } from "./airLink.js";
import {
  Central,
  type CentralAir,
  type CentralHandle,
  type CentralOptions,
  type Connected,
} from "./central.js";
import type { SimulatorClock } from "./clock.js";
import { LinkHandle } from "./linkHandle.js";
import { Peripheral, type PeripheralHandle, type PeripheralOptions } from "./peripheral.js";
import type { SeededRandom } from "./random.js";

export type { AirFragment, Direction, LinkEnd, Tamper } from "./air.js";
export { AirLink } from "./airLink.js";
export type { CentralHandle, CentralOptions } from "./central.js";
export type { RadioLink } from "./linkHandle.js";
export type { Advertisement, PeripheralHandle, PeripheralOptions } from "./peripheral.js";

export interface RadioOptions {
  readonly clock: SimulatorClock;
  readonly random: SeededRandom;
  /** Connection interval; 30 ms unless told. */
  readonly interval?: Milliseconds;
  /** Fragments of one side in one connection event; 4 unless told. */
  readonly perEvent?: number;
  readonly supervision?: Milliseconds;
  /** Advertising interval; 100 ms unless told. */
  readonly advertising?: Milliseconds;
  /** Connection events from connection to subscription (MTU exchange, discovery, subscription); 6 unless told. */
  readonly setupEvents?: number;
  readonly connectTimeout?: Milliseconds;
  /** Probability that the first attempt to connect a pair, or the first after a connection, fails with 0x3e. */
  readonly firstConnectFailure?: number;
  onFragment?(fragment: AirFragment): void;
  onLink?(link: AirLink, peripheral: string, central: string): void;
  onLinkOver?(link: AirLink, reason: string): void;
}

/** Six connection events without an answer (Core specification, vol. 6, part B, 4.5.2) end in 0x3e. */
const eventsToFail = 6;
const usualMtu = Object.freeze({ peripheral: 185, central: 517 });

/** The air that peripherals (PNEs) and centrals (PN GWs) share; everything is in range until told otherwise. */
export class Radio {
  readonly #options: RadioOptions;
  readonly #interval: Milliseconds;
  readonly #peripherals = new Map<string, Peripheral>();
  readonly #centrals = new Map<string, Central>();
  readonly #air: CentralAir;
  #links = 0;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#interval = options.interval ?? Milliseconds(30);
    const failures = options.random.fork("connection failures");
    this.#air = {
      clock: options.clock,
      advertising: options.advertising ?? Milliseconds(100),
      connectTimeout: options.connectTimeout ?? Milliseconds(10_000),
      setup: Milliseconds(this.#interval * (options.setupEvents ?? 6)),
      failure: Milliseconds(this.#interval * eventsToFail),
      peripherals: () => this.#peripherals.values(),
      peripheral: (id) => this.#peripheral(id),
      firstFails: () => failures.chance(options.firstConnectFailure ?? 0),
      link: (central, peripheral, done) => this.#link(central, peripheral, done),
    };
  }

  /** Powered from the start. Throws RangeError for an id twice or a bad MTU. */
  addPeripheral(options: PeripheralOptions): PeripheralHandle {
    expectMtu(options.mtu ?? usualMtu.peripheral);
    if (this.#peripherals.has(options.id)) throw new RangeError(`two peripherals '${options.id}'`);
    const random = this.#options.random.fork(`peripheral ${options.id}`);
    const peripheral = new Peripheral(options, random, (changed) => {
      for (const central of this.#centrals.values()) central.notice(changed);
    });
    this.#peripherals.set(options.id, peripheral);
    return peripheral;
  }

  /** Powered from the start, not scanning. Throws RangeError for an id twice or a bad MTU. */
  addCentral(options: CentralOptions): CentralHandle {
    expectMtu(options.mtu ?? usualMtu.central);
    if (this.#centrals.has(options.id)) throw new RangeError(`two centrals '${options.id}'`);
    const central = new Central(options, this.#air);
    this.#centrals.set(options.id, central);
    return central;
  }

  /** Out of range nothing is heard; a connection ends when its supervision timeout has passed. */
  setRange(peripheral: string, central: string, inRange: boolean): void {
    this.#central(central).setRange(this.#peripheral(peripheral), inRange);
  }

  /** The connection that the central takes itself to have, for faults and measurements. */
  link(peripheral: string, central: string): AirLink | undefined {
    return this.#central(central).linkTo(this.#peripheral(peripheral));
  }

  #peripheral(id: string): Peripheral {
    const found = this.#peripherals.get(id);
    if (found === undefined) throw new RangeError(`no peripheral '${id}'`);
    return found;
  }

  #central(id: string): Central {
    const found = this.#centrals.get(id);
    if (found === undefined) throw new RangeError(`no central '${id}'`);
    return found;
  }

  #link(central: Central, peripheral: Peripheral, done: Connected): void {
    const link = this.#newLink(central, peripheral);
    const [gatewayEnd, pneEnd] = [new LinkHandle(link, "gateway"), new LinkHandle(link, "pne")];
    link.attach(
      {
        received: (fragment) => gatewayEnd.onFragment(fragment),
        closed: (reason) => {
          central.unlinked(peripheral);
          gatewayEnd.onClosed(reason);
        },
      },
      {
        received: (fragment) => pneEnd.onFragment(fragment),
        closed: (reason) => {
          peripheral.unlinked();
          pneEnd.onClosed(reason);
        },
      },
    );
    central.linked(peripheral, link);
    peripheral.linked(link);
    this.#options.onLink?.(link, peripheral.id, central.id);
    done(undefined, gatewayEnd);
    if (link.open) peripheral.options.onConnected(pneEnd);
  }

  #newLink(central: Central, peripheral: Peripheral): AirLink {
    const { clock, perEvent = 4, supervision, onFragment, onLinkOver } = this.#options;
    const link: AirLink = new AirLink(++this.#links, peripheral.options.secure, {
      clock,
      interval: this.#interval,
      mtu: Math.min(central.options.mtu ?? usualMtu.central, peripheral.options.mtu ?? usualMtu.peripheral),
      perEvent,
      ...(supervision !== undefined && { supervision }),
      onFragment: (fragment) => onFragment?.(fragment),
      onOver: (reason) => onLinkOver?.(link, reason),
    });
    return link;
  }
}
