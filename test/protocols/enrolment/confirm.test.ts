import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { deviceClaim, temporaryKeyAck } from "../../../src/crypto/keys/temporaryKey.js";
import { nobleSuite as suite } from "../../../src/crypto/noble.js";
import { ConfirmClient, type ConfirmOptions } from "../../../src/protocols/enrolment/confirm.js";
import { euKeyAssignmentAck, euKeyAssignmentConfirm } from "../../../src/protocols/enrolment/messages.js";
import { codeOf } from "../../support/codeOf.js";

const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };
const id = new Uint8Array(8).fill(3);
const key = () => new Uint8Array(32).fill(5);
const ownKeys = deriveKeys(suite, "EUK", key(), parties.pne);
const byKey = keyConfirmation(suite, ownKeys, "ack", id);
const confirmed = keyConfirmation(suite, ownKeys, "confirm", id);
const deviceKeys = deriveKeys(suite, "TK", new Uint8Array(32).fill(9), parties.pne);
const byDevice = temporaryKeyAck(suite, deviceKeys, id, confirmed);

function client(given: Partial<ConfirmOptions> = {}) {
  const committed: Uint8Array[] = [];
  const staged = { id, key: key() };
  const copies: Uint8Array[] = [];
  const temporaryKey = () => {
    copies.push(new Uint8Array(32).fill(9));
    return copies.at(-1) as Uint8Array;
  };
  const commit = (one: Uint8Array) => committed.push(one);
  const run = new ConfirmClient({ suite, parties, staged, temporaryKey, commit, ...given }, 4);
  return { run, committed, staged, copies };
}
const ack = (hash: Uint8Array) => encodeMessage(euKeyAssignmentAck, 4, { hash });
const requestOf = (run: ConfirmClient) => {
  const step = run.start();
  assert.equal(step.kind, "request");
  if (step.kind !== "request") return assert.fail();
  return messageSet(euKeyAssignmentConfirm).decode(step.octets).body;
};

describe("a confirmation that is repeated after a cut (SEC-05)", () => {
  it("shows the key and the device, and wipes both", () => {
    const { run, staged, copies } = client();
    const body = requestOf(run);
    assert.equal(hex(body.hash), hex(confirmed));
    assert.equal(hex(body.claim ?? assert.fail()), hex(deviceClaim(suite, deviceKeys, id, confirmed)));
    assert.equal(hex(body.keyID), hex(id));
    assert.equal(body.entityID, undefined);
    assert.deepEqual([staged.key, ...copies], [new Uint8Array(32), new Uint8Array(32)]);
  });

  it("names the PN GW that confirms its own", () => {
    const own = { ...parties, pne: undefined };
    const { run, copies } = client({ parties: own });
    const body = requestOf(run);
    assert.equal(hex(body.entityID ?? assert.fail()), hex(parties.gateway));
    assert.equal(body.claim, undefined);
    assert.equal(copies.length, 0);
  });

  it("takes the acknowledgement under the new key alone, where no PN GW knows it", () => {
    const { run, committed } = client();
    run.start();
    assert.equal(
      codeOf(() => run.receive(ack(byDevice))),
      "enrol.notTrusted",
    );
    assert.deepEqual(committed, []);
    assert.deepEqual(run.receive(ack(byKey)), { kind: "done", outcome: { keyID: id } });
    assert.deepEqual(committed, [id]);
  });

  it("takes the acknowledgement under the Temporary Key alone, where a PN GW knows the new key", () => {
    const { run, committed } = client({ escrowed: true });
    run.start();
    assert.equal(
      codeOf(() => run.receive(ack(byKey))),
      "enrol.notTrusted",
    );
    assert.deepEqual(run.receive(ack(byDevice)), { kind: "done", outcome: { keyID: id } });
    assert.deepEqual(committed, [id]);
  });

  it("does not begin for a key that a PN GW knows, without a Temporary Key", () => {
    const { run } = client({ escrowed: true, temporaryKey: undefined });
    assert.equal(
      codeOf(() => run.start()),
      "enrol.notTrusted",
    );
  });

  it("takes no answer before it has asked, nor after it was given up", () => {
    const { run, committed } = client();
    assert.equal(
      codeOf(() => run.receive(ack(byKey))),
      "protocol.unexpected",
    );
    run.start();
    run.dispose();
    assert.equal(
      codeOf(() => run.receive(ack(byKey))),
      "protocol.unexpected",
    );
    assert.deepEqual(committed, []);
    assert.equal(run.name, "confirm");
  });
});
