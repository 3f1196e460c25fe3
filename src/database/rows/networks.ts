import { hex } from "../../base/octets.js";
import type { Milliseconds } from "../../base/units.js";
import { entityID, euKeyID, flags, label, localKeyID, pnID, rand, share } from "../../codec/attributes.js";
import { bool, field, type Infer, list, octets, optional, record, uint } from "../../codec/schema.js";
import { defineRow, type ValueOf } from "../row.js";
import { longestSession } from "./sessions.js";
import { defined, moment } from "./shared.js";
import { identity } from "./users.js";

const counter = uint(0xffffffff);
const key32 = octets(32, 32);

/** A PN, scoped by its PN GW (C-26), by `hex(PN GW)/hex(PN ID)`. */
export const pns = defineRow({
  table: "pns",
  open: record({
    established: field(0, bool),
    pnID: field(1, pnID),
    gatewayID: field(2, entityID),
    /** Of the PN GW's owner, whose quota it takes. */
    owner: field(3, identity),
    randServer: field(4, rand),
    /** Its label for people, from who started it. */
    alias: optional(5, label),
    /** What the PN GW said of itself (C-29). */
    gatewayInfo: optional(6, octets(1, 512)),
    /** Members. */
    size: field(7, uint(0xffff)),
    endsAt: field(8, moment),
    /** Whose network it is: of the owner of the PNE that started it, or of the PN GW. */
    starter: optional(9, identity),
  }),
  columns: {
    gateway: (pn) => hex(pn.gatewayID),
    owner: (pn) => (pn.established ? hex(pn.owner) : undefined),
    /** While nobody has proven anything. */
    pending: (pn) => (pn.established ? undefined : hex(pn.owner)),
  },
  counted: ["owner", "pending"],
  ends: { at: (one) => one.endsAt, longest: longestSession },
});
export type PNRecord = ValueOf<typeof pns>;

/** Session of a PNE in a PN: record keys and counters of one direction pair. */
export interface MemberSession {
  readonly sk: Uint8Array;
  /** Greatest counter received, and next counter to send. */
  readonly received: number;
  readonly next: number;
  readonly endsAt: Milliseconds;
  /** The EUKey that proved it: a session ends when the key is replaced. */
  readonly keyID: Uint8Array;
  /** RANDs that made it. */
  readonly randPNE: Uint8Array;
  readonly randServer: Uint8Array;
}

/** Requests of a PNE that are open at most: the answer to each may have been lost. */
export const maximumStagedSessions = 4;

/** A session that is to replace it, once its first record has come (staged → proven → committed). */
export interface StagedSession extends MemberSession {
  /** The Server's answer, the same for the same RAND: a request that came twice made one session. */
  readonly hash: Uint8Array;
  readonly share?: Uint8Array;
}

/** What one who wants into a PN that stands has been offered, or a member that takes part anew, until its hash comes. */
export interface Returning {
  readonly pneInfo: Uint8Array;
  readonly flags: number;
  readonly rand: Uint8Array;
  readonly randServer: Uint8Array;
  readonly endsAt: Milliseconds;
  readonly ecdh?: Uint8Array;
  readonly share?: Uint8Array;
  readonly localKeyID?: number;
}

/** A PNE in a PN, by `hex(PN GW)/hex(PN ID)/hex(Entity ID)`. */
export interface PNMember {
  readonly gatewayID: Uint8Array;
  readonly pnID: Uint8Array;
  readonly entityID: Uint8Array;
  readonly pneInfo: Uint8Array;
  readonly flags: number;
  readonly rand: Uint8Array;
  readonly endsAt: Milliseconds;
  /** While pending: the ECDH secret, when the PNE has offered a share. */
  readonly ecdh?: Uint8Array;
  /** While pending: the Server's share. */
  readonly share?: Uint8Array;
  /** While pending: the id of the LocalEUKey that it was offered, which counts once its hash was verified. */
  readonly localKeyID?: number;
  /** Set once its hash was verified: the session PNE–Server. */
  readonly session?: MemberSession;
  /** The newest last; no more than `maximumStagedSessions`. */
  readonly staged?: readonly StagedSession[];
  /** Number of the last message of a topic that the Server has taken from it. */
  readonly heard?: number;
  /** It proves itself while the PN stands; a session that it has stays good until it has done so. */
  readonly returning?: Returning;
}

const session = record({
  received: field(0, counter),
  next: field(1, counter),
  endsAt: field(2, moment),
  keyID: field(3, euKeyID),
  randPNE: field(4, rand),
  randServer: field(5, rand),
  hash: optional(6, octets(32, 32)),
  share: optional(7, share),
});
const returning = record({
  pneInfo: field(0, octets(1, 512)),
  flags: field(1, flags),
  rand: field(2, rand),
  randServer: field(3, rand),
  endsAt: field(4, moment),
  share: optional(5, share),
  localKeyID: optional(6, localKeyID),
});
const open = record({
  entityID: field(0, entityID),
  pneInfo: field(1, octets(1, 512)),
  flags: field(2, flags),
  rand: field(3, rand),
  endsAt: field(4, moment),
  share: optional(5, share),
  localKeyID: optional(8, localKeyID),
  gatewayID: field(9, entityID),
  pnID: field(10, pnID),
  session: optional(6, session),
  staged: optional(7, list(session, 1, maximumStagedSessions)),
  heard: optional(11, counter),
  returning: optional(12, returning),
});
const secret = record({
  ecdh: optional(0, key32),
  sk: optional(1, key32),
  stagedSKs: optional(2, list(key32, 1, maximumStagedSessions)),
  returningECDH: optional(3, key32),
});

type OpenSession = Infer<typeof session>;
const joined = (one: OpenSession | undefined, sk: Uint8Array | undefined): MemberSession | undefined =>
  one && sk ? { ...one, sk } : undefined;

export const members = defineRow({
  table: "members",
  open,
  secret,
  shape: {
    split: (member: PNMember) => ({
      open: member,
      secret: defined({
        ecdh: member.ecdh,
        sk: member.session?.sk,
        stagedSKs: member.staged?.map((one) => one.sk),
        returningECDH: member.returning?.ecdh,
      }) as Infer<typeof secret>,
    }),
    join: ({ session: now, staged, returning: back, ...rest }, { ecdh, sk, stagedSKs, returningECDH }) =>
      defined({
        ...rest,
        ecdh,
        session: joined(now, sk),
        staged: staged?.flatMap((one, i) => joined(one, stagedSKs?.[i]) ?? []),
        returning: back && defined({ ...back, ecdh: returningECDH }),
      }) as unknown as PNMember,
  },
  columns: {
    entity: (member: PNMember) => hex(member.entityID),
    pn: (member: PNMember) => `${hex(member.gatewayID)}/${hex(member.pnID)}`,
  },
  ends: { at: (one) => one.endsAt, longest: longestSession },
});
