import { concat, hex } from "../../../src/base/octets.js";
import { scramDeliveryKey } from "../../../src/crypto/keys/deliveryKeys.js";
import {
  directSessionKey,
  hashInitiator,
  hashResponder,
  keyConfirmation,
  transcriptHash1,
  transcriptHash2,
} from "../../../src/crypto/keys/directKeys.js";
import { preAssignedKey, wrapLocalKey } from "../../../src/crypto/keys/localKeys.js";
import { deriveKeys, type KeyKind, type PairKeys } from "../../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../../src/crypto/keys/recordKeys.js";
import {
  contextOctets,
  hashPNE,
  hashServer,
  type PairContext,
  relayedSessionKey,
} from "../../../src/crypto/keys/relayedKeys.js";
import type { Suite } from "../../../src/crypto/suite.js";
import type { SeededRandom } from "../../support/seededRandom.js";

/** Everything that enters the key schedule. */
export interface KeyScheduleInputs {
  readonly kind: KeyKind;
  readonly key: Uint8Array;
  readonly owner: Uint8Array;
  readonly connectRequest: Uint8Array;
  readonly authenticateRequest: Uint8Array;
  readonly authenticateResponse: Uint8Array;
  readonly ecdhSecret: Uint8Array;
  readonly context: PairContext;
  readonly pnInventory: Uint8Array;
  readonly role: "pne" | "gw";
  readonly keyID: number;
  readonly expiresAt: number;
  readonly nonce: Uint8Array;
  readonly localKey: Uint8Array;
  readonly euKeyID: Uint8Array;
  readonly authMessage: Uint8Array;
}

/** Everything that comes out, in hexadecimal; RANDs of the direct pair are those of the context. */
export type KeyScheduleOutputs = Readonly<Record<string, string>>;

/** Inputs of any content and length that the protocol allows. */
export function anyInputs(random: SeededRandom): KeyScheduleInputs {
  const any = (least: number, most: number): Uint8Array =>
    random.octets(least + random.below(most - least + 1));
  return {
    kind: (["EUK", "LEU", "TK"] as const)[random.below(3)] ?? "EUK",
    key: random.octets(32),
    owner: any(1, 32),
    connectRequest: any(1, 300),
    authenticateRequest: any(1, 300),
    authenticateResponse: any(1, 300),
    ecdhSecret: random.octets(32),
    context: {
      pnID: random.octets(16),
      pne: any(1, 32),
      gateway: any(1, 32),
      server: any(1, 32),
      pneInfo: any(1, 96),
      flags: random.below(256),
      randPNE: random.octets(32),
      randServer: random.octets(32),
    },
    pnInventory: any(1, 3072),
    role: random.below(2) === 0 ? "pne" : "gw",
    keyID: random.below(2 ** 32),
    expiresAt: random.below(2 ** 21) * 2 ** 32 + random.below(2 ** 32),
    nonce: random.octets(12),
    localKey: random.octets(32),
    euKeyID: random.octets(8),
    authMessage: any(1, 600),
  };
}

/** Contexts that differ from `context` in one thing each that the pair must agree on. */
export function changedContexts(context: PairContext): readonly PairContext[] {
  const other = Uint8Array.of(1, 2, 3);
  const { randPNE, randServer } = context;
  const changes: readonly Partial<PairContext>[] = [
    { pnID: other },
    { pne: other },
    { gateway: other },
    { server: other },
    { pneInfo: other },
    { flags: context.flags ^ 1 },
    { randPNE: randPNE.map((octet) => octet ^ 1) },
    { randServer: randServer.map((octet) => octet ^ 1) },
    { randPNE: randServer, randServer: randPNE },
  ];
  return changes.map((change) => ({ ...context, ...change }));
}

function direct(suite: Suite, keys: PairKeys, from: KeyScheduleInputs): KeyScheduleOutputs {
  const { connectRequest, authenticateRequest, authenticateResponse, ecdhSecret } = from;
  const { randPNE, randServer } = from.context;
  const th1 = transcriptHash1(suite, connectRequest, authenticateRequest);
  const th2 = transcriptHash2(suite, connectRequest, authenticateRequest, authenticateResponse);
  return {
    th1: hex(th1),
    th2: hex(th2),
    hashInitiator: hex(hashInitiator(suite, keys, th1)),
    hashResponder: hex(hashResponder(suite, keys, th2)),
    directSessionKey: hex(directSessionKey(suite, keys, randPNE, randServer, th1).octets),
    directSessionKeyECDH: hex(directSessionKey(suite, keys, randPNE, randServer, th1, ecdhSecret).octets),
  };
}

function relayed(suite: Suite, keys: PairKeys, from: KeyScheduleInputs): KeyScheduleOutputs {
  const { context, pnInventory, role, keyID, expiresAt, nonce, localKey } = from;
  const sk = relayedSessionKey(suite, keys, context);
  const pneHash = hashPNE(suite, keys, context, sk);
  const record = recordKeys(suite, sk);
  const { initiatorToResponder: i2r, responderToInitiator: r2i } = record;
  return {
    context: hex(contextOctets(suite, context)),
    relayedSessionKey: hex(sk.octets),
    hashPNE: hex(pneHash),
    hashServer: hex(hashServer(suite, keys, context, sk, pneHash, pnInventory)),
    wrapped: hex(wrapLocalKey(suite, keys, { role, context, keyID, expiresAt }, nonce, localKey)),
    preAssigned: hex(preAssignedKey(suite, from.key, context, { keyID, expiresAt }).octets),
    recordInitiatorToResponder: hex(concat(i2r.key.octets, i2r.iv)),
    recordResponderToInitiator: hex(concat(r2i.key.octets, r2i.iv)),
  };
}

/** The key schedule as the system computes it. */
export function keySchedule(suite: Suite, from: KeyScheduleInputs): KeyScheduleOutputs {
  const keys = deriveKeys(suite, from.kind, from.key, from.owner);
  return {
    auth: hex(keys.auth.octets),
    wrap: hex(keys.wrap.octets),
    sess: hex(keys.sess.octets),
    ...direct(suite, keys, from),
    ...relayed(suite, keys, from),
    confirm: hex(keyConfirmation(suite, keys, "confirm", from.euKeyID)),
    ack: hex(keyConfirmation(suite, keys, "ack", from.euKeyID)),
    scramDeliveryKey: hex(scramDeliveryKey(suite, from.key, from.authMessage).octets),
  };
}
