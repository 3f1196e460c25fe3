import { AclLink, type LinkEnd } from "./aclLink.js";

/** A device address as people write it, most significant octet first: "c6:05:04:03:02:01". */
export type Address = string;

/** What is in the air of a device that can be connected to. */
export interface Advertiser {
  readonly address: Address;
  /** AD structures, at most 31 octets each. */
  readonly advertisement: Uint8Array;
  readonly response: Uint8Array;
  /** A central has connected; its advertising has ended. */
  connected(link: LinkEnd, by: Initiator): void;
}

/** Who connects, and after how many milliseconds of silence a connection ends. */
export interface Initiator {
  readonly address: Address;
  readonly supervision: number;
}

/** Connection attempts that fail with 0x3e: the peer never answers on the new connection (vol. 6, part B, 4.5.2). */
const failedToEstablish = 0x3e;

/** The radio waves between controllers and peripherals of one test: who advertises, who listens, who is connected. */
export class Air {
  readonly #interval: number;
  readonly #advertisers = new Map<Address, Advertiser>();
  readonly #listeners = new Set<(heard: Advertiser) => void>();
  readonly #waiting = new Set<() => void>();
  #rhythm: NodeJS.Timeout | undefined;
  /** They are heard, and do not hear who connects. */
  readonly deaf = new Set<Address>();
  /** So many of the next connections fail with 0x3e. */
  failures = 0;

  /** `interval`: of everybody's advertising, in milliseconds. */
  constructor(interval = 10) {
    this.#interval = interval;
  }

  advertise(advertiser: Advertiser): void {
    this.#advertisers.set(advertiser.address, advertiser);
    for (const look of [...this.#waiting]) look();
  }

  silence(address: Address): void {
    this.#advertisers.delete(address);
  }

  advertises(address: Address): boolean {
    return this.#advertisers.has(address);
  }

  /** Everybody that advertises is heard once in an interval, until the answer is called. */
  listen(hear: (heard: Advertiser) => void): () => void {
    this.#listeners.add(hear);
    this.#rhythm ??= setInterval(() => {
      for (const advertiser of [...this.#advertisers.values()]) {
        for (const listener of [...this.#listeners]) listener(advertiser);
      }
    }, this.#interval);
    return () => {
      this.#listeners.delete(hear);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#rhythm);
      this.#rhythm = undefined;
    };
  }

  /** Connects as soon as the peer advertises; the answer calls it off. */
  connect(address: Address, by: Initiator, done: (end: LinkEnd) => void): () => void {
    const look = (): void => {
      const advertiser = this.#advertisers.get(address);
      if (advertiser === undefined || this.deaf.has(address)) return;
      this.#waiting.delete(look);
      this.silence(address);
      const link = new AclLink(by.supervision);
      done(link.central);
      if (this.failures > 0) {
        this.failures--;
        link.fail(failedToEstablish);
        this.advertise(advertiser);
      } else advertiser.connected(link.peripheral, by);
    };
    this.#waiting.add(look);
    setImmediate(() => {
      if (this.#waiting.has(look)) look();
    });
    return () => void this.#waiting.delete(look);
  }
}
