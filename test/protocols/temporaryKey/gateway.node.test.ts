import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { allZero, ascii } from "../../../src/base/octets.js";
import type { Done, Outcome } from "../../../src/base/outcome.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { failure } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { decode } from "../../../src/codec/schema.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { Secret } from "../../../src/crypto/secret.js";
import type { DeviceLink, Said } from "../../../src/procedure/deviceLink.js";
import type { GatewayPorts } from "../../../src/procedure/gatewayPorts.js";
import { ProcedureError } from "../../../src/procedure/procedure.js";
import { keyDelivery } from "../../../src/protocols/enrolment/messages.js";
import { temporaryDeliveryAad } from "../../../src/protocols/temporaryKey/delivery.js";
import { enrolUnderTemporaryKey } from "../../../src/protocols/temporaryKey/gateway.js";
import {
  euKeyAssignmentTemporary,
  euKeyAssignmentTrigger,
  temporaryKeyRequest,
  temporaryKeyResponse,
} from "../../../src/protocols/temporaryKey/messages.js";
import { EnrolPair, gateway, pne, realm } from "../../support/enrolPair.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const asked = { rand: filled(32, 1), epoch: filled(16, 2), proof: filled(16, 3) };
const released = filled(32, 4);
const yes = encodeMessage(temporaryKeyResponse, 9, { result: Result.ok, key: released });
const failed = (code: ErrorCode) => ({ error: new ProcedureError(code) });

/** A PNE's link: what its PNE says to the trigger, or the error that comes instead, and how the assignment ends. */
class Claimant {
  readonly entityID = pne;
  readonly triggers: Uint8Array[] = [];
  readonly answers: Uint8Array[] = [];
  waits: number[] = [];
  constructor(
    readonly says: { readonly error: ProcedureError } | undefined = undefined,
    readonly ends: Outcome<undefined> = { value: undefined },
  ) {}

  expect(_: unknown, wait: number, done: Done<Said<typeof euKeyAssignmentTemporary>>): void {
    this.waits.push(wait);
    this.#heard = done;
  }
  #heard: Done<Said<typeof euKeyAssignmentTemporary>> = () => assert.fail("nothing is expected");

  push(make: (exchange: number) => Uint8Array): void {
    this.triggers.push(make(100));
    if (this.says) return this.#heard(this.says);
    const octets = encodeMessage(euKeyAssignmentTemporary, 8, asked);
    const message = messageSet(euKeyAssignmentTemporary).decode(octets);
    this.#heard({ value: { message, answer: (answer) => void this.answers.push(answer) } });
  }

  watchAssignment(wait: number, done: Done<undefined>): void {
    this.waits.push(wait);
    done(this.ends);
  }
}

/** How it ends at a PN GW with these claimants, and what is left of secrets. */
async function enrol(
  links: readonly Claimant[],
  says: Outcome<Uint8Array> = { value: yes },
  password = "wonderland",
) {
  const pair = await new EnrolPair().register("alice", "wonderland");
  const requests: Uint8Array[] = [];
  const made: Uint8Array[] = [];
  const copies: Secret[] = [];
  const { copy } = Secret.prototype;
  Secret.prototype.copy = function (this: Secret) {
    copies.push(copy.call(this));
    return copies.at(-1) as Secret;
  };
  const suite: typeof nodeSuite = {
    ...nodeSuite,
    hkdf(salt, ikm, ...more) {
      made.push(ikm, nodeSuite.hkdf(salt, ikm, ...more));
      return made.at(-1) as Uint8Array;
    },
    seal(key, nonce, plain, aad) {
      made.push(plain);
      return nodeSuite.seal(key, nonce, plain, aad);
    },
  };
  const ports = {
    ...{ suite, random: pair.random, gatewayID: gateway, serverID: realm },
    fault: (error: unknown) => {
      throw error;
    },
  } as unknown as GatewayPorts;
  const host = {
    ports,
    links: links as unknown as readonly DeviceLink[],
    relayed: (octets: Uint8Array, done: Done<Uint8Array>) =>
      void pair.answer(octets).then((value) => done({ value })),
    exchange: (octets: Uint8Array, done: Done<Uint8Array>) => {
      requests.push(octets);
      done(says);
    },
  };
  const credentials = { userID: ascii("alice"), password: ascii(password) };
  try {
    const outcome = await new Promise<Outcome<undefined>>((done) =>
      enrolUnderTemporaryKey(host, credentials, done),
    );
    const staged = pair.store.all("staged").map(([, row]) => row);
    const left = made.filter((octets) => !allZero(octets)).length + copies.filter((one) => !one.wiped).length;
    return { code: "error" in outcome ? outcome.error.code : "done", requests, staged, left, copies };
  } finally {
    Secret.prototype.copy = copy;
  }
}

