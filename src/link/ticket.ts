import type { Milliseconds } from "../base/units.js";
import type { Secret } from "../crypto/secret.js";

/**
 * The right to continue a session whose link was lost, on either side. It is used once, dies with the session that it
 * was made in (`until` is that session's end, which resuming does not put off, GWA-01), and its owner wipes it.
 */
export interface Ticket {
  readonly secret: Secret;
  readonly until: Milliseconds;
  /** Resumptions left, this one among them. */
  readonly left: number;
}
