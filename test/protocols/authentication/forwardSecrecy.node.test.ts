import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import type { KeyLogLine } from "../../../hosts/simulator/network/suites.js";
import { ascii, fromHex, hex } from "../../../src/base/octets.js";
import type { Random } from "../../../src/base/ports.js";
import { everyMessage, type FromPNE, fromPNE } from "../../../src/catalogue/legs.js";
import { decode } from "../../../src/codec/schema.js";
import { basePoint, compress } from "../../../src/crypto/curve.js";
import { answerShare, Ephemeral } from "../../../src/crypto/ephemeral.js";
import { directSessionKey, transcriptHash1 } from "../../../src/crypto/keys/directKeys.js";
import { unwrapLocalKey } from "../../../src/crypto/keys/localKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../../src/crypto/keys/recordKeys.js";
import { type PairContext, relayedSessionKey } from "../../../src/crypto/keys/relayedKeys.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import type { Secret } from "../../../src/crypto/secret.js";
import { Reassembler } from "../../../src/link/fragment.js";
import { openRecord } from "../../../src/link/record.js";
import { asciiText } from "../../../src/pne/text.js";
import { Initiator } from "../../../src/protocols/authentication/initiator.js";
import { accept, respond } from "../../../src/protocols/authentication/responder.js";
import { pneInfo } from "../../../src/protocols/network/messages.js";
import { codeOf } from "../../support/codeOf.js";
import { keypad, outcome, TestNetwork } from "../../support/network.js";

const entityID = ascii("pne-1");
const key = new Uint8Array(32).fill(9);
const keys = () => deriveKeys(nodeSuite, "LEU", key, entityID);

function counter(): Random {
  let next = 1;
  return { fill: (into) => into.fill(next++) };
}

/** Runs the pair; `change` may alter a message on its way; with or without an offer and an answer. */
function run(
  offer: boolean,
  answer: boolean,
  change: (octets: Uint8Array, index: number) => Uint8Array = (octets) => octets,
): { readonly initiator: Uint8Array; readonly responder: Uint8Array; readonly octets: number } {
  const random = counter();
  const options = { suite: nodeSuite, random, entityID, keys: keys(), forwardSecrecy: offer };
  const initiator = new Initiator(options);
  const first = change(initiator.start(1), 0);
  const connect = fromPNE.decode(first);
  assert.ok(connect.name === "ConnectRequest");
  const own = (share: Uint8Array) => answerShare(nodeSuite, random, share);
  const pending = respond(connect, new Uint8Array(32).fill(77), undefined, answer ? own : undefined);
  const second = change(pending.authenticateRequest, 1);
  const next = initiator.receive(second);
  assert.ok(next instanceof Uint8Array);
  const response = fromPNE.decode(next) as FromPNE & { name: "AuthenticateResponse" };
  const accepted = accept(nodeSuite, keys(), pending, response);
  const session = initiator.receive(accepted.connectResponse);
  assert.ok(!(session instanceof Uint8Array));
  const octets = first.length + second.length + next.length + accepted.connectResponse.length;
  return { initiator: session.sk.octets, responder: accepted.sk.octets, octets };
}

/** The message without its share (key 31, 33 octets), or with another one. */
function withShare(octets: Uint8Array, share: Uint8Array | undefined): Uint8Array {
  const at = hex(octets).indexOf("181f5821") / 2;
  if (at < 0) return octets;
  const rest = octets.slice(at + 37);
  const head = octets.slice(0, at);
  if (share !== undefined) return Uint8Array.of(...head, 0x18, 0x1f, 0x58, 0x21, ...share, ...rest);
  const map = head.findIndex((octet, i) => i >= 4 && octet >> 5 === 5);
  head[map] = (head[map] as number) - 1;
  return Uint8Array.of(...head, ...rest);
}

