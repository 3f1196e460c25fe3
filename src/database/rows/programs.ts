import { hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { entityID, label, userID } from "../../codec/attributes.js";
import { bool, field, octets, optional, record, text, uint } from "../../codec/schema.js";
import { defineRow, type ValueOf } from "../row.js";
import { count, moment, second } from "./shared.js";
import { identity } from "./users.js";

/** What a User's programs are given at the Server's interface (docs/API.md). */

/** No token that ends is made to last longer. */
export const longestToken = Milliseconds(366 * 24 * 3_600_000);

/**
 * A token, by `hex(id)`, its first 8 octets. Of the rest there is only the SHA-256: 256 random bits are not guessed, so
 * that a hash which is slow would cost each request and protect nothing more.
 */
export const apiTokens = defineRow({
  table: "api_tokens",
  open: record({
    identity: field(0, identity),
    userID: field(1, userID),
    name: field(2, label),
    /** A bit for each of `scopes` (src/server/programs/tokens.ts). */
    scopes: field(3, uint(255)),
    digest: field(4, octets(32, 32)),
    createdAt: field(5, second),
    endsAt: optional(6, moment),
    /** When it was last used, to a day. */
    usedAt: optional(7, second),
  }),
  columns: { owner: (token) => hex(token.identity) },
  counted: ["owner"],
  ends: { at: (token) => token.endsAt, longest: longestToken },
});
export type TokenRecord = ValueOf<typeof apiTokens>;

/** What a value takes at most: a message of a topic without its number (src/protocols/topics/message.ts). */
const valueOctets = octets(1, 640);
const about = {
  /** Whose device it was then. */
  identity: field(0, identity),
  entityID: field(1, entityID),
  topic: field(2, text(1, 16)),
  /** By its number in contents. */
  kind: field(3, uint(255)),
  unit: optional(4, text(1, 8)),
  /** When the Server took it. */
  at: field(5, moment),
  endsAt: field(6, moment),
};

/** No history is kept for longer, whatever the operator's setting. */
export const longestHistory = Milliseconds(7 * 24 * 3_600_000);
/** Points of one topic, of `pointLength` octets each. */
export const maximumPoints = 288;
export const pointLength = 12;

/** What a device has said last of a topic, and its last day, by `hex(Entity ID)/topic`. */
export const readings = defineRow({
  table: "readings",
  open: record(about),
  secret: record({ value: field(0, valueOctets), points: field(1, octets(0, maximumPoints * pointLength)) }),
  columns: { owner: (one) => hex(one.identity), entity: (one) => hex(one.entityID) },
  counted: ["entity"],
  ends: { at: (one) => one.endsAt, longest: longestHistory },
});
export type ReadingRecord = ValueOf<typeof readings>;

/** For who was away to come back, and for other Servers to hear of it. */
export const eventLifetime = Milliseconds(3_600_000);

/** Events of one User; the oldest gives way. */
export const maximumEvents = 256;

/** What happened to a User's devices, by `hex(identity)/number`, 15 digits: without a gap, in the order of commits. */
export const events = defineRow({
  table: "events",
  open: record(about),
  secret: record({ value: field(0, valueOctets) }),
  ends: { at: (one) => one.endsAt, longest: eventLifetime },
});
export type EventRecord = ValueOf<typeof events>;

/** The number of a User's last event, by `hex(identity)`. */
export const eventHeads = defineRow({ table: "event_heads", open: record({ last: field(0, count) }) });

/** What a User wants otherwise than usual, by `hex(identity)`. */
export const preferences = defineRow({
  table: "preferences",
  open: record({ history: field(0, bool) }),
});

/** Octets of a webhook's address. */
export const longestAddress = 1_000;

/** Where a User's events are sent to, by `hex(id)`; addresses have secrets in them often enough. */
export const webhooks = defineRow({
  table: "webhooks",
  open: record({
    identity: field(0, identity),
    userID: field(1, userID),
    createdAt: field(2, second),
    /** Something waits for it. */
    pending: field(3, bool),
    /** Not before this is it tried. */
    nextAt: field(4, moment),
    /** Attempts that have failed since the last one that did not. */
    failing: field(5, uint(0xffff)),
    /** Events of this device or topic alone. */
    device: optional(6, entityID),
    topic: optional(7, text(1, 16)),
    /** A Server has it in hand until then. */
    heldUntil: optional(8, moment),
    /** What gave way to newer events. */
    dropped: optional(9, count),
  }),
  secret: record({ url: field(0, octets(1, longestAddress)), key: field(1, octets(32, 32)) }),
  columns: { owner: (hook) => hex(hook.identity) },
  counted: ["owner"],
});
export type WebhookRecord = ValueOf<typeof webhooks>;

/**
 * When webhooks for which something waits have their turn, so that those whose turn it is are found without looking past
 * the others: by "n/" or "h/" (it is tried next then; a Server has it in hand until then), the instant, 14 digits, and
 * `/hex(id)`.
 */
export const webhookTurns = defineRow({
  table: "webhook_turns",
  open: record({ identity: field(0, identity) }),
});

/** What nobody has taken is shown, and kept for who starts a Server again, for so long. */
export const deliveryLifetime = Milliseconds(7 * 24 * 3_600_000);

/** An event on its way to a webhook, or given up, by `hex(webhook)/number`. */
export const deliveries = defineRow({
  table: "deliveries",
  open: record({
    webhook: field(0, octets(8, 8)),
    attempts: field(1, uint(255)),
    at: field(2, moment),
    endsAt: field(3, moment),
    /** Why it was given up. */
    dead: optional(4, text(1, 64)),
  }),
  secret: record({ body: field(0, octets(1, 4_096)) }),
  columns: { state: (one) => deliveryState(one.webhook, one.dead !== undefined) },
  counted: ["state"],
  ends: { at: (one) => one.endsAt, longest: deliveryLifetime },
});
export type DeliveryRecord = ValueOf<typeof deliveries>;

/** How deliveries of a webhook are looked up: those that wait, those that were given up. */
export const deliveryState = (webhook: Uint8Array, dead: boolean): string =>
  `${hex(webhook)}/${dead ? "dead" : "waiting"}`;
