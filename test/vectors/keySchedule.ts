import { ascii } from "../../src/base/octets.js";
import type { KeyScheduleInputs, KeyScheduleOutputs } from "../crypto/keys/keySchedule.js";

/**
 * The key schedule's own example (there is no published one): inputs that a reader can type, outputs by an
 * independent computation over node:crypto (keys.node.test.ts).
 */

/** `length` octets counting up from `first`. */
const counting = (first: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + index) & 255);

export const exampleInputs = (): KeyScheduleInputs => ({
  kind: "EUK",
  key: counting(0x00, 32),
  owner: ascii("pne-1"),
  connectRequest: ascii("ConnectRequest"),
  authenticateRequest: ascii("AuthenticateRequest"),
  authenticateResponse: ascii("AuthenticateResponse"),
  ecdhSecret: counting(0x20, 32),
  context: {
    pnID: counting(0x40, 16),
    pne: ascii("pne-1"),
    gateway: ascii("gw-1"),
    server: ascii("cpns.example"),
    pneInfo: ascii("PNEInfo"),
    flags: 3,
    randPNE: counting(0x60, 32),
    randServer: counting(0x80, 32),
  },
  pnInventory: ascii("PNInventory"),
  role: "pne",
  keyID: 7,
  expiresAt: 0x1_0000_0002,
  nonce: counting(0xa0, 12),
  localKey: counting(0xc0, 32),
  euKeyID: counting(0xe0, 8),
  authMessage: ascii("AuthMessage"),
});

export const exampleOutputs: KeyScheduleOutputs = Object.freeze({
  auth: "941ae17d67822f8b129229c28b34b780b7e38fbec6fc49a7b0b97d7ef981bccd",
  wrap: "35d416e054f507005f03c41e0b608435d85a2404a6afb009306f2adc15cc11ee",
  sess: "618b46263181149c4037975e9c3706813e3f9765163ef272d627c279ed3b1799",
  th1: "32436b7727bbdbf04427802bde284c09fcb7b9e39d1424e94e9e863898baac28",
  th2: "756ba47b0e2c42484deb0913ad574ed166c8943f338d3f25a3110a1767a57a18",
  hashInitiator: "2863715437029cf23d9221d6fa5fbb35",
  hashResponder: "698549845a40c88be71f21b4e4fc27c1",
  directSessionKey: "b862e8adc8caed664fd9527014a7dae68d72c92cb86a544b3e5d7acda900a126",
  directSessionKeyECDH: "3998b645a0ee02e7c61d2259730739c52f3b3bcca9f9d9d3ab65e617ffd6ed53",
  context:
    "0010404142434445464748494a4b4c4d4e4f0005706e652d31000467772d31000c63706e732e6578616d706c65e7ebb4f3d038d809647e2a13593027b7b84a59112aacb8778979636230322a0803606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
  relayedSessionKey: "a52413aa57504c70fcd348ee6d593a17fe4c483c78f0d86b2280630a7ee8974a",
  hashPNE: "1245aa492a9b0fc734d9fa55df7b379ee800fbe8a0f34fc3d78e81d9387ad79d",
  hashServer: "f9846d5257e69b6cd77416081b2fb2e9fd12aa392ff97b16d2c3fbf981f26bf0",
  wrapped:
    "a0a1a2a3a4a5a6a7a8a9aaab19cec6ba1ad670aea3ed0b6f4f66f8fc2c401ce18e96a191f56a00f0032ded3215498460db51bc0c840dd1cd4a485b75",
  preAssigned: "51031087f071c2fd45fdebbd7fff242319f2dbdb1a7686d98004080e90570d88",
  recordInitiatorToResponder:
    "a1b5726b1352a90608cbc0df6ea7127a66c72c5b56a7d3d02fb7446e7546c4172526b93f4fbf2b9be4cbcc04",
  recordResponderToInitiator:
    "13edd3b5d45cc1d8b068f1e402947f39d152a68105d0321f9d0b6e99b8f52c1eacf4cd78473dbd9f55340343",
  confirm: "b0ada852e98b5f6fdbce4bf76413f258",
  ack: "2f9ac607029dda5f947f34138bb420d1",
  scramDeliveryKey: "d590ce43453151756a4581fdb220fae8b557f6b24393339af8af02859d2043ee",
});
