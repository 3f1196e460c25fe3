import type { Socket } from "node:net";
import { FrameReader, frame, Kind, notAdvertising } from "../../../src/link/virtualRadio.js";
import { type AdvertisedState, AdvertisedState as States } from "../../../src/pne/ports.js";
import type { AirDevice } from "../network/device.js";
import type { AirLink } from "../world/radio.js";

/** Where an external device is; a Network, as far as it is concerned. */
export interface ExternalAir {
  heard(device: AirDevice): void;
}

const states: ReadonlySet<number> = new Set(Object.values(States));

/** A firmware outside this process that joins the simulator's air over TCP (docs/VIRTUAL-RADIO.md). */
export class ExternalDevice implements AirDevice {
  readonly options = Object.freeze({ secure: false });
  readonly id: string;
  powered = true;
  /** As it advertises. */
  name = "";
  #advertised: AdvertisedState | undefined;
  #link: AirLink | undefined;
  readonly #socket: Socket;
  readonly #air: ExternalAir;

  constructor(id: string, socket: Socket, air: ExternalAir) {
    this.id = id;
    this.#socket = socket;
    this.#air = air;
    const reader = new FrameReader((kind, payload) => this.#take(kind, payload));
    socket.setNoDelay(true);
    socket.on("data", (octets) => {
      if (!reader.push(octets)) socket.destroy();
    });
    // A close follows, whatever the error.
    socket.on("error", () => {});
    socket.on("close", () => this.#gone());
  }

  get advertised(): AdvertisedState | undefined {
    return this.#advertised;
  }

  get link(): AirLink | undefined {
    return this.#link;
  }

  connected(link: AirLink): boolean {
    if (!this.powered || this.#link !== undefined) return false;
    this.#link = link;
    // It advertises anew once it has heard that the link has ended: nothing of this link comes after that.
    this.#advertised = undefined;
    const { maximumWrite, secure } = link;
    this.#send(Kind.connected, Uint8Array.of(maximumWrite >> 8, maximumWrite & 0xff, secure ? 1 : 0));
    return true;
  }

  received(link: AirLink, fragment: Uint8Array): void {
    if (this.#link === link) this.#send(Kind.fragment, fragment);
  }

  disconnected(link: AirLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#send(Kind.disconnect);
  }

  #send(kind: number, payload?: Uint8Array): void {
    if (this.powered) this.#socket.write(frame(kind, payload));
  }

  #take(kind: number, payload: Uint8Array): void {
    if (kind === Kind.advertise) this.#advertise(payload);
    else if (kind === Kind.fragment) this.#write(payload);
    else if (kind === Kind.disconnect) this.#link?.disconnect("closed by the PNE", "pne");
    else this.#socket.destroy();
  }

  #advertise(payload: Uint8Array): void {
    const state = payload[0] ?? notAdvertising;
    this.name = Buffer.from(payload.subarray(1)).toString("utf8");
    this.#advertised = states.has(state) ? (state as AdvertisedState) : undefined;
    if (this.#advertised !== undefined) this.#air.heard(this);
  }

  #write(fragment: Uint8Array): void {
    const link = this.#link;
    const done = (failed: boolean): void => this.#send(Kind.sent, Uint8Array.of(failed ? 1 : 0));
    if (link === undefined) return;
    link.write("toGateway", fragment, (error) => {
      // The device completes by itself what a lost link leaves.
      if (this.#link === link) done(error !== undefined);
    });
  }

  /** The firmware ended, or its computer's network did. */
  #gone(): void {
    this.powered = false;
    this.#advertised = undefined;
    const link = this.#link;
    this.#link = undefined;
    link?.vanish("pne");
  }
}
