import { hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { entityID, euKeyID } from "../../codec/attributes.js";
import { bool, field, octets, optional, record, text, uint } from "../../codec/schema.js";
import { windowLength } from "../../link/window.js";
import { defineRow, type ValueOf } from "../row.js";
import { count, moment } from "./shared.js";

/** No session lasts longer, whatever the Server's settings (GWA-01). */
export const longestSession = Milliseconds(7 * 24 * 3_600_000);
const counter = uint(0xffffffff);

/** Session of a PN GW, by `hex(sid)`; the counters live in the database, so that any Server may continue. */
export const gatewaySessions = defineRow({
  table: "gateway_sessions",
  open: record({
    entityID: field(0, entityID),
    /** The EUKey that proved it: a session ends when the key is replaced. */
    keyID: field(1, euKeyID),
    /** Greatest counter received, and which of those below it: `ReceiveWindow`. */
    received: field(2, counter),
    window: field(3, octets(windowLength, windowLength)),
    endsAt: field(4, moment),
    /** Name of the row in `tickets` by which it may be resumed. */
    ticket: optional(5, text(1, 64)),
  }),
  secret: record({ sk: field(0, octets(32, 32)) }),
  columns: { entity: (session) => hex(session.entityID) },
  ends: { at: (one) => one.endsAt, longest: longestSession },
});
export type GatewaySession = ValueOf<typeof gatewaySessions>;

/** What a record of a PN GW's session was answered with, by `hex(sid)/counter`, as long as the window reaches. */
export const answers = defineRow({
  table: "answers",
  open: record({ record: field(0, octets(1, 0x4000)), endsAt: field(1, moment) }),
  ends: { at: (one) => one.endsAt, longest: longestSession },
});

/** The right to resume a PN GW's session once, found by its ticket id; it ends with the session's time. */
export const tickets = defineRow({
  table: "tickets",
  open: record({
    entityID: field(0, entityID),
    keyID: field(1, euKeyID),
    left: field(2, uint(255)),
    endsAt: field(3, moment),
  }),
  secret: record({ secret: field(0, octets(32, 32)) }),
  ends: { at: (one) => one.endsAt, longest: longestSession },
});
export type TicketRecord = ValueOf<typeof tickets>;

/**
 * How often a PN GW has authenticated, by `hex(Entity ID)`: each handshake is for one number, so that none is used
 * twice although no row is kept of those that are open.
 */
export const handshakes = defineRow({
  table: "handshakes",
  open: record({ count: field(0, count), sid: optional(1, octets(8, 8)) }),
});
export type HandshakeRecord = ValueOf<typeof handshakes>;

/** What waits for a PN GW to fetch it, by `hex(PN GW)/time/number`: in the order in which it was put. */
export const pushes = defineRow({
  table: "pushes",
  open: record({
    gatewayID: field(0, entityID),
    /** One of the kinds of the poll's protocol. */
    kind: field(1, uint(255)),
    /** The PNE that it is about, or for. */
    entityID: optional(2, entityID),
    /** A record for it. */
    message: optional(3, octets(1, 2048)),
    endsAt: field(4, moment),
    /** The PN that it is about. */
    pnID: optional(5, octets(16, 16)),
    /** Somebody waits for what comes of it. */
    awaited: optional(6, bool),
    /** What came of it: it is not told any more. */
    result: optional(7, uint(255)),
  }),
  columns: { gateway: (push) => (push.result === undefined ? hex(push.gatewayID) : undefined) },
  counted: ["gateway"],
  ends: { at: (one) => one.endsAt, longest: longestSession },
});
export type PushRecord = ValueOf<typeof pushes>;
