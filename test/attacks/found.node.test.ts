import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage, fromServer } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { basePoint, compress } from "../../src/crypto/curve.js";
import type { BudgetRecord } from "../../src/database/rows/users.js";
import type { ServerTables } from "../../src/database/store.js";
import type { Table } from "../../src/database/table.js";
import type { Origin } from "../../src/procedure/serverPorts.js";
import {
  euKeyAssignmentChallenge,
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  euKeyAssignmentShare,
} from "../../src/protocols/enrolment/messages.js";
import { EnrolServer } from "../../src/protocols/enrolment/server.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";
import { serverPorts } from "../support/serverPorts.js";

const request = (entityID: Uint8Array, userID: string, method: Method = Method.scram): Uint8Array =>
  encodeMessage(euKeyAssignmentRequest, 1, {
    entityID,
    userID: ascii(userID),
    methods: [method],
    nonce: new Uint8Array(16).fill(7),
  });

const guess = (handle: Uint8Array): Uint8Array =>
  encodeMessage(euKeyAssignmentProof, 2, { handle, proof: new Uint8Array(32).fill(9) });

function handleOf(octets: Uint8Array): Uint8Array {
  const message = fromServer.decode(octets);
  if (message.name !== "EUKeyAssignmentResponse.challenge") assert.fail(message.name);
  return message.body.handle;
}

for (const [name, method] of Object.entries(Method)) {
  /** One wrong guess from the internet: no session, no gateway, any Entity ID. */
  const guessInTheClear = async (net: TestNetwork, entityID: string, userID: string): Promise<void> => {
    const { server } = net.network;
    const handle = handleOf(await server.handle(request(ascii(entityID), userID, method)));
    if (method === Method.spake2plus) {
      const share = compress(basePoint());
      const answer = await server.handle(encodeMessage(euKeyAssignmentShare, 2, { handle, share }));
      assert.equal(fromServer.decode(answer).name, "EUKeyAssignmentResponse.share");
    }
    assert.equal(fromServer.decode(await server.handle(guess(handle))).name, "EUKeyAssignmentResponse");
  };

  describe(`somebody on the internet without any key, by method ${name}`, () => {
    it("cannot lock a user out of the true PN GW by guessing under its Entity ID", async () => {
      const net = await new TestNetwork().start();
      for (let i = 0; i < 6; i++) await guessInTheClear(net, "gateway-01", alice.userID);
      assert.equal(outcome(await net.enrol()), "enrolled");
    });

    it("cannot lock a user out of every PN GW by using up the budget of the User ID", async () => {
      const net = await new TestNetwork().start();
      for (let i = 0; i < 40; i++) await guessInTheClear(net, `invented-${i}`, alice.userID);
      assert.equal(outcome(await net.enrol()), "enrolled");
    });

    it("is slowed down whatever Entity IDs it invents, and leaves one row per user", async () => {
      const net = await new TestNetwork().start();
      const rows = async (): Promise<number> => net.network.serverStore.size("budgets");
      await guessInTheClear(net, "invented-0", alice.userID);
      const before = await rows();
      for (let i = 1; i < 8; i++) await guessInTheClear(net, `invented-${i}`, alice.userID);
      assert.equal(await rows(), before);
    });
  });
}

describe("somebody who listens to the air and has the internet", () => {
  it("cannot use up a challenge whose handle was heard in the air", async () => {
    const net = await new TestNetwork().start();
    const { server } = net.network;
    let attack: Promise<unknown> | undefined;
    const seen = (): void => {
      const heard = net.fragments.find((one) => {
        if (one.direction !== "toPNE") return false;
        try {
          return everyMessage.decode(one.octets.subarray(4)).name === euKeyAssignmentChallenge.name;
        } catch {
          return false;
        }
      });
      if (heard === undefined) net.clock.after(Milliseconds(1), seen);
      else {
        attack = server.handle(guess(handleOf(heard.octets.subarray(4))));
        net.clock.track(attack);
      }
    };
    seen();
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.ok(attack);
  });
});

/** Counts the writes to the budgets: what an unknown user costs must be what a known one costs. */
function counting(tables: ServerTables, writes: string[]): ServerTables {
  const { budgets } = tables;
  const counted: Table<BudgetRecord> = {
    get: (key) => budgets.get(key),
    find: (...wanted) => budgets.find(...wanted),
    count: (...wanted) => budgets.count(...wanted),
    page: (...wanted) => budgets.page(...wanted),
    dropOldest: (...wanted) => budgets.dropOldest(...wanted),
    put: (key, value) => {
      writes.push(key);
      return budgets.put(key, value);
    },
    delete: (key) => {
      writes.push(key);
      return budgets.delete(key);
    },
  };
  return { ...tables, budgets: counted };
}

