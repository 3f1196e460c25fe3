import type { GatewayConnection, PneRadio } from "../pne/ports.js";

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

/** Numeric comparison of LE Secure Connections: the person sees whether both sides show the same six digits. */
export interface Pairing {
  /** Asks the person; `answer` is called once. */
  compare(number: number, answer: (same: boolean) => void): void;
  /** The link has ended; nobody needs to answer any more. */
  over(): void;
}
