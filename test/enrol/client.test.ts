import assert from "node:assert/strict";
import { encodeMessage } from "../../src/codec/message.js";
import { ascii } from "../../src/crypto/bytes.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { EnrolClient } from "../../src/enrol/client.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentResponse,
  Method,
  sealedDeliveryLength,
} from "../../src/enrol/messages.js";
import { failure } from "../../src/relay/messages.js";

const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };

function client(): { readonly run: EnrolClient; readonly password: Uint8Array; readonly staged: unknown[] } {
  const staged: unknown[] = [];
  const password = ascii("wonderland");
  const run = new EnrolClient(
    {
      suite: nobleSuite,
      random: { fill: (into) => into.fill(7) },
      parties,
      userID: ascii("alice"),
      password,
      methods: [Method.scram],
      stage: (key) => staged.push(key),
      commit: (id) => staged.push(id),
    },
    1,
  );
  return { run, password, staged };
}

const challenge = (method: number, iterations: number): Uint8Array =>
  encodeMessage(euKeyAssignmentChallenge, 1, {
    method,
    salt: new Uint8Array(16),
    iterations,
    handle: new Uint8Array(16),
  });

describe("the client of EUKey assignment (EUK-UI-12, EUK-GW-07)", () => {
  it("refuses fewer than 4096 iterations: a false Server would make guessing cheap", () => {
    const { run } = client();
    run.start();
    assert.throws(() => run.receive(challenge(Method.scram, 4095)), { code: "enrol.iterations" });
  });

  it("refuses more iterations than the schema allows: a false Server would keep it busy for hours", () => {
    assert.throws(() => challenge(Method.scram, 200_001), { code: "cbor.range" });
  });

  it("refuses a method that it did not offer (SEC-02)", () => {
    const { run } = client();
    run.start();
    assert.throws(() => run.receive(challenge(Method.spake2plus, 4096)), { code: "enrol.method" });
  });

  it("names a message that does not belong to its state", () => {
    const { run } = client();
    run.start();
    const ack = encodeMessage(euKeyAssignmentAck, 1, { hash: new Uint8Array(16) });
    assert.throws(() => run.receive(ack), { code: "protocol.unexpected" });
    assert.throws(() => run.start(), { code: "protocol.unexpected" });
    assert.throws(() => run.derived(new Uint8Array(32)), { code: "protocol.unexpected" });
  });

  it("wipes the password as soon as the derivation has it, and on disposal", () => {
    const first = client();
    first.run.start();
    const step = first.run.receive(challenge(Method.scram, 4096));
    assert.equal(step.kind, "derive");
    assert.ok(first.password.every((octet) => octet === 0));
    const second = client();
    second.run.start();
    second.run.dispose();
    assert.ok(second.password.every((octet) => octet === 0));
  });

  it("takes no key that is not sealed by who knows the verifier (EUK-UI-19), and none on failure (EUK-UI-17)", () => {
    for (const made of [true, false]) {
      const { run, staged } = client();
      run.start();
      run.receive(challenge(Method.scram, 4096));
      run.derived(new Uint8Array(32).fill(1));
      const sealed = new Uint8Array(sealedDeliveryLength);
      const body = made ? { result: 0, euKey: sealed } : { result: 1, padding: sealed };
      const code = made ? "enrol.notTrusted" : "result.refused";
      assert.throws(() => run.receive(encodeMessage(euKeyAssignmentResponse, 2, body)), { code });
      assert.equal(staged.length, 0);
    }
  });

  it("names the Result of a Failure", () => {
    const { run } = client();
    run.start();
    assert.throws(() => run.receive(encodeMessage(failure, 1, { result: 2 })), {
      code: "result.serverUnreachable",
    });
    assert.throws(() => run.receive(encodeMessage(failure, 1, { result: 200 })), { code: "result.unknown" });
  });
});
