import type { Clock } from "../../../src/base/ports.js";
import type { Milliseconds } from "../../../src/base/units.js";

/** The words of the air: what a connection between a PN GW (central) and a PNE (peripheral) is described with. */

export type Direction = "toGateway" | "toPNE";
export type End = "gateway" | "pne";

/** One fragment as it went over the air, for capture and bench. */
export interface AirFragment {
  readonly link: number;
  readonly direction: Direction;
  readonly octets: Uint8Array;
  readonly at: Milliseconds;
}

export interface AirLinkOptions {
  readonly clock: Clock;
  /** ATT_MTU, 23 … 517. */
  readonly mtu: number;
  /** Connection interval. */
  readonly interval: Milliseconds;
  /** Fragments that one side may send in one connection event. */
  readonly perEvent: number;
  /** A peer that vanished without a word is noticed after this; 2 s unless told. */
  readonly supervision?: Milliseconds;
  onFragment?(fragment: AirFragment): void;
  /** No end is left. */
  onOver?(reason: string): void;
}

/** What one end of a connection does with what arrives. */
export interface LinkEnd {
  received(fragment: Uint8Array): void;
  closed(reason: string): void;
}

/** A hand in the air: what becomes of a fragment; [] loses it. `index` counts each direction from 0. */
export type Tamper = (fragment: Uint8Array, direction: Direction, index: number) => readonly Uint8Array[];

/** What one direction carried: what was sent, whatever a hand in the air made of it. */
export interface Traffic {
  fragments: number;
  octets: number;
}

export const minimumMtu = 23;
export const maximumMtu = 517;

/** Throws RangeError for an ATT_MTU that ATT does not know. */
export function expectMtu(mtu: number): void {
  if (!(Number.isInteger(mtu) && mtu >= minimumMtu && mtu <= maximumMtu)) throw new RangeError(`MTU ${mtu}`);
}
