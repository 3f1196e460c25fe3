import type { AirLink } from "./airLink.js";
import type { RadioLink } from "./linkHandle.js";
import type { SeededRandom } from "./random.js";

/** What a peripheral tells before a connection. */
export interface Advertisement {
  readonly name: string;
  /** UUID of the GATT service. */
  readonly service: string;
  /** One octet of service data: AdvertisedState. */
  readonly state: number;
}

export interface PeripheralOptions {
  readonly id: string;
  /** ATT_MTU that it offers, 23 … 517; 185 unless told. */
  readonly mtu?: number;
  readonly secure: boolean;
  /** A central has connected, exchanged MTUs and subscribed. */
  onConnected(link: RadioLink): void;
}

export interface PeripheralHandle {
  readonly id: string;
  /** Advertises whenever it is on and not connected; undefined stops. */
  advertise(advertisement: Advertisement | undefined): void;
  powerOn(): void;
  /** Vanishes without a word; no callback of the device is called after this. Advertising is forgotten. */
  powerOff(): void;
}

const same = (a: Advertisement | undefined, b: Advertisement | undefined): boolean =>
  a?.name === b?.name && a?.service === b?.service && a?.state === b?.state;

/** A PNE in the air; one connection at a time, as the ESP32's stack allows. */
export class Peripheral implements PeripheralHandle {
  readonly options: PeripheralOptions;
  readonly #random: SeededRandom;
  readonly #changed: (peripheral: Peripheral) => void;
  #powered = true;
  #advertisement: Advertisement | undefined;
  #link: AirLink | undefined;

  /** `changed`: whether it can be found, or what it says, is not as before. */
  constructor(options: PeripheralOptions, random: SeededRandom, changed: (peripheral: Peripheral) => void) {
    this.options = options;
    this.#random = random;
    this.#changed = changed;
  }

  get id(): string {
    return this.options.id;
  }

  /** What is in the air now. */
  get advertisement(): Advertisement | undefined {
    return this.#link === undefined ? this.#advertisement : undefined;
  }

  advertise(advertisement: Advertisement | undefined): void {
    if (!this.#powered || same(advertisement, this.#advertisement)) return;
    this.#advertisement = advertisement;
    this.#changed(this);
  }

  powerOn(): void {
    this.#powered = true;
  }

  powerOff(): void {
    this.#powered = false;
    this.#advertisement = undefined;
    const link = this.#link;
    this.#link = undefined;
    link?.vanish("pne");
    this.#changed(this);
  }

  linked(link: AirLink): void {
    this.#link = link;
    this.#changed(this);
  }

  /** Advertising resumes by itself. */
  unlinked(): void {
    this.#link = undefined;
    this.#changed(this);
  }

  /** Milliseconds until it is next heard, 1 … `interval`. */
  untilHeard(interval: number): number {
    return 1 + this.#random.below(interval);
  }
}
