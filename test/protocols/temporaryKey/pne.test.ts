import assert from "node:assert/strict";
import { allZero, ascii } from "../../../src/base/octets.js";
import { Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { encode } from "../../../src/codec/schema.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { releasedKey, temporaryKeyAck } from "../../../src/crypto/keys/temporaryKey.js";
import { nobleSuite as suite } from "../../../src/crypto/noble.js";
import type { Secret } from "../../../src/crypto/secret.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentConfirm,
  keyDelivery,
} from "../../../src/protocols/enrolment/messages.js";
import { temporaryDeliveryAad } from "../../../src/protocols/temporaryKey/delivery.js";
import {
  euKeyAssignmentTemporary,
  euKeyAssignmentUnderTemporary,
} from "../../../src/protocols/temporaryKey/messages.js";
import { TemporaryEnrolment } from "../../../src/protocols/temporaryKey/pne.js";
import { codeOf } from "../../support/codeOf.js";

const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };
const filled = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const trigger = { userID: ascii("alice"), rand: filled(32, 2), keyID: filled(8, 3) };

class Device {
  readonly staged: Uint8Array[] = [];
  readonly committed: Uint8Array[] = [];
  /** Copies of the Temporary Key, and what the suite has made of one. */
  readonly copies: Uint8Array[] = [];
  readonly released: Uint8Array[] = [];
  /** Everything that was derived or opened. */
  readonly made: Uint8Array[] = [];
  readonly keys: Secret[] = [];
  readonly run: TemporaryEnrolment;

  constructor() {
    this.run = new TemporaryEnrolment(
      {
        suite: {
          ...suite,
          hkdf: (salt, ikm, info, length) => this.#kept(suite.hkdf(salt, ikm, info, length), info),
          open: (key, nonce, octets, aad) => {
            const plain = suite.open(key, nonce, octets, aad);
            if (plain !== undefined) this.made.push(plain);
            return plain;
          },
        },
        random: { fill: (into) => into.fill(4) },
        parties,
        trigger,
        temporaryKey: () => {
          const copy = filled(32, 9);
          this.copies.push(copy);
          return copy;
        },
        epoch: filled(16, 6),
        stage: ({ id, key }) => {
          this.staged.push(id.slice());
          this.keys.push(key);
        },
        commit: (id) => this.committed.push(id),
      },
      5,
    );
  }

  #kept(made: Uint8Array, info: Uint8Array): Uint8Array {
    this.made.push(made);
    if (info.length > 7 && String.fromCharCode(...info.subarray(0, 7)) === "CPNS TK")
      this.released.push(made);
    return made;
  }
}

/** As a PN GW seals it to which the Server has given TK'. */
function sealed(change: { readonly keyID?: Uint8Array; readonly result?: number } = {}): Uint8Array {
  const context = { ...parties, ...trigger, randPNE: filled(32, 4), randGateway: trigger.rand };
  const keys = deriveKeys(suite, "TK", releasedKey(suite, filled(32, 9), context).octets, parties.pne);
  const delivery = {
    result: 0,
    keyID: trigger.keyID,
    key: filled(32, 7),
    createdAt: Seconds(1_700_000_000),
    ...change,
  };
  const aad = temporaryDeliveryAad(parties, trigger.userID);
  const euKey = suite.seal(keys.wrap.octets, new Uint8Array(12), encode(keyDelivery, delivery), aad);
  return encodeMessage(euKeyAssignmentUnderTemporary, 5, { euKey });
}

const euKeys = deriveKeys(suite, "EUK", filled(32, 7), parties.pne);
const confirm = keyConfirmation(suite, euKeys, "confirm", trigger.keyID);
const acknowledged = encodeMessage(euKeyAssignmentAck, 6, {
  hash: temporaryKeyAck(suite, deriveKeys(suite, "TK", filled(32, 9), parties.pne), trigger.keyID, confirm),
});

describe("a device without UI that asks for a key under its Temporary Key (SEC-05)", () => {
  it("stages what it gets, commits what the Server acknowledges, and is over", () => {
    const { run, staged, committed, copies, released, made, keys } = new Device();
    const asked = run.start();
    assert.ok(asked.kind === "request");
    assert.equal(messageSet(euKeyAssignmentTemporary).decode(asked.octets).exchange, 5);
    const step = run.receive(sealed());
    assert.deepEqual([staged, committed], [[trigger.keyID], []]);
    assert.deepEqual([made.length, made.every(allZero), keys.map(({ wiped }) => wiped)], [6, true, [true]]);
    assert.ok(step.kind === "request");
    assert.equal(messageSet(euKeyAssignmentConfirm).decode(step.octets).exchange, 6);
    assert.deepEqual(run.receive(acknowledged), { kind: "done", outcome: { keyID: trigger.keyID } });
    assert.deepEqual(committed, [trigger.keyID]);
    assert.deepEqual([...copies, ...released], [filled(32, 0), filled(32, 0), filled(32, 0)]);
    for (const late of [sealed(), acknowledged])
      assert.equal(
        codeOf(() => run.receive(late)),
        "protocol.unexpected",
      );
  });

  it("takes neither the key of another trigger nor one that was refused", () => {
    for (const change of [{ keyID: filled(8, 4) }, { result: 1 }]) {
      const { run, staged, made } = new Device();
      run.start();
      assert.equal(
        codeOf(() => run.receive(sealed(change))),
        "enrol.notTrusted",
      );
      assert.deepEqual(staged, []);
      assert.ok(made.every(allZero));
    }
  });

  it("takes nothing out of order, and begins once", () => {
    const { run, committed } = new Device();
    const unexpected = (act: () => unknown) => assert.equal(codeOf(act), "protocol.unexpected");
    unexpected(() => run.receive(sealed()));
    run.start();
    unexpected(() => run.receive(acknowledged));
    unexpected(() => run.start());
    unexpected(() => run.derived());
    assert.deepEqual(committed, []);
    assert.equal(run.name, "enrol");
  });

  it("wipes what it holds when it is given up between question and answer", () => {
    const { run, released, copies } = new Device();
    run.start();
    assert.notDeepEqual(released, [filled(32, 0)]);
    run.dispose();
    assert.deepEqual([...released, ...copies], [filled(32, 0), filled(32, 0)]);
    assert.equal(
      codeOf(() => run.receive(sealed())),
      "protocol.unexpected",
    );
  });
});
