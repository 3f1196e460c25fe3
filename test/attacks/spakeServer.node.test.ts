import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { basePoint, compress } from "../../src/crypto/curve.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { shares, ways } from "../../src/database/budgets.js";
import type { PendingEnrolment } from "../../src/database/rows/exchanges.js";
import type { Origin } from "../../src/procedure/serverPorts.js";
import {
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  euKeyAssignmentShare,
} from "../../src/protocols/enrolment/messages.js";
import { falseCompressed } from "../crypto/curveContract.js";
import { asPne, EnrolPair, gateway, pne } from "../support/enrolPair.js";
import { spakeVector } from "../vectors/spake2plus.js";

const methods = [Method.spake2plus];
const decode = (octets: Uint8Array) => everyMessage.decode(octets);

async function handleOf(pair: EnrolPair, userID = "alice", origin: Origin = asPne): Promise<Uint8Array> {
  const body = { entityID: pne, userID: ascii(userID), methods, nonce: new Uint8Array(16) };
  const message = decode(await pair.answer(encodeMessage(euKeyAssignmentRequest, 1, body), origin));
  if (message.name !== "EUKeyAssignmentResponse.challenge") assert.fail(message.name);
  return message.body.handle;
}

const anyShare = compress(basePoint());
const shareOf = (handle: Uint8Array, share = anyShare): Uint8Array =>
  encodeMessage(euKeyAssignmentShare, 2, { handle, share });
const proofOf = (handle: Uint8Array, proof = new Uint8Array(32)): Uint8Array =>
  encodeMessage(euKeyAssignmentProof, 3, { handle, proof });

const pairOf = (suite?: CurveSuite): Promise<EnrolPair> =>
  new EnrolPair(suite).register("alice", "wonderland");
const wrong = { methods, password: "guess" };

describe("who guesses at the Server by SPAKE2+", () => {
  it("is counted when the share comes, before shareV and confirmV tell anything (EUK-UI-05)", async () => {
    const pair = await pairOf();
    const handle = await handleOf(pair);
    assert.equal(await pair.failures(), 0);
    const answer = decode(await pair.answer(shareOf(handle)));
    assert.equal(answer.name, "EUKeyAssignmentResponse.share");
    assert.equal(await pair.failures(), 1);
    // Whoever stops here has had a guess; the proof that never comes does not count again, nor does one that comes.
    await pair.answer(proofOf(handle));
    assert.equal(await pair.failures(), 1);
  });

  it("is refused once the budget is empty, the right password too; time gives a guess back, and a right one costs nothing", async () => {
    const pair = await pairOf();
    const { burst, refill } = shares.foreign;
    for (let i = 0; i < burst; i++) assert.equal((await pair.attempt(wrong)).outcome, "result.refused");
    assert.equal((await pair.attempt({ methods })).outcome, "result.refused");
    assert.equal(await pair.failures(), burst);
    pair.clock.advance(refill);
    assert.equal((await pair.attempt({ methods })).outcome, "enrolled");
    assert.equal((await pair.attempt({ methods })).outcome, "enrolled");
    assert.equal(await pair.failures(), burst - refill / ways.foreign.refill, "of what all PN GWs share");
  });

  it("learns nothing of the password while delayed: confirmV is that of another record", async () => {
    const pair = await pairOf();
    for (let i = 0; i < ways.foreign.burst; i++) await pair.attempt(wrong);
    const attempted = await pair.attempt({ methods });
    // The client knows the password, and still the Server's confirmation does not hold for it.
    assert.equal(attempted.refused, true);
    assert.equal(attempted.legs.length, 6);
  });

  it("takes the same steps for unknown user, wrong password and throttled: curve, hashes, tables (EUK-UI-17)", async () => {
    const work: string[] = [];
    const told = <F extends (...parameters: never[]) => unknown>(name: string, run: F): F =>
      ((...parameters: never[]) => {
        work.push(name);
        return run(...parameters);
      }) as F;
    const { curve } = nodeSuite;
    const watching: CurveSuite = {
      ...nodeSuite,
      sha256: told("sha256", nodeSuite.sha256),
      hmac: told("hmac", nodeSuite.hmac),
      hkdf: told("hkdf", nodeSuite.hkdf),
      seal: told("seal", nodeSuite.seal),
      curve: {
        name: curve.name,
        multiply: told("multiply", curve.multiply),
        add: told("add", curve.add),
        decompress: told("decompress", curve.decompress),
      },
    };
    const pair = await new EnrolPair(watching, (store) => ({
      ...store,
      read: (run) => store.read(run),
      transaction: (run) =>
        store.transaction((tables) => {
          work.push("transaction");
          return run(tables);
        }),
    })).register("alice", "wonderland");
    const steps = async (userID: string): Promise<string> => {
      work.length = 0;
      const attempted = await pair.attempt({ ...wrong, userID });
      assert.equal(attempted.outcome, "result.refused");
      return `${attempted.legs.map(({ octets }) => octets.length)} ${work}`;
    };
    const seen = [await steps("alicf")];
    // The last ones are throttled.
    for (let i = 0; i < ways.foreign.burst + 3; i++) seen.push(await steps("alice"));
    for (let i = 0; i < 6; i++) seen.push(await steps(`nobody${i}`.slice(0, 5)));
    assert.equal(new Set(seen).size, 1, seen.join("\n"));
    assert.match(seen[0] ?? "", /multiply.*seal/);
  });

  it("gets the same salt for an unknown user each time, and never the same share or confirmation", async () => {
    const pair = await pairOf();
    const [salts, shares] = [new Set<string>(), new Set<string>()];
    for (let i = 0; i < 3; i++) {
      const { legs } = await pair.attempt({ ...wrong, userID: "nobody" });
      const [, challenge, , answer] = legs.map(({ octets }) => decode(octets));
      if (challenge?.name !== "EUKeyAssignmentResponse.challenge") assert.fail(challenge?.name);
      if (answer?.name !== "EUKeyAssignmentResponse.share") assert.fail(answer?.name);
      salts.add(hex(challenge.body.salt));
      shares.add(hex(answer.body.share)).add(hex(answer.body.proof));
    }
    assert.equal(salts.size, 1);
    assert.equal(shares.size, 6);
  });
});

