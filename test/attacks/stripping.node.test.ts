import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, type MessageDefinition } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import {
  euKeyAssignmentChallenge,
  euKeyAssignmentRequest,
  euKeyAssignmentShare,
  euKeyAssignmentShareAnswer,
} from "../../src/protocols/enrolment/messages.js";
import { type Attempt, asPne, EnrolPair, gateway, pne, realm, type Tamper } from "../support/enrolPair.js";

/** Writes one message of the exchange anew, with something of its body changed. */
const changing =
  <Body>(definition: MessageDefinition<string, Body>, change: (body: Body) => Partial<Body>): Tamper =>
  (octets) => {
    const message = everyMessage.decode(octets);
    if (message.name !== definition.name) return octets;
    const body = message.body as Body;
    return encodeMessage(definition, message.exchange, { ...body, ...change(body) });
  };

type BodyOf<D> = D extends MessageDefinition<string, infer Body> ? Partial<Body> : never;
const request = (change: BodyOf<typeof euKeyAssignmentRequest>): Tamper =>
  changing(euKeyAssignmentRequest, () => change);
const challenge = (change: BodyOf<typeof euKeyAssignmentChallenge>): Tamper =>
  changing(euKeyAssignmentChallenge, () => change);

const both = Object.freeze([Method.spake2plus, Method.scram]);
const other = ascii("another");
/** Of another point than the one that was sent. */
const anotherShare = (share: Uint8Array): Uint8Array =>
  share.map((octet, i) => (i === 0 ? octet ^ 1 : octet));
const another = (octets: Uint8Array): Uint8Array => octets.map((octet, i) => (i === 0 ? octet ^ 1 : octet));

/** What is done on the way, and how it ends at the client; offered methods are both unless told. */
const hands: readonly (readonly [title: string, attempt: Partial<Attempt>, ends: RegExp])[] = [
  [
    "spake2plus is struck from the offer",
    { tamper: request({ methods: [Method.scram] }) },
    /^result\.refused$/,
  ],
  [
    "scram is struck from the offer",
    { tamper: request({ methods: [Method.spake2plus] }) },
    /^result\.refused$/,
  ],
  ["the offer is turned round", { tamper: request({ methods: [...both].reverse() }) }, /^result\.refused$/],
  [
    "scram is added to an offer of spake2plus alone",
    { methods: [Method.spake2plus], tamper: request({ methods: both }) },
    /^result\.refused$/,
  ],
  [
    "spake2plus is replaced by scram in an offer without it",
    { methods: [Method.spake2plus], tamper: request({ methods: [Method.scram] }) },
    /^enrol\.method$/,
  ],
  ["the selected method is changed", { tamper: challenge({ method: Method.scram }) }, /^protocol\.handle$/],
  [
    "the selected method is changed, with a handle to match",
    { tamper: challenge({ method: Method.scram, handle: new Uint8Array(16) }) },
    /^result\.refused$/,
  ],
  ["the selected method is none that was offered", { tamper: challenge({ method: 3 }) }, /^enrol\.method$/],
  ["fewer iterations are asked for", { tamper: challenge({ iterations: 4096 }) }, /^result\.refused$/],
  ["another salt is given", { tamper: challenge({ salt: new Uint8Array(16) }) }, /^result\.refused$/],
  ["another handle is given", { tamper: challenge({ handle: new Uint8Array(8) }) }, /^result\.refused$/],
  ["the nonce is replaced", { tamper: request({ nonce: new Uint8Array(16) }) }, /^result\.refused$/],
  ["the User ID is replaced", { tamper: request({ userID: ascii("bob") }) }, /^result\.refused$/],
  ["the Entity ID in the Request is replaced", { tamper: request({ entityID: other }) }, /^result\.refused$/],
  [
    "the PNE takes another gateway for its own",
    { parties: { pne, gateway: other, server: realm } },
    /^result\.refused$/,
  ],
  [
    "the PNE takes another Server for its own",
    { parties: { pne, gateway, server: other } },
    /^result\.refused$/,
  ],
  [
    "the PNE takes another Entity ID for its own",
    { parties: { pne: other, gateway, server: realm } },
    /^result\.refused$/,
  ],
  ["the Server sees another gateway", { origin: { ...asPne, gatewayID: other } }, /^result\.refused$/],
  ["the Server sees another PNE", { origin: { ...asPne, entityID: other } }, /^result\.refused$/],
  [
    "shareP is replaced",
    { tamper: changing(euKeyAssignmentShare, ({ share }) => ({ share: anotherShare(share) })) },
    /^result\.refused$/,
  ],
  [
    "shareV is replaced",
    { tamper: changing(euKeyAssignmentShareAnswer, ({ share }) => ({ share: anotherShare(share) })) },
    /^result\.refused$/,
  ],
  [
    "confirmV is replaced",
    { tamper: changing(euKeyAssignmentShareAnswer, ({ proof }) => ({ proof: another(proof) })) },
    /^result\.refused$/,
  ],
];

async function pairOf(): Promise<EnrolPair> {
  const pair = await new EnrolPair().register("alice", "wonderland");
  return pair.register("bob", "wonderland");
}

describe("an enrolment on whose way somebody changes", () => {
  for (const methods of [both, [Method.spake2plus], [Method.scram]]) {
    it(`nothing succeeds, with methods ${methods}: so the hands below are what ends it`, async () => {
      const pair = await pairOf();
      const attempted = await pair.attempt({ methods });
      assert.equal(attempted.outcome, "enrolled");
      assert.equal(attempted.legs.length, methods.includes(Method.spake2plus) ? 8 : 6);
      assert.equal(await pair.keys(), "committed");
    });
  }

  for (const [title, attempt, ends] of hands) {
    it(`it: ${title} (C-07, C-10, SEC-02)`, async () => {
      const pair = await pairOf();
      const attempted = await pair.attempt({ methods: both, ...attempt });
      assert.match(attempted.outcome, ends);
      assert.equal(attempted.staged, 0);
      assert.equal(await pair.keys(), "none");
    });
  }

  it("it: the device's own share comes back as the Server's, with its confirmation", async () => {
    const pair = await pairOf();
    let own = new Uint8Array(0);
    const attempted = await pair.attempt({
      methods: both,
      tamper: (octets) => {
        const message = everyMessage.decode(octets);
        if (message.name === "EUKeyAssignmentRequest.share") own = Uint8Array.from(message.body.share);
        if (message.name !== "EUKeyAssignmentResponse.share") return octets;
        return encodeMessage(euKeyAssignmentShareAnswer, message.exchange, { ...message.body, share: own });
      },
    });
    assert.equal(own.length, 33);
    assert.equal(attempted.outcome, "result.refused");
    assert.equal(attempted.refused, true);
  });

  it("the Request of method scram, its nonce or its parties: the proof holds no more", async () => {
    const methods = [Method.scram];
    for (const attempt of [
      { tamper: request({ nonce: new Uint8Array(16) }) },
      { tamper: request({ entityID: other }) },
      { tamper: challenge({ iterations: 4096 }) },
      { parties: { pne, gateway: other, server: realm } },
      { parties: { pne, gateway, server: other } },
      { origin: { ...asPne, gatewayID: other } },
    ]) {
      const pair = await pairOf();
      const attempted = await pair.attempt({ methods, ...attempt });
      assert.equal(attempted.outcome, "result.refused");
      assert.equal(await pair.keys(), "none");
    }
  });
});
