import { NamedError } from "../../../src/base/errors.js";

export type WorldErrorCode =
  /** A delay that is no number of milliseconds. */
  | "clock.delay"
  /** Somebody already runs this clock: an event must not wait for later events. */
  | "clock.running"
  /** The connection did not come up (HCI 0x3e): the central's owner tries again. */
  | "radio.notEstablished"
  | "radio.timeout"
  /** This central is off, or already connected or connecting to that peripheral. */
  | "radio.off"
  | "radio.busy"
  | "radio.cancelled";

/** What goes wrong in the simulated world itself. */
export class WorldError extends NamedError {
  declare readonly code: WorldErrorCode;

  constructor(code: WorldErrorCode, detail?: string) {
    super(code, detail);
  }
}
