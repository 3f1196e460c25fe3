import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { Operator } from "../../../hosts/simulator/operator/operator.js";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import { allZero, ascii } from "../../../src/base/octets.js";
import type { Outcome } from "../../../src/base/outcome.js";
import { Milliseconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import { euKeyAssignmentAck } from "../../../src/protocols/enrolment/messages.js";
import { assignByGba } from "../../../src/protocols/gba/gateway.js";
import { gbaKeyID } from "../../../src/protocols/gba/keys.js";
import { euKeyAssignmentRequestGba } from "../../../src/protocols/gba/messages.js";
import { ManualClock } from "../../support/manualClock.js";
import { MemoryStore } from "../../support/memoryStore.js";

const gatewayID = ascii("gateway-07");
const serverID = ascii("cpns.example");

/** A PN GW with a UICC that bootstraps; what the UICC gives and the suite derives is kept hold of. */
function bootstrapped() {
  const clock = new ManualClock();
  const world = {
    clock,
    random: new SeededRandom(4),
    suite: nodeSuite,
    naf: String.fromCharCode(...serverID),
  };
  const { gateway: gba } = new Operator({}, world);
  const store = new KeyStore(new MemoryStore(), nodeSuite);
  const given: Uint8Array[] = [];
  const derived: Uint8Array[] = [];
  const keep = (into: Uint8Array[], octets: Uint8Array): Uint8Array => {
    into.push(octets);
    return octets;
  };
  const { uicc } = gba;
  const asked: { octets: Uint8Array; done: (answer: Outcome<Uint8Array>) => void }[] = [];
  const ends: string[] = [];
  assignByGba(
    {
      gba: {
        ...gba,
        uicc: {
          impi: uicc.impi,
          bootstrap: (...all) => uicc.bootstrap(...all),
          ksExtNaf: (nafID) => keep(given, uicc.ksExtNaf(nafID)),
        },
      },
      suite: { ...nodeSuite, hkdf: (...all) => keep(derived, nodeSuite.hkdf(...all)) },
      ...{ random: world.random, clock, store, gatewayID, serverID },
      request: (octets, done) => void asked.push({ octets, done }),
      fault: (error) => {
        throw error;
      },
    },
    (outcome) => void ends.push("error" in outcome ? outcome.error.code : "assigned"),
  );
  clock.advance(Milliseconds(1_000));
  const [request] = asked;
  assert.ok(request);
  return { store, given, derived, request, ends };
}

describe("a PN GW that takes Ks_ext_NAF as its EUKey (EUK-GW-01, EUK-GW-02, C-22)", () => {
  it("keeps it in flash alone, as soon as it has asked the Server", () => {
    const { given, derived, store } = bootstrapped();
    assert.equal(given.length, 1);
    assert.ok(derived.length > 0);
    assert.ok([...given, ...derived].every(allZero));
    const { keys } = store;
    assert.equal(keys.at, "staged");
    assert.ok("staged" in keys && !allZero(keys.staged.key));
  });

  it("counts on it once the Server has shown that it has the same, and not before (C-21)", () => {
    const { store, request, ends } = bootstrapped();
    const { keys } = store;
    assert.ok("staged" in keys);
    const message = messageSet(euKeyAssignmentRequestGba).decode(request.octets);
    const { bTID, hash } = message.body;
    const id = gbaKeyID(nodeSuite, bTID);
    assert.deepEqual(keys.staged.id, id);
    const own = deriveKeys(nodeSuite, "EUK", keys.staged.key, gatewayID);
    assert.deepEqual(hash, keyConfirmation(nodeSuite, own, "confirm", id));
    const answer = (ack: Uint8Array): void =>
      request.done({ value: encodeMessage(euKeyAssignmentAck, message.exchange, { hash: ack }) });
    answer(hash);
    assert.deepEqual([ends, store.state], [["enrol.notTrusted"], "staged"]);
    answer(keyConfirmation(nodeSuite, own, "ack", id));
    assert.deepEqual([ends.at(-1), store.state], ["assigned", "enrolled"]);
  });
});
