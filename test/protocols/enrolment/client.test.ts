import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { Method } from "../../../src/codec/methods.js";
import { failure } from "../../../src/codec/replies.js";
import { basePoint, compress } from "../../../src/crypto/curve.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import type { CurveSuite, Suite } from "../../../src/crypto/suite.js";
import { EnrolClient } from "../../../src/protocols/enrolment/client.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentResponse,
  euKeyAssignmentShareAnswer,
  sealedDeliveryLength,
} from "../../../src/protocols/enrolment/messages.js";
import { falseCompressed } from "../../crypto/curveContract.js";

const parties = { pne: ascii("pne-1"), gateway: ascii("gw-1"), server: ascii("cpns.example") };

const curveSuite: CurveSuite = { ...nobleSuite, curve: nobleCurve };

function client(
  methods: readonly Method[] = [Method.scram],
  suite: Suite = nobleSuite,
): { readonly run: EnrolClient; readonly password: Uint8Array; readonly staged: unknown[] } {
  const staged: unknown[] = [];
  const password = ascii("wonderland");
  const run = new EnrolClient(
    {
      suite,
      random: { fill: (into) => into.fill(7) },
      parties,
      userID: ascii("alice"),
      password,
      methods,
      stage: (key) => staged.push(key),
      commit: (id) => staged.push(id),
    },
    1,
  );
  return { run, password, staged };
}

const challenge = (method: number, iterations: number, handleLength = 16): Uint8Array =>
  encodeMessage(euKeyAssignmentChallenge, 1, {
    method,
    salt: new Uint8Array(16),
    iterations,
    handle: new Uint8Array(handleLength),
  });

/** As far as the Server's share; the salted password is made up. */
function shared(): ReturnType<typeof client> & { readonly sent: Uint8Array } {
  const made = client([Method.spake2plus], curveSuite);
  made.run.start();
  made.run.receive(challenge(Method.spake2plus, 4096, 8));
  const step = made.run.derived(new Uint8Array(32).fill(1));
  if (step.kind !== "request") assert.fail(step.kind);
  return { ...made, sent: step.octets };
}

const shareAnswer = (share: Uint8Array): Uint8Array =>
  encodeMessage(euKeyAssignmentShareAnswer, 2, { share, proof: new Uint8Array(32) });

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

  it("takes a challenge for either method when it offers both, and none with a handle of the other's length", () => {
    for (const [method, length] of [
      [Method.spake2plus, 8],
      [Method.scram, 16],
    ] as const) {
      const offer = () => client([Method.spake2plus, Method.scram], curveSuite);
      const { run } = offer();
      run.start();
      assert.equal(run.receive(challenge(method, 4096, length)).kind, "derive");
      const wrong = offer();
      wrong.run.start();
      const other = challenge(method, 4096, 24 - length);
      assert.throws(() => wrong.run.receive(other), { code: "protocol.handle" });
      assert.deepEqual(wrong.staged, []);
    }
  });

  it("does no spake2plus without a curve, whoever offered it", () => {
    const { run } = client([Method.spake2plus]);
    run.start();
    assert.throws(() => run.receive(challenge(Method.spake2plus, 4096, 8)), { code: "enrol.method" });
  });

  it("sends its share after the derivation, a point", () => {
    const message = everyMessage.decode(shared().sent);
    if (message.name !== "EUKeyAssignmentRequest.share") assert.fail(message.name);
    assert.equal(nobleCurve.decompress(message.body.share).length, 65);
  });

  it("trusts no Server whose share is no point", () => {
    for (const [, share] of falseCompressed().filter(([, octets]) => octets.length === 33)) {
      const { run } = shared();
      assert.throws(() => run.receive(shareAnswer(share)), { code: "enrol.notTrusted" });
      assert.equal(run.refused, false);
    }
  });

  it("gives a Server that does not know the password nothing but random octets, and ends refused (EUK-UI-17)", () => {
    const { run, staged } = shared();
    const step = run.receive(shareAnswer(compress(basePoint())));
    if (step.kind !== "request") assert.fail(step.kind);
    assert.equal(run.refused, true);
    const message = everyMessage.decode(step.octets);
    if (message.name !== "EUKeyAssignmentRequest.proof") assert.fail(message.name);
    // The test's random octets: no confirmation.
    assert.deepEqual(message.body.proof, new Uint8Array(32).fill(7));
    const euKey = new Uint8Array(sealedDeliveryLength);
    const delivery = encodeMessage(euKeyAssignmentResponse, 3, { result: 0, euKey });
    assert.throws(() => run.receive(delivery), { code: "result.refused" });
    assert.deepEqual(staged, []);
  });

  it("takes no other message in the place of the Server's share", () => {
    const { run } = shared();
    const euKey = new Uint8Array(sealedDeliveryLength);
    const early = encodeMessage(euKeyAssignmentResponse, 2, { result: 0, euKey });
    assert.throws(() => run.receive(early), { code: "protocol.unexpected" });
    const scram = client();
    scram.run.start();
    scram.run.receive(challenge(Method.scram, 4096));
    scram.run.derived(new Uint8Array(32).fill(1));
    const share = shareAnswer(compress(basePoint()));
    assert.throws(() => scram.run.receive(share), { code: "protocol.unexpected" });
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
