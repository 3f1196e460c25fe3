import { hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { label, userID } from "../../codec/attributes.js";
import { field, octets, optional, record, uint } from "../../codec/schema.js";
import { defineRow, type ValueOf } from "../row.js";
import { moment, second } from "./shared.js";
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
