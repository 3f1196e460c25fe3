import { hex } from "../../base/octets.js";
import { Milliseconds, Seconds } from "../../base/units.js";
import { userID } from "../../codec/attributes.js";
import { bool, field, list, octets, optional, record, uint } from "../../codec/schema.js";
import { pointLength, scalarLength } from "../../crypto/curve.js";
import { defineRow, type ValueOf } from "../row.js";
import { moment, second } from "./shared.js";

/** 16 random octets: who a User is, whatever the name. A name that was removed and registered anew is another User. */
export const identity = octets(16, 16);
const digest = octets(32, 32);
const point = octets(pointLength, pointLength);

/** A User by `hex(User ID)`: nothing from which the password could be used, only verified. */
export const users = defineRow({
  table: "users",
  open: record({
    identity: field(0, identity),
    userID: field(1, userID),
    salt: field(2, octets(16, 16)),
    iterations: field(3, uint(0xffffff)),
    createdAt: field(4, second),
  }),
  secret: record({
    /** Of scram (RFC 5802), 32 octets each. */
    storedKey: field(0, digest),
    serverKey: field(1, digest),
    /** The record of SPAKE2+ (RFC 9383): w0 of 32 octets, L of 65. */
    w0: field(2, octets(scalarLength, scalarLength)),
    l: field(3, point),
    /** w0·M and w0·N, which every exchange needs and no other user has. */
    w0M: field(4, point),
    w0N: field(5, point),
  }),
  columns: { identity: (user) => hex(user.identity) },
  // Whether somebody is registered is nobody's business (EUK-UI-17).
  sham: {
    identity: new Uint8Array(16),
    userID: Uint8Array.of(0x3f),
    salt: new Uint8Array(16),
    iterations: 10_000,
    createdAt: Seconds(0),
    storedKey: new Uint8Array(32),
    serverKey: new Uint8Array(32),
    w0: new Uint8Array(scalarLength),
    l: new Uint8Array(pointLength),
    w0M: new Uint8Array(pointLength),
    w0N: new Uint8Array(pointLength),
  },
});
export type UserRecord = ValueOf<typeof users>;

/** Who was let in at the PN GWs of an owner (C-34), by `hex(owner)/hex(guest)`, or `hex(owner)/*` for everybody. */
export const guests = defineRow({
  table: "guests",
  open: record({
    owner: field(0, identity),
    since: field(1, second),
  }),
  columns: { owner: (one) => hex(one.owner) },
});

/** How long an attempt, a budget or a day's quota is remembered at most. */
const longestBudget = Milliseconds(8 * 24 * 3_600_000);

/** A budget that is spent by failed attempts, or by whatever else is counted in a time; by its name. */
export const budgets = defineRow({
  table: "budgets",
  open: record({
    spent: field(0, uint(0xffffffff)),
    /** Milliseconds since 1970: of the last one that was counted. */
    at: field(1, moment),
    endsAt: field(2, moment),
  }),
  ends: { at: (budget) => budget.endsAt, longest: longestBudget },
});
export type BudgetRecord = ValueOf<typeof budgets>;

/** How long a session of a User's own page lasts. */
export const pageSessionLifetime = Milliseconds(12 * 3_600_000);

/** A session of a User's own page, by the hexadecimal SHA-256 of its token: a stolen database gives none. */
export const pageSessions = defineRow({
  table: "page_sessions",
  open: record({
    identity: field(0, identity),
    userID: field(1, userID),
    endsAt: field(2, moment),
  }),
  columns: { user: (session) => hex(session.identity) },
  counted: ["user"],
  ends: { at: (session) => session.endsAt, longest: pageSessionLifetime },
});
export type PageSession = ValueOf<typeof pageSessions>;

/** For how long a browser that a User has signed in by has guesses of its own. */
export const browserLifetime = Milliseconds(183 * 24 * 3_600_000);

/**
 * A browser that a User has signed in by, by the hexadecimal SHA-256 of what it keeps and `/hex(identity)`: it signs nobody
 * in, and a stolen database gives none.
 */
export const pageBrowsers = defineRow({
  table: "page_browsers",
  open: record({ identity: field(0, identity), endsAt: field(1, moment) }),
  columns: { user: (browser) => hex(browser.identity) },
  counted: ["user"],
  ends: { at: (browser) => browser.endsAt, longest: browserLifetime },
});

/** Names in a User's list of guests. */
export const maximumGuestNames = 64;

/**
 * Whom a User wants to let in, as it was typed, by `hex(identity)`: names that nobody has stand there like others. Beside
 * them who had each name when it was put there: another who registers it later is not meant.
 */
export const guestLists = defineRow({
  table: "guest_lists",
  open: record({
    names: field(0, list(userID, 0, maximumGuestNames)),
    everybody: field(1, bool),
    /** In the order of the names; empty for one that nobody had. */
    meant: optional(2, list(octets(0, 16), 0, maximumGuestNames)),
  }),
});