describe("forward secrecy of a direct pair", () => {
  it("is in SK when both offer it, and both have the same SK", () => {
    const both = run(true, true);
    assert.deepEqual(both.initiator, both.responder);
    assert.notDeepEqual(both.initiator, run(false, true).initiator);
  });

  it("costs who does not offer it nothing: at most 150 octets", () => {
    const without = run(false, true);
    assert.deepEqual(without.initiator, without.responder);
    assert.ok(without.octets <= 150);
    assert.equal(run(true, true).octets, without.octets + 2 * 37);
  });

  it("is left out when the responder does not offer it", () => {
    const one = run(true, false);
    assert.deepEqual(one.initiator, one.responder);
  });

  it("shows when an offer or its answer was stripped, put in or replaced", () => {
    const other = compress(nodeSuite.curve.multiply(new Uint8Array(32).fill(5), basePoint()));
    const hands: Readonly<Record<string, (octets: Uint8Array, index: number) => Uint8Array>> = {
      "offer stripped": (octets, i) => (i === 0 ? withShare(octets, undefined) : octets),
      "offer replaced": (octets, i) => (i === 0 ? withShare(octets, other) : octets),
      "answer stripped": (octets, i) => (i === 1 ? withShare(octets, undefined) : octets),
      "answer replaced": (octets, i) => (i === 1 ? withShare(octets, other) : octets),
    };
    for (const [name, hand] of Object.entries(hands)) {
      assert.equal(
        codeOf(() => run(true, true, hand)),
        "result.refused",
        name,
      );
    }
  });

  it("refuses an answer that was not asked for", () => {
    const both: Uint8Array[] = [];
    run(true, true, (octets) => {
      both.push(octets);
      return octets;
    });
    const hand = (octets: Uint8Array, i: number): Uint8Array => (i === 1 ? (both[1] ?? octets) : octets);
    assert.equal(
      codeOf(() => run(false, true, hand)),
      "protocol.unexpected",
    );
  });

  it("refuses what is no point of the curve, on both sides", () => {
    const off = fromHex(`02${"ff".repeat(32)}`);
    const none = fromHex(`05${"11".repeat(32)}`);
    for (const bad of [off, none]) {
      for (const index of [0, 1]) {
        const hand = (octets: Uint8Array, i: number): Uint8Array =>
          i === index ? withShare(octets, bad) : octets;
        assert.equal(
          codeOf(() => run(true, true, hand)),
          "crypto.point",
        );
      }
    }
  });

  it("comes to the same secret with another back end, and uses a key once", () => {
    const suite = { ...nobleSuite, curve: nobleCurve };
    const own = new Ephemeral(suite, counter());
    const { share, secret } = answerShare(nodeSuite, { fill: (into) => into.fill(40) }, own.share);
    assert.equal(hex(own.agree(share).octets), hex(secret.octets));
    assert.throws(() => own.agree(share), RangeError);
  });
});

/** What one who recorded the air has, and gets when he breaks into the PNE's flash afterwards: its EUKey. */
interface Loot {
  readonly euKey: Uint8Array;
  readonly air: readonly { readonly toGateway: boolean; readonly octets: Uint8Array }[];
}

async function recorded(forwardSecrecy: boolean, log: KeyLogLine[] = []): Promise<Loot> {
  const net = new TestNetwork({ forwardSecrecy, keylog: (line) => log.push(line), devices: [keypad] });
  await net.joined();
  assert.equal(outcome(await net.run({ kind: "sendToServer", text: "the secret" })), "message");
  const id = net.device.pne?.view.entityID ?? "";
  const entity = await net.network.serverStore.get("entities", id);
  assert.ok(entity?.committed);
  const halves = new Map<string, Reassembler>();
  const air: { toGateway: boolean; octets: Uint8Array }[] = [];
  for (const { link, direction, octets } of net.fragments) {
    const half = halves.get(`${link}${direction}`) ?? new Reassembler();
    halves.set(`${link}${direction}`, half);
    const message = half.push(octets);
    if (message !== undefined) air.push({ toGateway: direction === "toGateway", octets: message });
  }
  return { euKey: entity.committed.key, air };
}

