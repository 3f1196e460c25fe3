import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { Result } from "../../../src/codec/results.js";
import { makeVerifier, serverKey, serverSignature, verifyProof } from "../../../src/crypto/scram.js";
import { AccountProof } from "../../../src/protocols/account/client.js";
import {
  accountDeleteRequest,
  accountSignInRequest,
  accountSignInResponse,
} from "../../../src/protocols/account/messages.js";
import { type AccountPurpose, accountMessage } from "../../../src/protocols/account/transcript.js";
import { minimumIterations } from "../../../src/protocols/enrolment/messages.js";
import {
  idpwdRegistrationChallenge,
  idpwdRegistrationRequest,
} from "../../../src/protocols/registration/messages.js";
import { codeOf } from "../../support/codeOf.js";

const serverID = ascii("cpns.example");
const [handle, salt] = [new Uint8Array(16).fill(3), new Uint8Array(16).fill(4)];
const salted = new Uint8Array(32).fill(5);
const token = new Uint8Array(32).fill(6);
const requests = messageSet(idpwdRegistrationRequest, accountSignInRequest, accountDeleteRequest);
const challenge = (iterations = minimumIterations) =>
  encodeMessage(idpwdRegistrationChallenge, 1, { salt, iterations, handle });

class Bench {
  readonly password = ascii("a quiet kitchen table");
  readonly proof: AccountProof;

  constructor(readonly purpose: AccountPurpose) {
    this.proof = new AccountProof({
      suite: nodeSuite,
      purpose,
      serverID,
      userID: ascii("alice"),
      password: this.password,
    });
  }

  request() {
    const step = this.proof.start();
    assert.ok(step.kind === "request");
    return step.octets;
  }

  /** Until it has sent its proof; what that was, and the signature that it waits for. */
  proven() {
    const request = this.request();
    assert.equal(this.proof.receive(challenge()).kind, "derive");
    const step = this.proof.derived(salted.slice());
    assert.ok(step.kind === "request");
    const message = requests.decode(step.octets);
    const said = accountMessage(this.purpose, serverID, request, challenge());
    return { message, said, signature: serverSignature(nodeSuite, serverKey(nodeSuite, salted), said) };
  }

  code(answer: Uint8Array): string | undefined {
    return codeOf(() => this.proof.receive(answer));
  }
}

const signedIn = (proof: Uint8Array, result: number = Result.ok) =>
  encodeMessage(accountSignInResponse, 1, { result, proof, token });

describe("who proves a User's password to the Server's page", () => {
  it("names the User, then proves it for one purpose by SCRAM over what both have said (RFC 5802)", () => {
    for (const purpose of ["sign in", "delete"] as const) {
      const bench = new Bench(purpose);
      const { message, said } = bench.proven();
      assert.equal(message.name, purpose === "delete" ? "AccountDeleteRequest" : "AccountSignInRequest");
      const { storedKey: key } = makeVerifier(nodeSuite, salted.slice());
      assert.deepEqual(message.body.handle, handle);
      assert.ok(verifyProof(nodeSuite, key, said, message.body.proof));
      assert.equal(hex(said).startsWith(hex(ascii(`CPNS account ${purpose} v1`))), true);
    }
    const request = requests.decode(new Bench("delete").request());
    assert.deepEqual(request.body, { userID: ascii("alice") });
    assert.equal(new Bench("delete").proof.name, "account");
  });

  it("is in by the Server's signature alone, with the token", () => {
    const bench = new Bench("sign in");
    const { signature } = bench.proven();
    const outcome = bench.proof.receive(signedIn(signature));
    assert.deepEqual(outcome, { kind: "done", outcome: token });
    assert.equal(bench.code(signedIn(signature)), "protocol.unexpected", "it is over");
  });

  it("believes no other, and no Result but ok", () => {
    const bench = new Bench("sign in");
    const { signature } = bench.proven();
    assert.equal(bench.code(signedIn(new Uint8Array(32))), "result.refused");
    assert.equal(bench.code(signedIn(signature, Result.busy)), "result.busy");
    assert.equal(bench.code(encodeMessage(failure, 1, { result: Result.noRoute })), "result.noRoute");
    assert.equal(bench.code(encodeMessage(acknowledgement, 1, {})), "protocol.unexpected");
    assert.equal(bench.code(challenge()), "protocol.unexpected");
  });

  it("has deleted the account by an Acknowledgement, and by nothing else", () => {
    const bench = new Bench("delete");
    const { signature } = bench.proven();
    assert.equal(bench.code(signedIn(signature)), "protocol.unexpected");
    assert.deepEqual(bench.proof.receive(encodeMessage(acknowledgement, 1, {})), {
      kind: "done",
      outcome: undefined,
    });
    assert.equal(bench.code(encodeMessage(acknowledgement, 1, {})), "protocol.unexpected");
  });

  it("derives nothing by fewer rounds than are safe, and nothing that was not asked for", () => {
    const bench = new Bench("sign in");
    assert.equal(
      codeOf(() => bench.proof.derived(salted.slice())),
      "protocol.unexpected",
    );
    bench.request();
    assert.equal(
      codeOf(() => bench.proof.start()),
      "protocol.unexpected",
      "once",
    );
    assert.equal(bench.code(signedIn(salted)), "protocol.unexpected");
    assert.equal(bench.code(challenge(minimumIterations - 1)), "enrol.iterations");
    assert.equal(bench.code(challenge()), undefined);
  });

  it("keeps the password no longer than it is needed, and what came of it neither", () => {
    const [bench, other] = [new Bench("sign in"), new Bench("delete")];
    bench.request();
    bench.proof.receive(challenge());
    assert.deepEqual(bench.password, new Uint8Array(bench.password.length));
    const derived = salted.slice();
    bench.proof.derived(derived);
    assert.deepEqual(derived, new Uint8Array(32));
    other.proof.dispose();
    assert.deepEqual(other.password, new Uint8Array(other.password.length));
    assert.equal(
      codeOf(() => other.proof.start()),
      "protocol.unexpected",
    );
  });
});
