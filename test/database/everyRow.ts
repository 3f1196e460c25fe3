import { ascii } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { Method } from "../../src/codec/methods.js";
import type { ValueOf } from "../../src/database/row.js";
import type { definitions } from "../../src/database/store.js";

type Name = keyof typeof definitions;
type Sample = { [N in Name]: readonly [N, ValueOf<(typeof definitions)[N]>] }[Name];

const octets = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
/** Secrets are octets of 0xa0 to 0xaf, and nothing else is. */
const secret = (fill: number, length = 32): Uint8Array => octets(length, 0xa0 + fill);
const soon = Milliseconds(1_800_000_050_000);
const point = (fill: number): Uint8Array => Uint8Array.of(0xa4, ...secret(fill, 64));
const identity = octets(16, 0x11);
const created = Seconds(1_700_000_000);
const session = {
  received: 3,
  next: 4,
  endsAt: soon,
  keyID: octets(8, 0x21),
  randPNE: octets(32, 0x22),
  randServer: octets(32, 0x23),
};
const committed = { id: octets(8, 0x21), key: secret(5), createdAt: created } as const;
const message = ascii("a message");
const exchange = {
  entityID: ascii("pne"),
  gatewayID: ascii("gateway"),
  userID: ascii("alice"),
  request: message,
  challenge: message,
  source: "one source",
  endsAt: soon,
} as const;

const reading = {
  identity,
  entityID: ascii("pne"),
  topic: "temperature",
  kind: 0,
  unit: "°C",
  value: secret(12, 20),
  at: Milliseconds(1_800_000_000_000),
  endsAt: soon,
} as const;

/** A row of every table, with all that it may hold. */
export const everyRow: readonly Sample[] = [
  [
    "users",
    {
      identity,
      userID: ascii("alice"),
      salt: octets(16, 0x12),
      iterations: 10_000,
      createdAt: created,
      storedKey: secret(0),
      serverKey: secret(1),
      w0: secret(2),
      l: point(3),
      w0M: point(4),
      w0N: point(6),
    },
  ],
  ["guests", { owner: identity, since: created }],
  ["guestLists", { names: [ascii("bob")], everybody: true }],
  ["pageBrowsers", { identity, endsAt: soon }],
  ["pageSessions", { identity, userID: ascii("alice"), endsAt: soon }],
  [
    "apiTokens",
    {
      identity,
      userID: ascii("alice"),
      name: "Home Assistant",
      scopes: 3,
      digest: octets(32, 0x26),
      createdAt: created,
      endsAt: soon,
      usedAt: created,
    },
  ],
  ["readings", { ...reading, points: secret(9, 24) }],
  ["events", reading],
  ["eventHeads", { last: 258 }],
  ["preferences", { history: false }],
  [
    "webhooks",
    {
      identity,
      userID: ascii("alice"),
      createdAt: created,
      pending: true,
      nextAt: soon,
      failing: 2,
      device: ascii("pne"),
      topic: "lamp",
      heldUntil: soon,
      dropped: 1,
      url: ascii("https://example.org/hook"),
      key: secret(13),
    },
  ],
  ["webhookTurns", { identity }],
  [
    "deliveries",
    {
      webhook: octets(8, 0x27),
      attempts: 8,
      at: Milliseconds(1_800_000_000_000),
      endsAt: soon,
      dead: "status 500",
      body: secret(14, 40),
    },
  ],
  ["budgets", { spent: 400_000, at: Milliseconds(1_800_000_000_000), endsAt: soon }],
  [
    "entities",
    {
      role: "gateway",
      owner: identity,
      userID: ascii("alice"),
      committed: { ...committed, origin: "gba", expiresAt: Seconds(1_900_000_000) },
      gatewayID: ascii("gateway"),
      name: "Küche",
      seenAt: created,
      possessed: false,
    },
  ],
  [
    "staged",
    {
      role: "pne",
      entityID: ascii("pne"),
      owner: identity,
      userID: ascii("alice"),
      gatewayID: ascii("gateway"),
      ...committed,
      origin: "gatewayEscrow",
      madeAt: soon,
      endsAt: soon,
    },
  ],
  [
    "devices",
    {
      temporaryKey: secret(7),
      released: { epoch: octets(16, 0x31), owner: identity, gatewayID: ascii("gateway"), used: true },
    },
  ],
  ["histories", { localKeyID: 41, committedAt: soon, createdAt: created, bootstrappedAt: created }],
  [
    "enrolments",
    {
      ...exchange,
      method: Method.spake2plus,
      role: "pne",
      confirming: { confirmP: secret(8), deliveryKey: secret(9), charged: "one 1 2", user: identity },
    },
  ],
  [
    "clearEnrolments",
    {
      ...exchange,
      method: Method.scram,
      role: "gateway",
      part: "7",
      confirming: { confirmP: secret(10), deliveryKey: secret(11), charged: "" },
    },
  ],
  [
    "registrations",
    {
      gatewayID: ascii("gateway"),
      userID: ascii("alice"),
      request: message,
      challenge: message,
      salt: octets(16, 0x12),
      iterations: 10_000,
      source: "one source",
      endsAt: soon,
    },
  ],
  [
    "gatewaySessions",
    {
      entityID: ascii("gateway"),
      keyID: octets(8, 0x21),
      received: 70,
      endsAt: soon,
      ticket: "01020304",
      window: octets(8, 0x7f),
      sk: secret(12),
    },
  ],
  ["answers", { record: octets(100, 0x41), endsAt: soon }],
  [
    "tickets",
    { entityID: ascii("gateway"), keyID: octets(8, 0x21), left: 31, endsAt: soon, secret: secret(13) },
  ],
  ["handshakes", { count: 12, sid: octets(8, 0x51) }],
  [
    "pushes",
    {
      gatewayID: ascii("gateway"),
      kind: 1,
      entityID: ascii("pne"),
      message,
      endsAt: soon,
      pnID: octets(16, 0x61),
      awaited: true,
      result: 10,
    },
  ],
  [
    "pns",
    {
      established: true,
      pnID: octets(16, 0x61),
      gatewayID: ascii("gateway"),
      owner: identity,
      randServer: octets(32, 0x23),
      alias: "at home",
      gatewayInfo: octets(20, 0x71),
      size: 2,
      endsAt: soon,
      starter: identity,
    },
  ],
  [
    "members",
    {
      gatewayID: ascii("gateway"),
      pnID: octets(16, 0x61),
      entityID: ascii("pne"),
      pneInfo: message,
      flags: 3,
      rand: octets(32, 0x22),
      endsAt: soon,
      ecdh: secret(14),
      share: octets(33, 0x02),
      localKeyID: 42,
      session: { ...session, sk: secret(15) },
      staged: [
        { ...session, sk: secret(0), hash: octets(32, 0x24), share: octets(33, 0x03) },
        { ...session, sk: secret(1), hash: octets(32, 0x25) },
      ],
      heard: 77,
      returning: {
        pneInfo: message,
        flags: 1,
        rand: octets(32, 0x26),
        randServer: octets(32, 0x27),
        endsAt: soon,
        ecdh: secret(2),
        share: octets(33, 0x02),
        localKeyID: 43,
      },
    },
  ],
  ["audit", { event: "enrol.committed", fields: '{"entity":"00"}', at: Milliseconds(1_799_999_000_000) }],
  ["settings", { value: octets(4, 0x01), count: 5 }],
  ["counters", { rows: 3 }],
];
