import type { AirFragment, AirLinkOptions, Direction } from "../../../hosts/simulator/world/air.js";
import { AirLink } from "../../../hosts/simulator/world/airLink.js";
import { epoch, VirtualClock } from "../../../hosts/simulator/world/clock.js";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";

export const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

/** A connection with two ends that write down all that happens to them: "time end what". */
export class AirPair {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly captured: AirFragment[] = [];
  readonly link: AirLink;
  /** Called as part of receiving, after the entry in the log. */
  onGateway: (fragment: Uint8Array) => void = () => {};
  onPNE: (fragment: Uint8Array) => void = () => {};

  constructor(options: Partial<AirLinkOptions> = {}) {
    this.link = new AirLink(1, false, {
      clock: this.clock,
      mtu: 185,
      interval: Milliseconds(30),
      perEvent: 4,
      onFragment: (fragment) => this.captured.push(fragment),
      onOver: (reason) => this.note(`over: ${reason}`),
      ...options,
    });
    this.link.attach(
      {
        received: (fragment) => {
          this.note(`gateway ${hex(fragment)}`);
          this.onGateway(fragment);
        },
        closed: (reason) => this.note(`gateway closed: ${reason}`),
      },
      {
        received: (fragment) => {
          this.note(`pne ${hex(fragment)}`);
          this.onPNE(fragment);
        },
        closed: (reason) => this.note(`pne closed: ${reason}`),
      },
    );
  }

  note(what: string): void {
    this.log.push(`${this.clock.now() - epoch} ${what}`);
  }

  /** Writes one fragment and notes its completion as "sent <first octet>"; `then` follows when there was no error. */
  write(direction: Direction, fragment: Uint8Array, then: () => void = () => {}): void {
    this.link.write(direction, fragment, (error) => {
      this.note(`${error?.code ?? "sent"} ${hex(fragment.subarray(0, 1))}`);
      if (error === undefined) then();
    });
  }

  /** One fragment after the other, each when the one before is completed, as Channel does. */
  stream(direction: Direction, octets: readonly number[]): void {
    const [first, ...rest] = octets;
    if (first === undefined) return;
    this.write(direction, Uint8Array.of(first), () => this.stream(direction, rest));
  }

  async run(duration: number): Promise<this> {
    await this.clock.runFor(Milliseconds(duration));
    return this;
  }

  /** The entries that hold this text. */
  noted(text: string): string[] {
    return this.log.filter((line) => line.includes(text));
  }
}