describe("who sends the Server a share that is none", () => {
  for (const suite of [nodeSuite, { ...nobleSuite, curve: nobleCurve }]) {
    it(`is told so and costs the exchange nothing, back end ${suite.curve.name}`, async () => {
      const pair = await pairOf(suite);
      const handle = await handleOf(pair);
      for (const [why, octets] of falseCompressed().filter(([, share]) => share.length === 33)) {
        const answer = decode(await pair.answer(shareOf(handle, octets)));
        if (answer.name !== "Failure") assert.fail(`${why}: ${answer.name}`);
        assert.equal(answer.body.result, 4);
      }
      assert.equal(await pair.failures(), 0);
      assert.equal(decode(await pair.answer(shareOf(handle))).name, "EUKeyAssignmentResponse.share");
    });
  }

  it("the blind of a right guess alone: answered like every other, counted, and worth nothing", async () => {
    const pair = await pairOf();
    const user = await pair.store.get("users", hex(ascii("alice")));
    assert.ok(user);
    const { curve } = nodeSuite;
    const blind = compress(curve.multiply(user.w0, curve.decompress(fromHex(spakeVector.m))));
    const handle = await handleOf(pair);
    const answer = decode(await pair.answer(shareOf(handle, blind)));
    assert.equal(answer.name, "EUKeyAssignmentResponse.share");
    assert.equal(await pair.failures(), 1);
    assert.equal(resultOf(await pair.answer(proofOf(handle))), 1);
    assert.equal(await pair.keys(), "none");
  });
});

