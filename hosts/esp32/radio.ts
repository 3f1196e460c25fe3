import type { AdvertisedState, GatewayConnection, PneRadio } from "../../src/pne/ports.js";

/** What a link tells the firmware; the calls of `Pne` of the same names. */
export interface LinkEvents {
  /** The radio is up; once. */
  ready(): void;
  /** False: the connection is not taken, and the link ends it. */
  connected(link: GatewayConnection): boolean;
  received(fragment: Uint8Array): void;
  disconnected(): void;
}

/** The board's radio: a BLE peripheral, or what stands for it in the simulator. */
export interface RadioDriver extends PneRadio {
  /** Once; `name` is advertised. Nothing is advertised and no connection is taken before it is ready. */
  start(name: string, events: LinkEvents): void;
}

export type { AdvertisedState };