describe("who asks whether a User ID exists", () => {
  it("sees the same number of durable writes for unknown, known and throttled (EUK-UI-17)", async () => {
    const net = await new TestNetwork().start();
    const writes: string[] = [];
    const enrol = new EnrolServer(serverPorts(net));
    const store = net.network.serverStore;
    const origin: Origin = { role: "pne", entityID: ascii("x"), gatewayID: ascii("gateway-01") };
    const attempt = async (userID: string): Promise<number> => {
      const asked = everyMessage.decode(request(origin.entityID, userID));
      if (asked.name !== "EUKeyAssignmentRequest") assert.fail(asked.name);
      const challenge = await store.transaction((tables) => enrol.request(tables, origin, asked));
      const proof = everyMessage.decode(guess(handleOf(challenge)));
      if (proof.name !== "EUKeyAssignmentRequest.proof") assert.fail(proof.name);
      const from = writes.length;
      await store.transaction((tables) => enrol.proof(counting(tables, writes), origin, proof));
      return writes.length - from;
    };
    // The row that all unknown users share is soon throttled, which must not tell them from the known.
    const unknown: number[] = [];
    for (let i = 0; i < 30; i++) unknown.push(await attempt(`nobody-${i}`));
    const known: number[] = [];
    for (let i = 0; i < 6; i++) known.push(await attempt(bob.userID));
    assert.deepEqual([...new Set([...unknown, ...known])], [3]);
  });
});

describe("an answer that comes when its session has ended", () => {
  it("does not bring down the PN GW that has just renewed its EUKey, nor stop its queue", async () => {
    const net = await new TestNetwork().joined();
    const { server } = net.network.gateway;
    net.device.command({ kind: "sendToServer", text: "under way" });
    let answered = false;
    net.network.backhaul.tamper = (octets, direction) => {
      // What the end of Gateway.enrol and Gateway.confirm does, while a PNE's request is at the Server.
      if (direction === "toGateway" && !answered) {
        answered = true;
        server.forget();
      }
      return octets;
    };
    await net.clock.runFor(Milliseconds(20_000));
    assert.ok(answered);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("does not bring down a PNE whose person has just left the PN", async () => {
    const net = await new TestNetwork().joined();
    net.device.command({ kind: "sendToServer", text: "under way" });
    const { pne } = net.device;
    assert.ok(pne);
    const received = pne.received.bind(pne);
    const { link } = net.device;
    assert.ok(link);
    // A real radio ends a connection after the interval in which it is asked to.
    const disconnect = link.disconnect.bind(link);
    link.disconnect = (reason) => void net.clock.after(Milliseconds(60), () => disconnect(reason));
    let left = false;
    pne.received = (fragment) => {
      if (!left) net.device.command({ kind: "leavePN" });
      left = true;
      received(fragment);
    };
    await net.clock.runFor(Milliseconds(20_000));
    assert.ok(left);
    assert.equal(outcome(await net.join()), "joined");
  });
});

describe("a PN GW that answers discovery and goes", () => {
  it("does not leave the device waiting for ever with the password in memory", async () => {
    const net = await new TestNetwork().start();
    const { pne } = net.device;
    assert.ok(pne);
    const password = ascii(alice.password);
    const received = pne.received.bind(pne);
    pne.received = (fragment) => {
      received(fragment);
      // The stack reports the answer and the lost link in one turn.
      net.network.dropLink(net.device);
      pne.disconnected();
    };
    assert.equal(
      outcome(await net.run({ kind: "enrol", userID: ascii(alice.userID), password })),
      "linkLost",
    );
    assert.ok(password.every((octet) => octet === 0));
    assert.equal(pne.view.failures, 0);
    pne.received = received;
    assert.equal(outcome(await net.enrol()), "enrolled");
  });
});

describe("a person in a hurry", () => {
  it("is not charged with a wrong password when the device was busy", async () => {
    const net = await new TestNetwork().start();
    net.device.command({ kind: "createPN" });
    // What runs goes on to its own end; the second command is refused without a trace.
    assert.equal(outcome(await net.enrol()), "notEnrolled");
    assert.equal(net.device.pne?.view.failures, 0);
  });
});