describe("an exchange of SPAKE2+ at the Server", () => {
  it("takes one share and one proof, in this order", async () => {
    const pair = await pairOf();
    const early = await handleOf(pair);
    assert.equal(resultOf(await pair.answer(proofOf(early))), 1);
    assert.equal(resultOf(await pair.answer(shareOf(early))), 1);
    const twice = await handleOf(pair);
    assert.equal(decode(await pair.answer(shareOf(twice))).name, "EUKeyAssignmentResponse.share");
    assert.equal(resultOf(await pair.answer(shareOf(twice))), 1);
    assert.equal(await pair.keys(), "none");
  });

  it("gives no key for a recorded proof, nor for the whole exchange again", async () => {
    const pair = await pairOf();
    const { legs, outcome } = await pair.attempt({ methods });
    assert.equal(outcome, "enrolled");
    const before = await pair.store.get("entities", hex(pne));
    for (const { direction, octets } of legs.slice(0, 6)) {
      if (direction === "toPNE") continue;
      const again = decode(await pair.answer(octets));
      assert.notEqual(again.name, "EUKeyAssignmentResponse.share");
      if (again.name === "EUKeyAssignmentResponse") assert.equal(again.body.euKey, undefined);
    }
    assert.deepEqual(await pair.store.get("entities", hex(pne)), before);
  });

  it("is not used up by who hears its handle and is not the asker", async () => {
    const pair = await pairOf();
    const others: readonly Origin[] = [
      { ...asPne, entityID: ascii("pne-2") },
      { ...asPne, gatewayID: ascii("gateway-02") },
      { role: "gateway", entityID: gateway, gatewayID: gateway },
    ];
    const tamper = (octets: Uint8Array): Uint8Array => octets;
    let meddled = 0;
    const attempted = await pair.attempt({ methods, tamper });
    assert.equal(attempted.outcome, "enrolled");
    const handle = await handleOf(pair);
    for (const origin of others) {
      assert.equal(resultOf(await pair.answer(shareOf(handle), origin)), 1);
      meddled++;
    }
    assert.equal(meddled, 3);
    assert.equal(decode(await pair.answer(shareOf(handle))).name, "EUKeyAssignmentResponse.share");
    for (const origin of others) assert.equal(resultOf(await pair.answer(proofOf(handle), origin)), 1);
    assert.ok(await pair.store.get("enrolments", hex(handle)));
  });

  it("gives nothing to who has the name since: the User who was asked for is gone", async () => {
    const pair = await pairOf();
    const honest = pair.answer.bind(pair);
    pair.answer = async (octets, origin) => {
      if (decode(octets).name === "EUKeyAssignmentRequest.proof") await pair.register("alice", "of another");
      return honest(octets, origin);
    };
    assert.equal((await pair.attempt({ methods })).outcome, "result.refused");
    assert.equal(await pair.keys(), "none");
  });

  it("ends after a minute, at either leg; of a flood the oldest gives way, and those of other PN GWs stay", async () => {
    for (const leg of [2, 4]) {
      const late = await pairOf();
      const tamper = (octets: Uint8Array, _direction: string, at: number): Uint8Array => {
        if (at === leg) late.clock.advance(Milliseconds(60_000));
        return octets;
      };
      assert.equal((await late.attempt({ methods, tamper })).outcome, "result.refused");
      assert.equal(await late.keys(), "none");
    }
    const pair = await pairOf();
    const own = await handleOf(pair);
    const origin = { ...asPne, gatewayID: ascii("another") };
    const first = await handleOf(pair, "alice", origin);
    for (let i = 0; i < 300; i++) {
      pair.clock.advance(Milliseconds(1));
      await handleOf(pair, "alice", origin);
    }
    assert.equal(pair.store.size("enrolments"), 1 + 256);
    assert.equal(decode(await pair.answer(shareOf(own))).name, "EUKeyAssignmentResponse.share");
    assert.equal(resultOf(await pair.answer(shareOf(first), origin)), 1, "the oldest has given way");
    pair.clock.advance(Milliseconds(60_001));
    await pair.store.sweep();
    assert.equal(pair.store.size("enrolments"), 0);
  });

  it("leaves nothing pending when it is over, and the delivery's key is wiped", async () => {
    const pair = await pairOf();
    const kept: Uint8Array[] = [];
    const tamper = (octets: Uint8Array, _direction: string, leg: number): Uint8Array => {
      // The proof is on its way: what the Server keeps until then.
      if (leg === 4) pending.push(pair.store.get("enrolments", hex(handleIn(octets))));
      return octets;
    };
    const pending: (PendingEnrolment | undefined)[] = [];
    assert.equal((await pair.attempt({ methods, tamper })).outcome, "enrolled");
    for (const record of pending) if (record?.confirming) kept.push(record.confirming.deliveryKey);
    assert.equal(kept.length, 1);
    assert.equal(await pair.store.size("enrolments"), 0);
  });
});

function handleIn(octets: Uint8Array): Uint8Array {
  const message = decode(octets);
  if (message.name !== "EUKeyAssignmentRequest.proof") assert.fail(message.name);
  return message.body.handle;
}

function resultOf(octets: Uint8Array): number {
  const message = decode(octets);
  if (message.name !== "Failure" && message.name !== "EUKeyAssignmentResponse") assert.fail(message.name);
  return message.body.result;
}
