import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { Result } from "../../../src/codec/results.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { Secret } from "../../../src/crypto/secret.js";
import { RecordLayer } from "../../../src/link/record.js";
import { applicationData, applicationDataNotify } from "../../../src/protocols/data/messages.js";
import { SendData, type Target } from "../../../src/protocols/data/pne.js";
import { Report } from "../../../src/protocols/data/report.js";
import { codeOf } from "../../support/codeOf.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(3);
const [hall, gateway] = [ascii("hall"), ascii("gateway-01")];
const requests = messageSet(applicationData);
const done = (outcome: unknown) => ({ kind: "done", outcome });

const layer = (role: "initiator" | "responder") =>
  new RecordLayer({
    suite: nobleSuite,
    clock: new ManualClock(),
    sk: new Secret(new Uint8Array(32).fill(4)),
    role,
  });

const send = (to: Target) => new SendData(pnID, to, ascii("hello"), 5);
const sent = (sending: SendData) => {
  const step = sending.start();
  assert.ok(step.kind === "request");
  return requests.decode(step.octets);
};
const answers = {
  data: (payload: Uint8Array) => encodeMessage(applicationData, 5, { pnID, payload }),
  acknowledged: encodeMessage(acknowledgement, 5, {}),
  refused: encodeMessage(failure, 5, { result: Result.noRoute }),
  other: encodeMessage(applicationDataNotify, 5, { pnID, origin: hall, payload: hall }),
};

describe("one message of application data that a PNE sends", () => {
  it("goes to a member of its PN, in the link's own record, and is answered by a word that it has arrived", () => {
    const sending = send({ member: hall });
    const { body, exchange } = sent(sending);
    assert.deepEqual([exchange, body], [5, { pnID, target: hall, payload: ascii("hello") }]);
    assert.deepEqual(sending.receive(answers.acknowledged), done(new Uint8Array(0)));
    assert.equal(
      codeOf(() => send({ member: hall }).receive(answers.data(hall))),
      "protocol.unexpected",
    );
    assert.equal(sending.name, "send");
    sending.dispose();
  });

  it("goes to the PN GW, which answers with data, or that it has arrived", () => {
    const sending = send({ gatewayID: gateway });
    assert.deepEqual(sent(sending).body.target, gateway);
    assert.deepEqual(sending.receive(answers.data(ascii("yes"))), done(ascii("yes")));
    assert.deepEqual(send({ gatewayID: gateway }).receive(answers.acknowledged), done(new Uint8Array(0)));
  });

  it("goes to the Server under its session, whose answer is under it, too: nobody between says that it has arrived", () => {
    const [own, server] = [layer("initiator"), layer("responder")];
    const sending = send({ server: own });
    const { target, payload } = sent(sending).body;
    assert.equal(target, undefined);
    assert.deepEqual(server.open(payload), ascii("hello"));
    assert.equal(
      codeOf(() => sending.receive(answers.acknowledged)),
      "protocol.unexpected",
    );
    assert.deepEqual(sending.receive(answers.data(server.seal(ascii("yes")))), done(ascii("yes")));
    assert.throws(() => sending.receive(answers.data(ascii("not sealed"))));
  });

  it("fails by the Result, and by a message that answers nothing", () => {
    for (const to of [{ member: hall }, { gatewayID: gateway }, { server: layer("initiator") }]) {
      assert.equal(
        codeOf(() => send(to).receive(answers.refused)),
        "result.noRoute",
      );
      assert.equal(
        codeOf(() => send(to).receive(answers.other)),
        "protocol.unexpected",
      );
      assert.equal(
        codeOf(() => send(to).derived()),
        "protocol.unexpected",
      );
    }
  });
});

describe("one message of a PNE that is answered by an Acknowledgement and nothing else", () => {
  it("is sent as it is, and done with that word alone", () => {
    const report = new Report("shown", ascii("octets"));
    assert.equal(report.name, "shown");
    assert.deepEqual(report.start(), { kind: "request", octets: ascii("octets") });
    assert.deepEqual(report.receive(answers.acknowledged), done(undefined));
    assert.equal(
      codeOf(() => report.receive(answers.refused)),
      "result.noRoute",
    );
    assert.equal(
      codeOf(() => report.receive(answers.data(hall))),
      "protocol.unexpected",
    );
    assert.equal(
      codeOf(() => report.derived()),
      "protocol.unexpected",
    );
    report.dispose();
  });
});
