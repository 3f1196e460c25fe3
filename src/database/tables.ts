import type { Milliseconds, Seconds } from "../base/units.js";
import type { Method } from "../codec/methods.js";
import type { Secret } from "../crypto/secret.js";

/** What the Server keeps of a password: nothing from which it could be used, only verified. */
export interface UserRecord {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of scram (RFC 5802), 32 octets each. */
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  /** The record of SPAKE2+ (RFC 9383): w0 of 32 octets, L of 65. */
  readonly w0: Uint8Array;
  readonly l: Uint8Array;
}

export interface ServerKey {
  /** 8 octets. */
  readonly id: Uint8Array;
  /** 32 octets. */
  readonly key: Uint8Array;
  /** `gatewayEscrow`: a PN GW has seen it (SEC-05); `temporary`: it has replaced such a one (C-18). */
  readonly origin: "password" | "gba" | "gatewayEscrow" | "temporary";
  readonly createdAt: Seconds;
  /** A bootstrapped key ends with its B-TID (C-21). */
  readonly expiresAt?: Seconds;
}

/** One PNE or PN GW with its keys, bound to its owner (EUK-UI-06, EUK-GW-10, SEC-01). */
export interface EntityRecord {
  readonly role: "pne" | "gateway";
  readonly userID: Uint8Array;
  /** The last LocalEUKey id given to it; the next is greater. */
  readonly lastLocalKeyID: number;
  /** sid of a PN GW's one session. */
  readonly sid?: string;
  readonly committed?: ServerKey;
  /** Delivered through `gatewayID`, not yet confirmed; `userID` of who asked, who becomes the owner with the commit. */
  readonly staged?: ServerKey & { readonly userID: Uint8Array; readonly gatewayID: Uint8Array };
  /** While there is no committed key: when it is forgotten. */
  readonly expiresAt?: Milliseconds;
}

/** A device as its factory made it (SEC-06), by Entity ID. */
export interface DeviceRecord {
  /** 32 octets. */
  readonly temporaryKey: Uint8Array;
  /** The last time that a key derived from it was let out: since which factory reset, for whom, and through whom. */
  readonly released?: {
    readonly epoch: Uint8Array;
    readonly userID: Uint8Array;
    readonly gatewayID: Uint8Array;
    /** The EUKey that was delivered under it is confirmed: no other will be. */
    readonly used: boolean;
  };
}

/** The entity's key while its time lasts (C-21). */
export function validKey(entity: EntityRecord | undefined, now: Milliseconds): ServerKey | undefined {
  const key = entity?.committed;
  return key?.expiresAt !== undefined && key.expiresAt * 1000 <= now ? undefined : key;
}

/** The devices of one User, by name in `entities`: those that are theirs, and those of which nobody knows yet. */
export interface OwnerRecord {
  readonly entities: readonly string[];
  readonly claims: readonly string[];
}

