import type { Done } from "../base/outcome.js";
import type { Milliseconds } from "../base/units.js";
import type { AnyDefinition, Received } from "../codec/message.js";

/** What a PNE says by itself to what it was told unasked, with the means to answer it. */
export interface Said<D extends AnyDefinition> {
  readonly message: Received<D>;
  answer(octets: Uint8Array): void;
}

/** For a PNE's word on what it was asked, when no person has to decide. */
export const askTimeout = 10_000 as Milliseconds;

/** A PNE's connection, as far as a procedure of the PN GW needs it that tells the PNE what to do. */
export interface DeviceLink {
  /** As claimed in discovery. */
  readonly entityID: Uint8Array | undefined;
  /** The PAN is secure by itself (SEC-02). */
  readonly panSecure: boolean;
  /** Sends what the PNE did not ask for. */
  push(make: (exchange: number) => Uint8Array): void;
  /**
   * Waits for the PNE's message of this kind, of which one is waited for at a time. Errors: "timeout", "linkLost",
   * "superseded" by a newer question.
   */
  expect<D extends AnyDefinition>(definition: D, wait: Milliseconds, done: Done<Said<D>>): void;
  /**
   * Waits for the end of the EUKey assignment that the PNE begins, as far as its PN GW can see it. Errors: "timeout",
   * "linkLost", "superseded", "result.refused".
   */
  watchAssignment(wait: Milliseconds, done: Done<undefined>): void;
}
