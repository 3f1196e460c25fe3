import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { PneConnection } from "../../../src/gateway/pneLink.js";
import {
  type GatewayRadio,
  type LinkListener,
  RadioError,
  type RadioListener,
} from "../../../src/gateway/radio.js";
import type { AdvertisedState } from "../../../src/link/service.js";
import { type AirFragment, AirLink, type Tamper } from "../world/radio.js";
import type { AirDevice } from "./device.js";

export interface AirRadioOptions {
  readonly clock: Clock;
  readonly mtu: number;
  readonly interval: Milliseconds;
  /** Of this PN GW; 64 unless told. */
  readonly maximumLinks?: number;
  /** A hand in the air of every connection. */
  readonly tamper?: (...fragment: [...Parameters<Tamper>, AirDevice]) => ReturnType<Tamper>;
  /** Counts the links of a network. */
  nextLink(): number;
  inRange(device: AirDevice): boolean;
  onFragment(device: AirDevice, fragment: AirFragment): void;
  onLink(device: AirDevice, up: boolean, reason: string, link: number): void;
}

/** Between the start of advertising and the connection: scanning and connecting take about this long. */
const connectDelay = Milliseconds(100);
export const usualMaximum = 64;

/** The radio of the simulator's PN GW: devices of the air are heard after a while, and connected to at once. */
export class AirRadio implements GatewayRadio {
  readonly maximumLinks: number;
  readonly #options: AirRadioOptions;
  readonly #devices = new Map<string, AirDevice>();
  readonly #attempts = new Map<string, LinkListener>();
  #listener: RadioListener | undefined;

  constructor(options: AirRadioOptions) {
    this.#options = options;
    this.maximumLinks = options.maximumLinks ?? usualMaximum;
  }

  start(listener: RadioListener): void {
    this.#listener = listener;
    listener.usable();
  }

  stop(): void {
    this.#listener = undefined;
    this.#attempts.clear();
  }

  /** It began to advertise. */
  advertises(device: AirDevice): void {
    this.#options.clock.after(connectDelay, () => this.look(device));
  }

  /** It can be heard, or cannot be any more. */
  look(device: AirDevice): void {
    const state = this.#heard(device);
    if (state === undefined) {
      this.#listener?.lost(device.id);
      return;
    }
    this.#devices.set(device.id, device);
    this.#listener?.heard(device.id, { state, name: device.id });
  }

  #heard(device: AirDevice): AdvertisedState | undefined {
    const { powered, advertised, link } = device;
    return powered && link === undefined && this.#options.inRange(device) ? advertised : undefined;
  }

  connect(peer: string, listener: LinkListener): void {
    this.#attempts.set(peer, listener);
    this.#options.clock.after(Milliseconds(0), () => {
      if (this.#attempts.get(peer) !== listener) return;
      this.#attempts.delete(peer);
      const device = this.#devices.get(peer);
      if (device !== undefined && this.#heard(device) !== undefined) this.#establish(device, listener);
      else {
        this.#listener?.lost(peer);
        listener.failed(new RadioError("radio.timeout"));
      }
    });
  }

  cancel(peer: string): void {
    const listener = this.#attempts.get(peer);
    this.#attempts.delete(peer);
    listener?.failed(new RadioError("radio.cancelled"));
  }

  #establish(device: AirDevice, listener: LinkListener): void {
    const { clock, mtu, interval, tamper, nextLink, onFragment, onLink } = this.#options;
    const link = new AirLink(nextLink(), device.options.secure, {
      clock,
      mtu,
      interval,
      perEvent: 4,
      onFragment: (fragment) => onFragment(device, fragment),
    });
    if (tamper) link.tamper = (fragment, direction, index) => tamper(fragment, direction, index, device);
    const mine = this.#listener;
    const alive = (): boolean => this.#listener === mine;
    link.attach(
      {
        received: (fragment) => {
          if (alive()) listener.received(fragment);
        },
        closed: (reason) => {
          if (alive()) listener.closed(reason);
          onLink(device, false, reason, link.id);
        },
      },
      {
        received: (fragment) => device.received(link, fragment),
        closed: () => device.disconnected(link),
      },
    );
    listener.connected(connectionOf(link));
    if (!link.open) return;
    onLink(device, true, "connected", link.id);
    if (!device.connected(link)) link.disconnect("refused by the PNE");
  }
}

function connectionOf(link: AirLink): PneConnection {
  return {
    secure: link.secure,
    get maximumWrite() {
      return link.maximumWrite;
    },
    write: (fragment, sent) => link.write("toPNE", fragment, sent),
    disconnect: () => link.disconnect("closed by the PN GW"),
  };
}
