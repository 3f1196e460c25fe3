import assert from "node:assert/strict";
import { concat, hex } from "../../src/base/octets.js";
import {
  directSessionKey,
  hashInitiator,
  hashResponder,
  keyConfirmation,
  transcriptHash1,
  transcriptHash2,
} from "../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import {
  contextOctets,
  hashPNE,
  hashServer,
  type PairContext,
  relayedSessionKey,
} from "../../src/crypto/keys/relayedKeys.js";
import { nobleSuite as suite } from "../../src/crypto/noble.js";
import { changedContexts } from "../crypto/keys/keySchedule.js";
import { SeededRandom } from "../support/seededRandom.js";
import { exampleInputs } from "../vectors/keySchedule.js";

const { key, owner, context, localKey, pnInventory } = exampleInputs();
const keys = deriveKeys(suite, "EUK", key, owner);
const other = Uint8Array.of(1, 2, 3);

/** Fails when two of the octet strings are the same. */
function allDiffer(octets: readonly Uint8Array[]): void {
  assert.equal(new Set(octets.map(hex)).size, octets.length);
}

const contexts: readonly PairContext[] = [context, ...changedContexts(context)];

describe("attacks on the key schedule", () => {
  it("uses a key of one kind, or made for one owner, as another", () => {
    const pairs = [
      keys,
      deriveKeys(suite, "LEU", key, owner),
      deriveKeys(suite, "TK", key, owner),
      deriveKeys(suite, "EUK", key, other),
    ];
    allDiffer(pairs.flatMap(({ auth, wrap, sess }) => [auth.octets, wrap.octets, sess.octets]));
  });

  it("reflects a HASH of the initiator as the responder's, and the other way round (GWA-09, GWA-12)", () => {
    const th1 = transcriptHash1(suite, other, other);
    const th2 = transcriptHash2(suite, other, other, other);
    allDiffer([
      hashInitiator(suite, keys, th1),
      hashResponder(suite, keys, th1),
      hashInitiator(suite, keys, th2),
      hashResponder(suite, keys, th2),
    ]);
  });

  it("moves octets from one message of a transcript into its neighbour", () => {
    const octets = new SeededRandom(5).octets(40);
    const cuts = [0, 1, 2, 3, 38, 39, 40];
    const empty = new Uint8Array(0);
    const split = (cut: number) => [octets.subarray(0, cut), octets.subarray(cut)] as const;
    allDiffer([
      ...cuts.map((cut) => transcriptHash1(suite, ...split(cut))),
      ...cuts.map((cut) => transcriptHash2(suite, ...split(cut), empty)),
      ...cuts.slice(1, -1).map((cut) => transcriptHash2(suite, empty, ...split(cut))),
    ]);
  });

  it("moves octets from one identity of a context into its neighbour", () => {
    const ids = concat(context.pnID, context.pne, context.gateway, context.server);
    const cut = (a: number, b: number, c: number): PairContext => ({
      ...context,
      pnID: ids.subarray(0, a),
      pne: ids.subarray(a, b),
      gateway: ids.subarray(b, c),
      server: ids.subarray(c),
    });
    const moved = [
      cut(16, 21, 25),
      cut(15, 21, 25),
      cut(17, 21, 25),
      cut(16, 20, 25),
      cut(16, 22, 25),
      cut(16, 21, 26),
    ];
    allDiffer(moved.map((one) => contextOctets(suite, one)));
    assert.equal(hex(contextOctets(suite, cut(16, 21, 25))), hex(contextOctets(suite, context)));
  });

  it("lets PNE and Server agree while a PN GW tells them different things (C-05, PNI-10)", () => {
    const sks = contexts.map((one) => relayedSessionKey(suite, keys, one));
    allDiffer(sks.map((sk) => sk.octets));
    const [sk] = sks;
    assert.ok(sk !== undefined);
    allDiffer(contexts.map((one) => hashPNE(suite, keys, one, sk)));
  });

  it("lets two PNEs that share an EUKey and RANDs share a session key (C-27)", () => {
    const mine = relayedSessionKey(suite, keys, context);
    const theirs = relayedSessionKey(suite, keys, { ...context, pne: other });
    allDiffer([mine.octets, theirs.octets]);
  });

  it("returns hash_PNE as hash_server, or changes the inventory under it (PNI-12b, PNI-14b)", () => {
    const sk = relayedSessionKey(suite, keys, context);
    const pneHash = hashPNE(suite, keys, context, sk);
    allDiffer([
      pneHash,
      hashServer(suite, keys, context, sk, pneHash, pnInventory),
      hashServer(suite, keys, context, sk, pneHash, other),
      hashServer(suite, keys, context, sk, new Uint8Array(32), pnInventory),
    ]);
  });

  it("proves K_auth without the session key", () => {
    const wrong = relayedSessionKey(suite, deriveKeys(suite, "EUK", localKey, owner), context);
    const right = relayedSessionKey(suite, keys, context);
    allDiffer([hashPNE(suite, keys, context, wrong), hashPNE(suite, keys, context, right)]);
  });

  it("strips or replaces the ephemeral share of a session key", () => {
    const { randPNE, randServer } = context;
    const th1 = transcriptHash1(suite, other, other);
    const share = (fill: number) =>
      directSessionKey(suite, keys, randPNE, randServer, th1, new Uint8Array(32).fill(fill));
    const bare = directSessionKey(suite, keys, randPNE, randServer, th1);
    allDiffer([bare.octets, share(0).octets, share(1).octets]);
  });

  it("exchanges the RANDs, or takes a session key into another transcript", () => {
    const { randPNE, randServer } = context;
    const [th1, th2] = [transcriptHash1(suite, other, other), transcriptHash1(suite, other, owner)];
    allDiffer([
      directSessionKey(suite, keys, randPNE, randServer, th1).octets,
      directSessionKey(suite, keys, randServer, randPNE, th1).octets,
      directSessionKey(suite, keys, randPNE, randServer, th2).octets,
    ]);
  });

  it("returns a record to its sender", () => {
    const made = recordKeys(suite, relayedSessionKey(suite, keys, context));
    const { initiatorToResponder: sent, responderToInitiator: received } = made;
    const none = new Uint8Array(0);
    const record = suite.seal(sent.key.octets, sent.iv, other, none);
    assert.equal(suite.open(received.key.octets, received.iv, record, none), undefined);
    assert.equal(suite.open(received.key.octets, sent.iv, record, none), undefined);
  });

  it("reflects a confirmation as its acknowledgement, or confirms another key", () => {
    const id = new Uint8Array(8).fill(1);
    const fresh = deriveKeys(suite, "EUK", localKey, owner);
    allDiffer([
      keyConfirmation(suite, keys, "confirm", id),
      keyConfirmation(suite, keys, "ack", id),
      keyConfirmation(suite, keys, "confirm", new Uint8Array(8)),
      keyConfirmation(suite, fresh, "confirm", id),
    ]);
  });
});
