import { octets, text, uint } from "./schema.js";

/**
 * The attributes of CPNS messages: one integer key each, the same in every message, with the bounds that hold
 * everywhere. Keys up to 23 take one octet; negative keys are extensions that a receiver may ignore.
 */
export const Key = Object.freeze({
  result: 0,
  entityID: 1,
  userID: 2,
  pnID: 3,
  rand: 4,
  hash: 5,
  methods: 6,
  method: 7,
  salt: 8,
  iterations: 9,
  handle: 10,
  proof: 11,
  wrappedKey: 12,
  keyID: 13,
  expiresAt: 14,
  pneInfo: 15,
  pnInventory: 16,
  members: 17,
  setupType: 18,
  targetEntityID: 19,
  originEntityID: 20,
  payload: 21,
  flags: 22,
  name: 23,
  serverID: 24,
  keyKind: 25,
  createdAt: 26,
  gatewayCopy: 27,
  bTID: 28,
  pushes: 29,
  share: 31,
  storedKey: 32,
  serverKey: 33,
  w0: 34,
  w1: 35,
  l: 36,
  epoch: 37,
  gatewayRand: 38,
  alias: 39,
  gatewayInfo: 40,
  links: 41,
  technologies: 42,
  subscription: 43,
  kind: 44,
  realm: 45,
  contents: 46,
  image: 47,
  offset: 48,
  header: 49,
  padding: -1,
  possession: -2,
});

/** Entity ID: factory-made, or 16 random octets assigned by the PN GW (PNR-06, C-12). */
export const entityID = octets(1, 32);
/** The Server's Entity ID is its realm, ASCII by convention ("cpns.example"). */
export const serverID = octets(1, 32);
export const userID = octets(1, 32);
/** PN ID: 16 random octets made by the PN GW (C-26). */
export const pnID = octets(16, 16);
/** Random value of an authentication (docs/PROTOCOL.md, Keys): 32 octets. */
export const rand = octets(32, 32);
/** HASH of the transcript profile: HMAC-SHA-256 truncated to 16 octets (ADR 1). */
export const transcriptHash = octets(16, 16);
/** HASH of the value profile: 32 octets. */
export const valueHash = octets(32, 32);
export const euKeyID = octets(8, 8);
/** Id of a LocalEUKey: grows with every key made for one PNE. */
export const localKeyID = uint(0xffffffff);
/** Unix seconds. */
export const instant = uint(0xffffffffff);
/** A nonce of the Server that also names the pending exchange, so that the Server keeps no state per connection. */
export const handle = octets(16, 16);
/** A point of P-256, SEC 1 compressed: of SPAKE2+, or ephemeral for forward secrecy. */
export const share = octets(33, 33);
/** A handle that the Server has sealed its own state into; a nonce of a PN GW or PNE is none. */
export const sealedHandle = octets(16, 400);
export const result = uint(255);
export const flags = uint(255);
/** Bootstrapping transaction identifier (TS 33.220): Base64 of RAND, @, the BSF's domain. */
export const bTID = text(3, 160);
/** The most octets of application data in one message. */
export const maximumPayload = 1024;
/** Contents information (C-30): topics, in octets of their own (docs/PROTOCOL.md, Topics). */
export const maximumContents = 200;
export const contents = octets(1, maximumContents);
/** Octets of UTF-8 that a label takes at most. */
export const maximumLabel = 32;
/** A label for people; UTF-8. */
export const label = text(1, maximumLabel);