const failures = ({ answers }: Claimant): readonly string[] =>
  answers.map((octets) => {
    const { name, body, exchange } = messageSet(failure).decode(octets);
    return `${name} ${resultName(body.result)} ${exchange}`;
  });

describe("a PN GW that gets a key for a device without UI (SEC-05, SEC-06)", () => {
  it("delivers the key of its User under the one that the Server has released, and keeps nothing of either", async () => {
    const one = new Claimant();
    const { code, requests, staged, left, copies } = await enrol([one]);
    assert.deepEqual([code, left, copies.length, one.waits], ["done", 0, 1, [10_000, 30_000]]);
    const trigger = messageSet(euKeyAssignmentTrigger).decode(one.triggers[0] ?? released).body;
    assert.deepEqual([trigger.userID, trigger.keyID], [ascii("alice"), staged[0]?.id]);
    const request = messageSet(temporaryKeyRequest).decode(requests[0] ?? released);
    const { rand: gatewayRand, keyID } = trigger;
    assert.deepEqual({ ...request.body }, { entityID: pne, keyID, gatewayRand, ...asked });
    const answer = everyMessage.decode(one.answers[0] ?? released);
    assert.ok(answer.name === "EUKeyAssignmentResponse.temporary");
    assert.deepEqual([answer.exchange, one.answers.length, requests.length], [8, 1, 1]);
    const { wrap } = deriveKeys(nodeSuite, "TK", released, pne);
    const aad = temporaryDeliveryAad({ pne, gateway, server: realm }, ascii("alice"));
    const plain = nodeSuite.open(wrap.octets, new Uint8Array(12), answer.body.euKey, aad);
    const { key, ...delivery } = decode(keyDelivery, plain ?? released);
    assert.equal(delivery.result, Result.ok);
    assert.deepEqual(delivery.keyID, staged[0]?.id);
    assert.deepEqual([key, delivery.createdAt], [staged[0]?.key, staged[0]?.createdAt]);
  });

  it("does nothing without the device or the right password", async () => {
    await assert.rejects(enrol([]), { code: "device.notThere" });
    const one = new Claimant();
    const { code, requests, staged } = await enrol([one], undefined, "wrong");
    assert.deepEqual([code, requests, staged, one.triggers], ["result.refused", [], [], []]);
  });

  it("asks one claimant after the other, until one has the key, and gives it to no second one", async () => {
    const [silent, right, last] = [new Claimant(failed("timeout")), new Claimant(), new Claimant()];
    assert.equal((await enrol([silent, right, last])).code, "done");
    assert.deepEqual([silent.triggers.length, right.triggers.length, last.triggers.length], [1, 1, 0]);
    const [broken, other] = [new Claimant(undefined, failed("linkLost")), new Claimant()];
    const { code, left } = await enrol([broken, other]);
    assert.deepEqual([code, left, other.triggers.length], ["linkLost", 0, 0]);
  });

  it("tells a device that has an owner and says nothing from one that has gone, and wipes the key for either", async () => {
    for (const [said, told] of [
      ["timeout", "device.refused"],
      ["linkLost", "linkLost"],
    ] as const) {
      const { code, left, copies } = await enrol([new Claimant(failed(said))]);
      assert.deepEqual([code, left, copies.length], [told, 0, 1]);
    }
  });

  it("refuses the device what the Server refuses, whatever it says, and asks the next", async () => {
    const says = (body: { result: number; key?: Uint8Array }) => encodeMessage(temporaryKeyResponse, 9, body);
    for (const value of [
      says({ result: Result.refused, key: released }),
      says({ result: Result.ok }),
      encodeMessage(failure, 9, { result: Result.busy }),
      Uint8Array.of(1, 2, 3),
    ]) {
      const both = [new Claimant(), new Claimant()];
      const { code, requests } = await enrol(both, { value });
      assert.deepEqual([code, requests.length], ["device.refused", 2]);
      assert.deepEqual(both.map(failures), [["Failure refused 8"], ["Failure refused 8"]]);
    }
  });

  it("says so when the Server was not there to be asked", async () => {
    const one = new Claimant();
    const { code, left } = await enrol([one], failed("result.serverUnreachable"));
    assert.deepEqual(
      [code, failures(one), left],
      ["result.serverUnreachable", ["Failure serverUnreachable 8"], 0],
    );
  });
});
