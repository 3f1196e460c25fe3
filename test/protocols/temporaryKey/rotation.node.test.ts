import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii } from "../../../src/base/octets.js";
import { Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { answerShare } from "../../../src/crypto/ephemeral.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import {
  rotatedKey,
  rotationAnswerProof,
  rotationHash,
  rotationRequestProof,
} from "../../../src/crypto/keys/temporaryKey.js";
import type { AssignedKey } from "../../../src/protocols/enrolment/client.js";
import { euKeyAssignmentAck, euKeyAssignmentConfirm } from "../../../src/protocols/enrolment/messages.js";
import { euKeyRotationRequest, euKeyRotationResponse } from "../../../src/protocols/temporaryKey/messages.js";
import { Rotation } from "../../../src/protocols/temporaryKey/rotation.js";
import { codeOf } from "../../support/codeOf.js";
import { SeededRandom } from "../../support/seededRandom.js";

const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const [oldID, newID] = [filled(8, 1), filled(8, 2)];
const [oldKey, temporaryKey] = [filled(32, 3), filled(32, 9)];
const createdAt = Seconds(1_800_000_000);

/** A PNE that replaces its EUKey; what it computes with, and out of what, is kept hold of. */
class Device {
  readonly old = { id: oldID, key: oldKey.slice() };
  readonly staged: AssignedKey[] = [];
  /** The new key, as long as the PNE had it. */
  readonly keys: Uint8Array[] = [];
  readonly committed: Uint8Array[] = [];
  readonly copies: Uint8Array[] = [];
  readonly derived: Uint8Array[] = [];
  readonly scalars: Uint8Array[] = [];
  /** What scalars have made of points: the share first, then what is common. */
  readonly points: Uint8Array[] = [];
  readonly run: Rotation;
  readonly #escrowed: boolean;

  constructor(escrowed: boolean, hasTemporaryKey = escrowed) {
    this.#escrowed = escrowed;
    const keep = (into: Uint8Array[], octets: Uint8Array): Uint8Array => {
      into.push(octets);
      return octets;
    };
    const { curve, hkdf } = nodeSuite;
    const suite = {
      ...nodeSuite,
      hkdf: (...all: Parameters<typeof hkdf>) => keep(this.derived, hkdf(...all)),
      curve: {
        name: curve.name,
        multiply: (scalar: Uint8Array, point: Uint8Array) =>
          keep(this.points, curve.multiply(keep(this.scalars, scalar), point)),
        add: curve.add.bind(curve),
        decompress: curve.decompress.bind(curve),
      },
    };
    const options = {
      ...{ suite, random: new SeededRandom(6), parties, escrowed, old: this.old },
      temporaryKey: hasTemporaryKey ? () => keep(this.copies, temporaryKey.slice()) : undefined,
      stage: (key: AssignedKey) => {
        this.staged.push(key);
        this.keys.push(key.key.octets.slice());
      },
      commit: (id: Uint8Array) => void this.committed.push(id),
    };
    this.run = new Rotation(options, 5);
  }

  start(): Uint8Array {
    const step = this.run.start();
    assert.ok(step.kind === "request");
    return step.octets;
  }

  /** The Server's answer to this request; `share` in place of its own. */
  answer(request: Uint8Array, change: { readonly share?: Uint8Array; readonly proof?: Uint8Array } = {}) {
    const { body, exchange } = messageSet(euKeyRotationRequest).decode(request);
    const kind = this.#escrowed ? "TK" : "EUK";
    const keys = deriveKeys(nodeSuite, kind, this.#escrowed ? temporaryKey : oldKey, parties.pne);
    assert.deepEqual([exchange, body.keyID], [5, oldID]);
    assert.deepEqual(body.proof, rotationRequestProof(nodeSuite, keys, parties, oldID, body.share));
    const own = answerShare(nodeSuite, new SeededRandom(7), body.share);
    const share = change.share ?? own.share;
    const hash = rotationHash(nodeSuite, { ...parties, request, share, keyID: newID, createdAt });
    const proof = change.proof ?? rotationAnswerProof(nodeSuite, keys, hash);
    const point = filled(65, 4);
    point.set(own.secret.octets, 1);
    return {
      octets: encodeMessage(euKeyRotationResponse, 5, { keyID: newID, share, createdAt, proof }),
      key: rotatedKey(nodeSuite, hash, point, oldKey),
    };
  }

  /** Everything that must be gone when it is over, one way or another. */
  get left(): number {
    const common = this.points.slice(1);
    const all = [this.old.key, ...this.copies, ...this.derived, ...this.scalars, ...common];
    return all.filter((octets) => !allZero(octets)).length;
  }
}

describe("a PNE that replaces its EUKey with the Server alone (C-18, C-38)", () => {
  for (const escrowed of [true, false]) {
    it(`proves itself by the ${escrowed ? "Temporary Key" : "old EUKey"}, commits what the Server acknowledges, and keeps nothing in memory`, () => {
      const device = new Device(escrowed, true);
      const { run, staged, committed } = device;
      const { octets, key } = device.answer(device.start());
      assert.ok(device.left > 0);
      const step = run.receive(octets);
      assert.ok(step.kind === "request");
      assert.equal(messageSet(euKeyAssignmentConfirm).decode(step.octets).exchange, 6);
      assert.deepEqual([staged[0]?.id, staged[0]?.createdAt], [newID, createdAt]);
      assert.deepEqual(device.keys, [key]);
      assert.equal(staged[0]?.key.wiped, true);
      assert.equal(device.points.length, 2);
      assert.equal(device.left, 0);
      const ack = keyConfirmation(nodeSuite, deriveKeys(nodeSuite, "EUK", key, parties.pne), "ack", newID);
      const acknowledged = (hash: Uint8Array) => run.receive(encodeMessage(euKeyAssignmentAck, 6, { hash }));
      assert.equal(
        codeOf(() => acknowledged(filled(16, 1))),
        "enrol.notTrusted",
      );
      assert.deepEqual(committed, []);
      assert.deepEqual(acknowledged(ack), { kind: "done", outcome: { keyID: newID } });
      assert.deepEqual(committed, [newID]);
      assert.equal(
        codeOf(() => acknowledged(ack)),
        "protocol.unexpected",
      );
    });
  }

  it("stages nothing that the Server has not proven, nor what is no point", () => {
    for (const change of [{ proof: filled(16, 1) }, { share: filled(33, 5) }]) {
      const device = new Device(true);
      const { octets } = device.answer(device.start(), change);
      assert.equal(
        codeOf(() => device.run.receive(octets)),
        "enrol.notTrusted",
      );
      device.run.dispose();
      assert.deepEqual([device.staged, device.left], [[], 0]);
      assert.equal(
        codeOf(() => device.run.receive(octets)),
        "protocol.unexpected",
      );
    }
  });

  it("does not begin without a Temporary Key when a PN GW knows the old one, and not twice", () => {
    assert.equal(
      codeOf(() => new Device(true, false).run.start()),
      "enrol.method",
    );
    const device = new Device(false, false);
    const { octets } = device.answer(device.start());
    const unexpected = (act: () => unknown) => assert.equal(codeOf(act), "protocol.unexpected");
    unexpected(() => device.run.start());
    unexpected(() => device.run.derived());
    unexpected(() => device.run.receive(encodeMessage(euKeyAssignmentAck, 5, { hash: filled(16, 1) })));
    const fresh = new Device(false, false);
    unexpected(() => fresh.run.receive(octets));
    assert.equal(fresh.run.name, "rotate");
  });
});
