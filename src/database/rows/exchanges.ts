import { Milliseconds } from "../../base/units.js";
import { entityID, userID } from "../../codec/attributes.js";
import { maximumMessage } from "../../codec/message.js";
import type { Method } from "../../codec/methods.js";
import { bool, field, type Infer, octets, optional, record, text, uint } from "../../codec/schema.js";
import { defineRow, type ValueOf } from "../row.js";
import { type Role, roles } from "./entities.js";
import { defined, moment } from "./shared.js";
import { identity } from "./users.js";

/** A person types between challenge and proof nothing more; the slowest device derives for a few seconds. */
export const exchangeLifetime = Milliseconds(60_000);

const message = octets(1, maximumMessage);
const digest = octets(32, 32);

/** Between challenge and proof of an EUKey assignment, by `hex(handle)`. */
export interface PendingEnrolment {
  readonly method: Method;
  readonly role: Role;
  readonly entityID: Uint8Array;
  readonly gatewayID: Uint8Array;
  readonly userID: Uint8Array;
  readonly request: Uint8Array;
  readonly challenge: Uint8Array;
  /** Whose share of the table it takes, and, in the clear, which part of the table. */
  readonly source: string;
  readonly part?: string;
  readonly endsAt: Milliseconds;
  /** Of spake2plus, once the shares are exchanged: the attempt is counted, and confirmP is awaited. */
  readonly confirming?: {
    readonly confirmP: Uint8Array;
    readonly deliveryKey: Uint8Array;
    /** Who the User was; undefined when throttled or unknown: then confirmP counts for nothing. */
    readonly user?: Uint8Array;
    /** Budgets that the attempt was charged to, given back when it was right. */
    readonly charged: string;
  };
}

const pendingOpen = record({
  method: field(0, uint(23)),
  role: field(1, uint(1)),
  entityID: field(2, entityID),
  gatewayID: field(3, entityID),
  userID: field(4, userID),
  request: field(5, message),
  challenge: field(6, message),
  source: field(7, text(1, 200)),
  endsAt: field(8, moment),
  user: optional(9, identity),
  charged: optional(10, text(0, 2000)),
  confirming: field(11, bool),
  part: optional(12, text(1, 8)),
});
const pendingSecret = record({ confirmP: optional(0, digest), deliveryKey: optional(1, digest) });

const pendingShape = Object.freeze({
  split: ({ confirming, role, ...rest }: PendingEnrolment) => ({
    open: defined({
      ...rest,
      role: roles.toNumber(role),
      user: confirming?.user,
      charged: confirming?.charged,
      confirming: confirming !== undefined,
    }) as Infer<typeof pendingOpen>,
    secret: defined({ confirmP: confirming?.confirmP, deliveryKey: confirming?.deliveryKey }) as Infer<
      typeof pendingSecret
    >,
  }),
  join: (open: Infer<typeof pendingOpen>, secret: Infer<typeof pendingSecret>): PendingEnrolment => {
    const { confirming, user, charged = "", role, method, ...rest } = open;
    const { confirmP, deliveryKey } = secret;
    const shared = { ...rest, method: method as Method, role: roles.toName(role) };
    if (!confirming || confirmP === undefined || deliveryKey === undefined) return shared;
    return { ...shared, confirming: { confirmP, deliveryKey, charged, ...(user && { user }) } };
  },
});

const ends = Object.freeze({
  at: (one: { readonly endsAt: Milliseconds }) => one.endsAt,
  longest: exchangeLifetime,
});

const pending = (table: string) =>
  defineRow({
    table,
    open: pendingOpen,
    secret: pendingSecret,
    shape: pendingShape,
    columns: {
      source: (one: PendingEnrolment) => one.source,
      part: (one: PendingEnrolment) => one.part,
    },
    counted: ["source", "part"],
    ends,
  });

/** Of PNEs, relayed inside the session of a PN GW, which is their source. */
export const enrolments = pending("enrolments");
/** Of PN GWs, in the clear: by anybody. A flood of them fills this table and no other. */
export const clearEnrolments = pending("clear_enrolments");

/** Between the two legs of a registration, by `hex(handle)`; its source is the PN GW. */
export const registrations = defineRow({
  table: "registrations",
  open: record({
    gatewayID: field(0, entityID),
    userID: field(1, userID),
    request: field(2, message),
    challenge: field(3, message),
    salt: field(4, octets(16, 16)),
    iterations: field(5, uint(0xffffff)),
    source: field(6, text(1, 200)),
    endsAt: field(7, moment),
  }),
  columns: { source: (one) => one.source },
  counted: ["source"],
  ends: { at: (one) => one.endsAt, longest: exchangeLifetime },
});
export type PendingRegistration = ValueOf<typeof registrations>;
