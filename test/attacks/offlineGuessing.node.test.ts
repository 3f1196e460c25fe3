import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { euKeyAssignmentChallenge } from "../../src/protocols/enrolment/messages.js";
import { add, encode, generator, type Point, times } from "../e2e/p256.js";
import { type Parties, scramGuess, spakeGuess } from "../e2e/passwordMethods.js";
import { at, parse, type Seen } from "../e2e/protocolPage.js";
import { EnrolPair, gateway, pne, realm } from "../support/enrolPair.js";
import { alice, keypad, outcome, TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

/**
 * What somebody does who has an enrolment as it went over the air, and a dictionary: computes what docs/PROTOCOL.md
 * says for each word and compares. `logs` are scalars that this somebody knows besides.
 */
function dictionaryAttack(
  heard: readonly Seen[],
  parties: Parties,
  dictionary: readonly string[],
  logs: readonly bigint[] = [],
): readonly string[] {
  const leg = (type: number): Seen =>
    heard.find((one) => one.type === type) ?? assert.fail(`no type ${type}`);
  if (leg(6).body.get(7) === Method.scram) {
    const fits = (word: string): boolean =>
      scramGuess(word, parties, [leg(5), leg(6)]).proof.equals(at(leg(9), 11));
    return dictionary.filter(fits);
  }
  return dictionary.filter((word) => {
    const guess = spakeGuess(word, parties, [5, 6, 7, 8].map(leg));
    return candidates(guess, logs).some((z) => {
      const { confirmP, confirmV } = guess.keys(z);
      return confirmP.equals(at(leg(9), 11)) || confirmV.equals(at(leg(8), 11));
    });
  });
}

/** Points that could be Z = xy·P: by a known logarithm of x·P or y·P, and without one what can be had of them. */
function candidates(
  { own, peer, w1 }: { readonly own: Point; readonly peer: Point; readonly w1: bigint },
  logs: readonly bigint[],
): Point[] {
  const same = (one: Point, other: Point): boolean => encode(one).equals(encode(other));
  const known = logs.flatMap((log) => {
    const point = times(log, generator);
    return same(point, own) ? [times(log, peer)] : same(point, peer) ? [times(log, own)] : [];
  });
  return [...known, own, peer, add(own, peer), times(w1, own), times(w1, peer), generator];
}

const words = Object.freeze([
  "sesame42",
  "alice",
  "wonderlan",
  "Wonderland",
  alice.password,
  "123456",
  "queen",
]);

interface Recorded {
  readonly heard: readonly Seen[];
  readonly parties: Parties;
  readonly scalars: readonly bigint[];
}

/** A whole enrolment, from the air alone; and the device's scalars, which are not in it. */
async function record(method: Method): Promise<Recorded> {
  const scalars: bigint[] = [];
  const keylog = (line: {
    readonly label: string;
    readonly entity: string;
    readonly secret: string;
  }): void => {
    if (line.label === "P-256 scalar" && line.entity === keypad.id) scalars.push(BigInt(`0x${line.secret}`));
  };
  const net = await new TestNetwork({ devices: [{ ...keypad, methods: [method] }], keylog }).enrolled();
  const heard = net.fragments.map((one) => parse(one.octets.subarray(4)));
  const request = heard.find((one) => one.type === 5) ?? assert.fail();
  const parties: Parties = [at(request, 1), Buffer.from(net.network.gatewayID), Buffer.from(serverID)];
  return { heard, parties, scalars };
}

describe("somebody who has recorded an enrolment and has a dictionary", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("finds the password of method scram: why a device does not use it where others listen (SEC-02)", async () => {
    const { heard, parties } = await record(Method.scram);
    assert.deepEqual(dictionaryAttack(heard, parties, words), [alice.password]);
    const without = words.filter((word) => word !== alice.password);
    assert.deepEqual(dictionaryAttack(heard, parties, without), []);
  });

  it("does not find that of spake2plus, though it is in the dictionary (EUK-UI-05, C-07)", async () => {
    const { heard, parties, scalars } = await record(Method.spake2plus);
    assert.deepEqual(dictionaryAttack(heard, parties, words), []);
    // The same attack with the one thing that the air does not tell, the device's x: so it is done as it should be.
    assert.deepEqual(dictionaryAttack(heard, parties, words, scalars), [alice.password]);
  });

  it("does not find it from a refused attempt either, nor from two attempts with one password", async () => {
    const net = await new TestNetwork().start();
    await net.enrol({ userID: alice.userID, password: "queen" });
    const once = net.fragments.length;
    assert.equal(outcome(await net.enrol()), "enrolled");
    for (const part of [net.fragments.slice(0, once), net.fragments.slice(once)]) {
      const heard = part.map((one) => parse(one.octets.subarray(4)));
      const request = heard.find((one) => one.type === 5) ?? assert.fail();
      const parties: Parties = [at(request, 1), Buffer.from(net.network.gatewayID), Buffer.from(serverID)];
      assert.deepEqual(dictionaryAttack(heard, parties, words), []);
    }
  });
});