/** Between the two legs of a registration. */
export interface PendingRegistration {
  readonly kind: "registration";
  readonly expiresAt: Milliseconds;
  readonly gatewayID: Uint8Array;
  readonly userID: Uint8Array;
  readonly request: Uint8Array;
  readonly challenge: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Between challenge and proof. */
export interface PendingEnrolment {
  readonly kind: "enrolment";
  readonly method: Method;
  readonly expiresAt: Milliseconds;
  readonly role: "pne" | "gateway";
  readonly entityID: Uint8Array;
  readonly gatewayID: Uint8Array;
  readonly userID: Uint8Array;
  readonly request: Uint8Array;
  readonly challenge: Uint8Array;
  /** Of spake2plus, once the shares are exchanged: the attempt is counted, and confirmP is awaited. */
  readonly confirming?: {
    readonly confirmP: Uint8Array;
    readonly deliveryKey: Uint8Array;
    /** False when throttled or unknown: then confirmP counts for nothing. */
    readonly allowed: boolean;
  };
}

/** Between AuthenticateRequest and AuthenticateResponse. */
export interface PendingHandshakeRecord {
  readonly kind: "handshake";
  readonly expiresAt: Milliseconds;
  readonly entityID: Uint8Array;
  readonly connectRequest: Uint8Array;
  readonly authenticateRequest: Uint8Array;
  readonly randInitiator: Uint8Array;
  readonly randResponder: Uint8Array;
  /** The ECDH secret, when both sides want forward secrecy. */
  readonly ecdh?: Uint8Array;
}

export type Pending = PendingEnrolment | PendingHandshakeRecord | PendingRegistration;

/** Record keys and counters of one direction pair; the counters live in the database, so any Server may continue. */
export interface SessionRecord {
  readonly sk: Uint8Array;
  /** Greatest counter received, and next counter to send. */
  readonly received: number;
  readonly next: number;
  readonly expiresAt: Milliseconds;
}

/** Session of a PN GW, found by its sid. */
export interface GatewaySession {
  readonly sk: Uint8Array;
  /** Greatest counter received, and which of those below it: `ReceiveWindow`. */
  readonly received: number;
  readonly window: Uint8Array;
  readonly expiresAt: Milliseconds;
  readonly entityID: Uint8Array;
  /** The EUKey that proved it: a session ends when the key is replaced. */
  readonly keyID: Uint8Array;
  /** Name of the row in `tickets` by which it may be resumed. */
  readonly ticket?: string;
}

/** What a record of a PN GW was answered with, by `hex(sid)/counter`, as long as the window reaches. */
export interface AnswerRecord {
  readonly record: Uint8Array;
  readonly expiresAt: Milliseconds;
}

/** The right to resume a PN GW's session once, found by its ticket id; it ends with the session's time. */
export interface TicketRecord {
  readonly entityID: Uint8Array;
  readonly keyID: Uint8Array;
  readonly secret: Uint8Array;
  readonly left: number;
  readonly expiresAt: Milliseconds;
}

export interface PNMember {
  readonly entityID: Uint8Array;
  readonly pneInfo: Uint8Array;
  readonly flags: number;
  readonly rand: Uint8Array;
  /** While pending: the ECDH secret, when the PNE has offered a share. */
  readonly ecdh?: Uint8Array;
  /** While pending: the Server's share. */
  readonly share?: Uint8Array;
  /** Set once its hash was verified: the session PNE–Server. */
  readonly session?: MemberSession;
  /** A session that is to replace it, once its first record has come (staged → proven → committed). */
  readonly next?: MemberSession;
}

/** Session of a PNE in a PN. */
export interface MemberSession extends SessionRecord {
  /** The EUKey that proved it: a session ends when the key is replaced. */
  readonly keyID: Uint8Array;
  /** RANDs that made it. */
  readonly randPNE: Uint8Array;
  readonly randServer: Uint8Array;
}

/** A PN, scoped by its PN GW (C-26). */
export interface PNRecord {
  readonly state: "pending" | "established";
  readonly gatewayID: Uint8Array;
  readonly randServer: Uint8Array;
  readonly members: readonly PNMember[];
  /** Its label for people, when the PN GW has started it. */
  readonly alias?: string;
  readonly expiresAt: Milliseconds;
}

/** Failed attempts; persisted before a proof is verified. */
export interface AttemptRecord {
  readonly failures: number;
  readonly notBefore: Milliseconds;
}

/** Of exchanges that are open, one PN GW may have this many: it must not fill what all of them share. */
export const maximumPendingOfGateway = 256;

/** One table: octets or text as key, a record as value. */
export interface Table<Value> {
  get(key: string): Promise<Value | undefined>;
  put(key: string, value: Value): Promise<void>;
  delete(key: string): Promise<void>;
  /** Number of rows, or of those with this `gatewayID`, for bounds. */
  count(gatewayID?: Uint8Array): Promise<number>;
  /** Deletes rows whose `expiresAt` has passed. */
  expire(now: Milliseconds): Promise<void>;
}

export interface ServerTables {
  readonly users: Table<UserRecord>;
  readonly entities: Table<EntityRecord>;
  readonly devices: Table<DeviceRecord>;
  readonly owners: Table<OwnerRecord>;
  /** Exchanges begun inside the session of a PN GW. */
  readonly pending: Table<Pending>;
  /** Exchanges begun in the clear, by anybody: a flood of them must not stop those of the PNEs. */
  readonly pendingClear: Table<Pending>;
  readonly gatewaySessions: Table<GatewaySession>;
  readonly answers: Table<AnswerRecord>;
  readonly tickets: Table<TicketRecord>;
  readonly pns: Table<PNRecord>;
  readonly attempts: Table<AttemptRecord>;
}

/** What the Server remembers. Everything is behind it, so that several Servers may share one database. */
export interface ServerStore {
  /** Runs `work` alone and durable: all of its writes or none, none when it throws. */
  transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T>;
}

/** Secrets of the Server itself, installed by its operator. */
export interface ServerSecrets {
  /** Makes the false salts, verifiers and keys of users and entities that are not known, 32 octets. */
  readonly unknown: Secret;
}
