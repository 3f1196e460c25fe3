import type { Clock, Log, Random } from "../base/ports.js";
import type { Secret } from "../crypto/secret.js";
import type { CurveSuite } from "../crypto/suite.js";
import type { Role } from "../database/rows/entities.js";
import type { ServerStore, ServerTables } from "../database/store.js";
import type { SessionLimits } from "../link/record.js";

/** Secrets of the Server itself, installed by its operator; all Servers on one database have the same. */
export interface ServerSecrets {
  /** Makes the false salts, verifiers and keys of users and entities that are not known, 32 octets. */
  readonly unknown: Secret;
}

/** What every procedure of the Server works with; its tables come with each request. */
export interface ServerPorts {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly clock: Pick<Clock, "now">;
  /** For what is said outside of a transaction; inside, it is `tables.log`. */
  readonly log: Log;
  readonly secrets: ServerSecrets;
  /** Own Entity ID, the realm of its users. */
  readonly serverID: Uint8Array;
  /** Who may do what in a PN (PNR-12, C-13), in place of the rule of ownership (C-34). */
  readonly policy?: ServerPolicy;
  /** Of every session with the Server (GWA-01); `defaultLimits` unless told. */
  readonly limits?: SessionLimits;
  /**
   * What the Server answers to application data of a PNE that is of no topic; undefined for nothing. It is asked inside a transaction that
   * may run again: what it does beside answering belongs into `received`.
   */
  application(origin: Uint8Array, pnID: Uint8Array, data: Uint8Array): Uint8Array | undefined;
  /**
   * Application data of a PNE has come, and is answered and durable: once for each message. One of a topic
   * (src/protocols/topics/message.ts) is one that the PNE offers, of its kind.
   */
  received?(origin: Uint8Array, pnID: Uint8Array, data: Uint8Array): void;
  /**
   * The same of a value of a topic, once for each, in the transaction that answers it: what is put into the tables is there
   * when the PNE hears that it has arrived, and only then.
   */
  said?(tables: ServerTables, said: Said): Promise<void>;
}

/** A value that a PNE has said of a topic that it offers. */
export interface Said {
  readonly entityID: Uint8Array;
  /** Identity of its owner. */
  readonly owner: Uint8Array;
  readonly topic: { readonly name: string; readonly kind: string; readonly unit?: string };
  readonly value: number | boolean | string | Uint8Array;
}

/** What the Server is made with, beside its tables. */
export interface StoredServerPorts extends ServerPorts {
  readonly store: ServerStore;
}

/** An operator's own rule: a pure function, asked inside a transaction that may run again. Owners are User IDs. */
export interface ServerPolicy {
  mayJoin(pne: Uint8Array, pneOwner: Uint8Array, gateway: Uint8Array, gatewayOwner: Uint8Array): boolean;
}

/** The entity that a message claims to come from. */
export interface Origin {
  readonly role: Role;
  /** Claimed, not proven (C-10). */
  readonly entityID: Uint8Array;
  /** The PN GW of the session that it came by; the entity itself when it is a PN GW. */
  readonly gatewayID: Uint8Array;
  /** In the clear: where it came from, an address or a network, as its host counts them. */
  readonly source?: string;
  /** The PN GW says that its owner stands for this link: it is bonded, or a person at the PN GW let it in. */
  readonly assured?: boolean;
}
