import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii } from "../../../src/base/octets.js";
import { Seconds } from "../../../src/base/units.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { Method } from "../../../src/codec/methods.js";
import { Result } from "../../../src/codec/results.js";
import { encode } from "../../../src/codec/schema.js";
import { scramDeliveryKey } from "../../../src/crypto/keys/deliveryKeys.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { possessionProof } from "../../../src/crypto/keys/temporaryKey.js";
import { serverKey } from "../../../src/crypto/scram.js";
import { Secret } from "../../../src/crypto/secret.js";
import type { Step } from "../../../src/procedure/procedure.js";
import { type AssignedKey, EnrolClient, type EnrolOptions } from "../../../src/protocols/enrolment/client.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentResponse,
  handleLengths,
  keyDelivery,
} from "../../../src/protocols/enrolment/messages.js";
import { deliveryAad, transcript } from "../../../src/protocols/enrolment/transcript.js";
import { codeOf } from "../../support/codeOf.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };
const ofGateway = { ...parties, pne: undefined };
const salted = filled(32, 5);
const keyID = filled(8, 6);
const euKey = filled(32, 7);

/** A client whose keys, once derived or opened, are kept hold of here. */
class Bench {
  readonly made: Uint8Array[] = [];
  readonly staged: AssignedKey[] = [];
  readonly events: string[] = [];
  readonly run: EnrolClient;
  readonly #parties: EnrolOptions["parties"];
  #request: Uint8Array = new Uint8Array(0);
  #challenge: Uint8Array = new Uint8Array(0);

  constructor(method: Method, options: Partial<EnrolOptions> = {}) {
    this.#parties = options.parties ?? parties;
    const keep = <Octets extends Uint8Array | undefined>(octets: Octets): Octets => {
      if (octets !== undefined) this.made.push(octets);
      return octets;
    };
    this.run = new EnrolClient(
      {
        suite: {
          ...nodeSuite,
          hkdf: (...all) => keep(nodeSuite.hkdf(...all)),
          open: (...all) => keep(nodeSuite.open(...all)),
        },
        random: { fill: (into) => into.fill(3) },
        parties: this.#parties,
        userID: ascii("alice"),
        password: ascii("wonderland"),
        methods: [method],
        stage: (key) => {
          assert.deepEqual(key.key.octets, euKey);
          this.staged.push(key);
        },
        foreign: () => void this.events.push("foreign"),
        ...options,
      },
      1,
    );
  }