/** Opens what the PNE sent to the Server, as far as it can be opened; `ecdh`: secrets to try beside the keys. */
function plunder({ euKey, air }: Loot, ecdh: readonly Uint8Array[] = []): string {
  const clear = air.filter((one) => one.octets[0] === 0x84).map((one) => everyMessage.decode(one.octets));
  const find = <Name extends string>(name: Name) => {
    const found = clear.find((one) => one.name === name);
    assert.ok(found, name);
    return found as Extract<typeof found, { name: Name }>;
  };
  const setup = find("PNSetupRequest");
  const request = find("AuthenticationRequest");
  const discovered = find("EntityDiscoveryResponse");
  const info = decode(pneInfo, setup.body.pneInfo);
  const context: PairContext = {
    pnID: request.body.pnID,
    pne: info.entityID,
    gateway: discovered.body.entityID,
    server: discovered.body.serverID,
    pneInfo: setup.body.pneInfo,
    flags: 3,
    randPNE: setup.body.rand,
    randServer: request.body.rand,
  };
  const own = deriveKeys(nodeSuite, "EUK", euKey, info.entityID);
  const { keyID, expiresAt, wrappedKey, share } = request.body;
  assert.ok(keyID !== undefined && expiresAt !== undefined && wrappedKey !== undefined);
  const local = unwrapLocalKey(nodeSuite, own, { role: "pne", context, keyID, expiresAt }, wrappedKey);
  assert.ok(local, "the EUKey opens the LocalEUKey in any case");
  const [connect, authenticate] = [find("ConnectRequest"), find("AuthenticateRequest")];
  const th1 = transcriptHash1(nodeSuite, connect.octets, authenticate.octets);
  const pair = deriveKeys(nodeSuite, "LEU", local.octets, info.entityID);
  const secrets = [undefined, ...ecdh];
  const direct = secrets.map((one) =>
    directSessionKey(nodeSuite, pair, connect.body.rand, authenticate.body.rand, th1, one),
  );
  const relayed = secrets.map((one) => {
    if (one === undefined || info.share === undefined || share === undefined) {
      return relayedSessionKey(nodeSuite, own, context);
    }
    const secret = { octets: one } as Secret;
    return relayedSessionKey(nodeSuite, own, context, { sharePNE: info.share, shareServer: share, secret });
  });
  for (const { octets } of air.filter((one) => one.toGateway && one.octets[0] === 1)) {
    const inner = opened(direct, octets);
    const message = inner && everyMessage.decode(inner);
    if (message?.name !== "ApplicationData") continue;
    const text = opened(relayed, message.body.payload);
    if (text !== undefined) return asciiText(text);
  }
  return "nothing";
}

function opened(candidates: readonly Secret[], record: Uint8Array): Uint8Array | undefined {
  for (const sk of candidates) {
    try {
      return openRecord(nodeSuite, recordKeys(nodeSuite, sk).initiatorToResponder, 0, record).plaintext;
    } catch {
      // Another session's.
    }
  }
  return undefined;
}

describe("one who records the air and gets the EUKey afterwards", () => {
  it("reads a session without forward secrecy", async () => {
    assert.equal(plunder(await recorded(false)), "the secret");
  });

  it("reads nothing of a session with it, and would with the ephemeral keys that nobody has kept", async () => {
    const log: KeyLogLine[] = [];
    const loot = await recorded(true, log);
    assert.equal(plunder(loot), "nothing");
    const scalars = log.filter((line) => line.label === "P-256 scalar");
    const common = scalars.map((line) => fromHex(line.info).slice(1, 33));
    assert.equal(plunder(loot, common), "the secret");
  });
});

describe("forward secrecy of PNE and Server", () => {
  const say = async (net: TestNetwork): Promise<string> =>
    outcome(await net.run({ kind: "sendToServer", text: "hello" }));

  it("is refused by name when the Server's share was changed or stripped on its way", async () => {
    const devices = [{ ...keypad, secure: true }];
    const other = compress(nodeSuite.curve.multiply(new Uint8Array(32).fill(5), basePoint()));
    for (const share of [other, undefined]) {
      const net = await new TestNetwork({ forwardSecrecy: true, devices, mtu: 517 }).enrolled();
      net.hand = (fragment, direction) => {
        const type = fragment[6];
        if (direction === "toGateway" || type !== 19) return [fragment];
        const message = withShare(fragment.slice(4), share);
        return [Uint8Array.of(fragment[0] ?? 0, fragment[1] ?? 0, 0, message.length, ...message)];
      };
      assert.equal(outcome(await net.join()), "pn.refused");
    }
  });

  it("is in every renewal and re-authentication as well", async () => {
    const log: KeyLogLine[] = [];
    const net = new TestNetwork({ forwardSecrecy: true, keylog: (line) => log.push(line) });
    await net.joined();
    const scalars = (): number => log.filter((line) => line.label === "P-256 scalar").length;
    const before = scalars();
    await net.clock.runFor((3600 * 1000) as never);
    assert.ok(scalars() >= before + 8, "four for each of the two sessions");
    assert.equal(await say(net), "message");
  });

  it("takes a bad share for none: its PNE is refused, nothing else happens", async () => {
    const off = fromHex(`02${"ff".repeat(32)}`);
    const net = await new TestNetwork({ forwardSecrecy: true, mtu: 517 }).enrolled();
    net.hand = (fragment, direction) => {
      if (direction === "toPNE" || fragment[6] !== 17) return [fragment];
      const at = hex(fragment).indexOf("181f5821") / 2;
      assert.ok(at > 0);
      const changed = fragment.slice();
      changed.set(off, at + 4);
      return [changed];
    };
    assert.match(outcome(await net.join()), /refused|notTrusted/);
    assert.ok(!net.log.some((line) => line.includes("fault")));
    net.hand = undefined;
    assert.equal(outcome(await net.join()), "joined");
  });
});
