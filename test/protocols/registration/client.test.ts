import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import { Registration } from "../../../src/protocols/registration/client.js";
import { idpwdRegistrationChallenge } from "../../../src/protocols/registration/messages.js";
import { codeOf } from "../../support/codeOf.js";

const challenge = (iterations = 4096) =>
  encodeMessage(idpwdRegistrationChallenge, 1, {
    ...{ salt: new Uint8Array(16), iterations, handle: new Uint8Array(16) },
  });

function registration(old?: string) {
  const password = ascii("correct horse battery");
  const oldPassword = old === undefined ? undefined : ascii(old);
  const names = { gatewayID: ascii("gw-1"), serverID: ascii("cpns.example"), userID: ascii("alice") };
  const random = { fill: (into: Uint8Array) => into.fill(7) };
  const suite = { ...nobleSuite, curve: nobleCurve };
  return {
    run: new Registration({ suite, random, ...names, password, oldPassword }, 1),
    password,
    oldPassword,
  };
}
const wiped = (octets: Uint8Array | undefined) => octets?.every((octet) => octet === 0);
const salted = () => new Uint8Array(32).fill(5);

describe("the PN GW's side of a registration (REG-02, REG-10)", () => {
  it("derives from each password in its turn, and wipes it and what was derived", () => {
    const { run, password, oldPassword } = registration("wonderland is old");
    run.start();
    assert.equal(run.receive(challenge()).kind, "derive");
    assert.deepEqual([wiped(password), wiped(oldPassword)], [true, false]);
    const first = salted();
    assert.equal(run.derived(first).kind, "derive");
    assert.deepEqual([wiped(oldPassword), wiped(first)], [true, true]);
    const second = salted();
    assert.equal(run.derived(second).kind, "request");
    assert.equal(wiped(second), true);
  });

  it("wipes both passwords when it is given up at the start", () => {
    const { run, password, oldPassword } = registration("wonderland is old");
    run.dispose();
    assert.deepEqual([wiped(password), wiped(oldPassword)], [true, true]);
  });

  it("takes nothing out of order, and wipes what it is given all the same", () => {
    const { run } = registration();
    const unexpected = (act: () => unknown) => assert.equal(codeOf(act), "protocol.unexpected");
    unexpected(() => run.receive(challenge()));
    const early = salted();
    unexpected(() => run.derived(early));
    assert.equal(wiped(early), true);
    run.start();
    unexpected(() => run.start());
    run.receive(challenge());
    unexpected(() => run.receive(challenge()));
    run.derived(salted());
    unexpected(() => run.derived(salted()));
  });

  it("does not make guessing cheap for a false Server", () => {
    const { run } = registration();
    run.start();
    assert.equal(
      codeOf(() => run.receive(challenge(4095))),
      "enrol.iterations",
    );
  });
});