  /** As far as the Server's challenge. */
  begin(method: Method): Step<unknown> {
    const first = this.run.start();
    assert.ok(first.kind === "request");
    const asked = everyMessage.decode(first.octets);
    assert.ok(asked.name === "EUKeyAssignmentRequest");
    assert.deepEqual(asked.body.entityID, this.#parties.pne ?? this.#parties.gateway);
    this.#request = first.octets;
    const body = { method, salt: filled(16, 1), iterations: 4096, handle: filled(handleLengths[method], 2) };
    this.#challenge = encodeMessage(euKeyAssignmentChallenge, 1, body);
    return this.run.receive(this.#challenge);
  }

  /** By scram, as far as the proof: with what it shows beside it. */
  prove() {
    this.begin(Method.scram);
    const step = this.run.derived(salted.slice());
    assert.ok(step.kind === "request");
    const message = everyMessage.decode(step.octets);
    assert.ok(message.name === "EUKeyAssignmentRequest.proof");
    return message.body;
  }

  /** A delivery of the Server that has the verifier. */
  deliver(result: Result): Step<unknown> {
    const seen = transcript(Method.scram, this.#parties, this.#request, this.#challenge);
    const under = scramDeliveryKey(nodeSuite, serverKey(nodeSuite, salted), seen);
    const delivery = encode(keyDelivery, { result, key: euKey, keyID, createdAt: Seconds(1_800_000_000) });
    const sealed = nodeSuite.seal(under.octets, new Uint8Array(12), delivery, deliveryAad(this.#parties));
    return this.run.receive(encodeMessage(euKeyAssignmentResponse, 2, { result: 0, euKey: sealed }));
  }

  get left(): number {
    return this.made.filter((octets) => !allZero(octets)).length;
  }
}

const secrets = () => ({ w0: new Secret(filled(32, 8)), w1: new Secret(filled(32, 9)) });

describe("a client whose credentials were installed (C-19, SEC-04)", () => {
  it("makes its share of them without a password, and wipes both of them, used or not", () => {
    const used = secrets();
    const bench = new Bench(Method.spake2plus, { password: used });
    const step = bench.begin(Method.spake2plus);
    assert.ok(step.kind === "request");
    assert.equal(everyMessage.decode(step.octets).name, "EUKeyAssignmentRequest.share");
    assert.deepEqual([used.w0.wiped, used.w1.wiped], [false, false]);
    bench.run.dispose();
    assert.deepEqual([used.w0.wiped, used.w1.wiped], [true, true]);
    const unused = secrets();
    const octets = [unused.w0.octets, unused.w1.octets];
    new Bench(Method.spake2plus, { password: unused }).run.dispose();
    assert.deepEqual(octets, [filled(32, 0), filled(32, 0)]);
  });

  it("has no proof for scram", () => {
    const bench = new Bench(Method.scram, { password: secrets() });
    assert.equal(
      codeOf(() => bench.begin(Method.scram)),
      "enrol.method",
    );
  });
});

describe("a client that holds a key (EUK-UI-12, EUK-GW-07)", () => {
  const shown = (kind: "TK" | "EUK", key: number, owner: Uint8Array, proof: Uint8Array) =>
    possessionProof(nodeSuite, deriveKeys(nodeSuite, kind, filled(32, key), owner), filled(16, 2), proof);
  const copies = (...made: Uint8Array[]) => ({
    made,
    temporaryKey: () => made[made.push(filled(32, 11)) - 1] as Uint8Array,
    heldKey: () => made[made.push(filled(32, 12)) - 1] as Uint8Array,
  });

  it("shows its Temporary Key beside its guess, or else the EUKey, and keeps no copy of either", () => {
    const both = copies();
    const bench = new Bench(Method.scram, both);
    const { proof, possession } = bench.prove();
    assert.deepEqual(possession, shown("TK", 11, parties.pne, proof));
    assert.deepEqual(both.made, [filled(32, 0)], "the EUKey was not asked for");
    assert.ok(bench.made.length > 0);
    assert.equal(bench.left, 0);
    const { made, heldKey } = copies();
    const other = new Bench(Method.scram, { heldKey }).prove();
    assert.deepEqual(other.possession, shown("EUK", 12, parties.pne, other.proof));
    assert.deepEqual(made, [filled(32, 0)]);
  });

  it("shows the EUKey when it is a PN GW that asks for itself, and nothing when it has none", () => {
    const both = copies();
    const { proof, possession } = new Bench(Method.scram, { ...both, parties: ofGateway }).prove();
    assert.deepEqual(possession, shown("EUK", 12, parties.gateway, proof));
    assert.equal(both.made.length, 1);
    assert.equal(new Bench(Method.scram).prove().possession, undefined);
    assert.equal(new Bench(Method.scram, { heldKey: () => undefined }).prove().possession, undefined);
  });
});

describe("what a client does with a delivery that it trusts (EUK-UI-09, EUK-GW-13)", () => {
  it("tells of another User's device, and of nothing else that the Server refuses (C-12)", () => {
    for (const [result, code, events] of [
      [Result.duplicateEntity, "result.duplicateEntity", ["foreign"]],
      [Result.tooManyDevices, "result.tooManyDevices", []],
    ] as const) {
      const bench = new Bench(Method.scram);
      bench.prove();
      assert.equal(
        codeOf(() => bench.deliver(result)),
        code,
      );
      assert.deepEqual([bench.events, bench.staged, bench.left], [events, [], 0]);
      assert.equal(
        codeOf(() => bench.deliver(Result.ok)),
        "protocol.unexpected",
      );
    }
    const quiet = new Bench(Method.scram, { foreign: undefined });
    quiet.prove();
    assert.equal(
      codeOf(() => quiet.deliver(Result.duplicateEntity)),
      "result.duplicateEntity",
    );
  });

  it("is over with the key staged where somebody else confirms it, and keeps none of its octets (SEC-05)", () => {
    const bench = new Bench(Method.scram);
    bench.prove();
    assert.deepEqual(bench.deliver(Result.ok), { kind: "done", outcome: { keyID } });
    const [key] = bench.staged;
    assert.deepEqual([key?.id, key?.createdAt, key?.key.wiped], [keyID, 1_800_000_000, true]);
    assert.ok(bench.made.length > 1);
    assert.equal(bench.left, 0);
    assert.deepEqual(bench.events, []);
  });

  it("commits it once the Server has said that it has done so, and not for another's word", () => {
    const committed: Uint8Array[] = [];
    const bench = new Bench(Method.scram, { commit: (id) => void committed.push(id) });
    bench.prove();
    const step = bench.deliver(Result.ok);
    assert.ok(step.kind === "request");
    assert.equal(everyMessage.decode(step.octets).name, "EUKeyAssignmentRequest.confirm");
    assert.deepEqual([bench.staged[0]?.key.wiped, bench.left], [true, 0]);
    const ack = (hash: Uint8Array) => bench.run.receive(encodeMessage(euKeyAssignmentAck, 3, { hash }));
    assert.equal(
      codeOf(() => ack(filled(16, 0))),
      "enrol.notTrusted",
    );
    assert.deepEqual(committed, []);
    const keys = deriveKeys(nodeSuite, "EUK", euKey, parties.pne);
    const right = keyConfirmation(nodeSuite, keys, "ack", keyID);
    assert.deepEqual(ack(right), { kind: "done", outcome: { keyID } });
    assert.deepEqual(committed, [keyID]);
    assert.equal(
      codeOf(() => ack(right)),
      "protocol.unexpected",
    );
  });
});
