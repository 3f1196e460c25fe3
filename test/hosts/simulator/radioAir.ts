import assert from "node:assert/strict";
import { epoch, VirtualClock } from "../../../hosts/simulator/world/clock.js";
import type { WorldError } from "../../../hosts/simulator/world/errors.js";
import {
  type CentralHandle,
  type PeripheralHandle,
  type PeripheralOptions,
  Radio,
  type RadioLink,
  type RadioOptions,
} from "../../../hosts/simulator/world/radio.js";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";

export const advertisement = Object.freeze({ name: "pne", service: "cb9e0001", state: 0 });

/** One PNE and one gateway in the air, with a log of what both see. */
export class Air {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly radio: Radio;
  readonly pne: PeripheralHandle;
  readonly gateway: CentralHandle;
  pneLink: RadioLink | undefined;
  gatewayLink: RadioLink | undefined;

  constructor(options: Partial<RadioOptions> = {}, mtu: { pne?: number; gateway?: number } = {}) {
    this.radio = new Radio({
      clock: this.clock,
      random: new SeededRandom("air"),
      onLink: (link, peripheral, central) => this.note(`link ${link.id} ${peripheral}-${central}`),
      onLinkOver: (link, reason) => this.note(`over ${link.id}: ${reason}`),
      ...options,
    });
    this.pne = this.addPNE("pne", { ...(mtu.pne !== undefined && { mtu: mtu.pne }) });
    this.gateway = this.radio.addCentral({
      id: "gw",
      ...(mtu.gateway !== undefined && { mtu: mtu.gateway }),
      onFound: (peripheral, { state }) => {
        this.note(`found ${peripheral} ${state}`);
      },
    });
  }

  addPNE(id: string, options: Partial<PeripheralOptions> = {}): PeripheralHandle {
    return this.radio.addPeripheral({
      id,
      secure: false,
      onConnected: (link) => {
        this.note(`${id} connected`);
        this.pneLink = link;
        link.onFragment = (fragment) => this.note(`${id} ${hex(fragment)}`);
        link.onClosed = (reason) => this.note(`${id} closed: ${reason}`);
      },
      ...options,
    });
  }

  note(what: string): void {
    this.log.push(`${this.clock.now() - epoch} ${what}`);
  }

  /** What happened, without the times. */
  get happened(): string[] {
    return this.log.map((line) => line.slice(line.indexOf(" ") + 1));
  }

  connect(id = "pne"): void {
    this.gateway.connect(id, (error?: WorldError, link?: RadioLink) => {
      this.note(error?.code ?? "gw connected");
      if (link === undefined) return;
      this.gatewayLink = link;
      link.onFragment = (fragment) => this.note(`gw ${hex(fragment)}`);
      link.onClosed = (reason) => this.note(`gw closed: ${reason}`);
    });
  }

  async run(duration = 1000): Promise<this> {
    await this.clock.runFor(Milliseconds(duration));
    return this;
  }

  async connected(): Promise<this> {
    this.pne.advertise(advertisement);
    this.connect();
    await this.run();
    assert.ok(this.pneLink !== undefined && this.gatewayLink !== undefined);
    this.log.length = 0;
    return this;
  }
}