describe("a false gateway that plays the Server, with a guess of the password", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  const parties: Parties = [Buffer.from(pne), Buffer.from(gateway), Buffer.from(realm)];

  /** The false Server is a true one that was given the guess; what it multiplied by is known to it. */
  async function played(guess: string) {
    const scalars: bigint[] = [];
    const { curve } = nodeSuite;
    const telling = {
      ...nodeSuite,
      curve: {
        ...curve,
        multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
          scalars.push(BigInt(`0x${hex(scalar)}`));
          return curve.multiply(scalar, point);
        },
      },
    };
    const pair = await new EnrolPair(telling).register(alice.userID, guess);
    const attempted = await pair.attempt({ methods: [Method.spake2plus] });
    const heard = attempted.legs.map(({ octets }) => parse(octets));
    return { attempted, heard, scalars };
  }

  it("learns whether that one guess was right, and can check no other, though it knows its own y", async () => {
    const { attempted, heard, scalars } = await played("queen");
    assert.equal(attempted.outcome, "result.refused");
    assert.equal(attempted.staged, 0);
    assert.ok(scalars.length > 0);
    // Its own guess fits its own confirmation; of the true password there is nothing in what the device sent.
    assert.deepEqual(dictionaryAttack(heard, parties, words, scalars), ["queen"]);
    const others = words.filter((word) => word !== "queen");
    assert.deepEqual(dictionaryAttack(heard, parties, others, scalars), []);
  });

  it("is let in by the right guess: which is why guesses are counted", async () => {
    const { attempted } = await played(alice.password);
    assert.equal(attempted.outcome, "enrolled");
  });

  it("costs the device a counted attempt, also when it cuts the link before its answer", async () => {
    const net = await new TestNetwork().start();
    net.network.setRogue(true);
    let sent = 0;
    const watch = (): void => {
      const { link } = net.device;
      if (link === undefined) {
        net.clock.after(Milliseconds(1), watch);
        return;
      }
      link.tamper = (fragment, direction) => {
        // Discovery, Request, share, and then what stands for a confirmation.
        if (direction === "toGateway" && ++sent === 4) link.disconnect("cut");
        return [fragment];
      };
    };
    watch();
    assert.equal(outcome(await net.enrol()), "result.refused");
    assert.equal(net.device.pne?.view.failures, 1);
  });

  it("has three guesses, then the device waits longer after each", async () => {
    const net = await new TestNetwork().start();
    net.network.setRogue(true);
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      const notice = await net.enrol();
      assert.equal(outcome(notice), "result.refused");
      const wait = notice?.kind === "failed" ? notice.wait : undefined;
      waits.push(wait);
      await net.clock.runFor(Milliseconds((wait ?? 0) * 1000));
    }
    assert.deepEqual(waits, [undefined, undefined, 5, 10]);
  });
});

describe("a false gateway that asks for the method it could guess at", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  const scramChallenge = encodeMessage(euKeyAssignmentChallenge, 1, {
    method: Method.scram,
    salt: new Uint8Array(16),
    iterations: 10_000,
    handle: new Uint8Array(16),
  });

  it("gets no scram from a device on a PAN that is not secure: the exchange ends (SEC-02)", async () => {
    const pair = await new EnrolPair().register(alice.userID, alice.password);
    const attempted = await pair.attempt({
      methods: [Method.spake2plus],
      tamper: (octets, _direction, leg) => (leg === 1 ? scramChallenge : octets),
    });
    assert.equal(attempted.outcome, "enrol.method");
    assert.equal(attempted.legs.length, 2);
  });

  it("nor does the simulator's rogue: what it hears of the device holds no proof to guess at", async () => {
    const net = await new TestNetwork().start();
    net.network.setRogue(true);
    await net.enrol();
    const heard = net.fragments.map((one) => parse(one.octets.subarray(4)));
    assert.deepEqual(heard.find((one) => one.type === 5)?.body.get(6), [Method.spake2plus]);
    assert.equal(heard.find((one) => one.type === 6)?.body.get(7), Method.spake2plus);
  });
});
