import type { Timer } from "../base/ports.js";
import type { Procedure } from "../procedure/procedure.js";
import type { How } from "../protocols/network/setupOptions.js";
import type { Connection } from "./connection.js";
import type { Joined } from "./joined.js";
import type { InvitationView } from "./ports.js";

/** Somebody wants this PNE in a PN (PNI-02, GWI-01). */
export interface Invitation extends InvitationView {
  readonly pnID: Uint8Array;
  readonly byGateway: boolean;
}

/** How a device without UI gets its EUKey. */
export interface Assignment {
  begin(connection: Connection): Procedure<unknown>;
  /** Wipes what it holds; after `begin` that is the procedure's. */
  drop(): void;
}

/** What the PNE does, one thing at a time. */
export type Task =
  /** Is there a gateway, before a person types a password for nothing? */
  | { readonly kind: "look" }
  | { readonly kind: "enrol"; readonly userID: Uint8Array; readonly password: Uint8Array }
  | { readonly kind: "join"; readonly how: How }
  /** The gateway gives a device without UI its EUKey (SEC-04, SEC-05). */
  | { readonly kind: "assign"; readonly assignment: Assignment }
  /** An assignment that was cut off between delivery and acknowledgement. */
  | { readonly kind: "confirm" };

/** Nothing is going on; a PNE that has an EUKey may be asked into a PN, until `timer`. */
export interface Free {
  readonly at: "unenrolled" | "idle";
  readonly asked?: { readonly invitation: Invitation; readonly timer: Timer } | undefined;
}

export interface Working {
  readonly at: "working";
  readonly task: Task;
  /** Until a gateway has connected. */
  readonly patience: Timer | undefined;
}

/** What the PNE is about. In a PN its gateway is here, or away and waited for. */
export type PneState = Free | Working | Joined;
