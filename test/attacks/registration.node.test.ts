import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { basePoint } from "../../src/crypto/curve.js";
import { ways } from "../../src/database/budgets.js";
import {
  idpwdRegistrationRequest,
  idpwdRegistrationVerifier,
} from "../../src/protocols/registration/messages.js";
import { RegistrationServer } from "../../src/protocols/registration/server.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";
import { exchange, register } from "../support/registering.js";
import { serverPorts } from "../support/serverPorts.js";

const start = (): Promise<TestNetwork> => new TestNetwork().start();
const ask = (userID: string): Uint8Array =>
  encodeMessage(idpwdRegistrationRequest, 7, { userID: ascii(userID) });

async function challenged(net: TestNetwork, userID: string): Promise<{ handle: Uint8Array; salt: string }> {
  const answer = await exchange(net, ask(userID));
  const message = typeof answer === "string" ? assert.fail(answer) : everyMessage.decode(answer);
  if (message.name !== "IDPWDRegistrationResponse.challenge") assert.fail(message.name);
  return { handle: message.body.handle, salt: hex(message.body.salt) };
}

const one = fromHex("01".padStart(64, "0"));
const verifier = (handle: Uint8Array, more: Partial<Record<"w0" | "l", Uint8Array>> = {}): Uint8Array =>
  encodeMessage(idpwdRegistrationVerifier, 8, {
    handle,
    storedKey: new Uint8Array(32).fill(1),
    serverKey: new Uint8Array(32).fill(2),
    w0: one,
    l: basePoint(),
    proof: new Uint8Array(32).fill(3),
    ...more,
  });

async function answerTo(
  net: TestNetwork,
  octets: Uint8Array,
): Promise<ReturnType<typeof everyMessage.decode>> {
  const answer = await exchange(net, octets);
  return typeof answer === "string" ? assert.fail(answer) : everyMessage.decode(answer);
}

describe("who registers a name that is taken", () => {
  it("changes nothing without the old password, and is told what a free name is told (REG-07)", async () => {
    const net = await start();
    assert.equal(await register(net, alice.userID, "stolen away"), "sent");
    assert.equal(await register(net, "free-name", "stolen away"), "sent");
    assert.equal(await register(net, alice.userID, "stolen away", "not the old one"), "result.refused");
    assert.equal(await register(net, "never-heard-of", "stolen away", "any"), "result.refused");
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
    assert.ok(
      net.log.some((line) => line.startsWith("server register.refused")),
      "for the audit log",
    );
  });

  it("gets answers of the same length for free, taken, and taken with a wrong proof", async () => {
    const net = await start();
    const lengths = new Set<number>();
    for (const name of ["free-name", alice.userID, bob.userID]) {
      const { handle } = await challenged(net, name);
      const message = await answerTo(net, verifier(handle));
      if (message.name !== "IDPWDRegistrationResponse") assert.fail(message.name);
      assert.equal(message.body.result, 0);
      lengths.add(message.octets.length);
    }
    assert.equal(lengths.size, 1);
  });

  it("does not learn from the salt whether a name was free, before or after", async () => {
    const net = await start();
    const before = await challenged(net, "free-name");
    const taken = await challenged(net, alice.userID);
    assert.equal(await register(net, "free-name", "passageway"), "sent");
    assert.equal(await register(net, alice.userID, "passageway"), "sent");
    assert.equal((await challenged(net, "free-name")).salt, before.salt);
    assert.equal((await challenged(net, alice.userID)).salt, taken.salt);
    await net.network.server.removeUser(ascii(alice.userID));
    assert.equal((await challenged(net, alice.userID)).salt, taken.salt);
  });

  it("cannot guess the old password faster than a device could", async () => {
    const net = await start();
    const { serverStore } = net.network;
    const [, { identity }] =
      serverStore.all("users").find(([name]) => name === hex(ascii("alice"))) ?? assert.fail();
    const spent = (): number => serverStore.get("budgets", `${hex(identity)}/foreign`)?.spent ?? 0;
    for (let i = 0; i < 6; i++) {
      assert.equal(await register(net, alice.userID, "stolen away", `guess ${i}`), "result.refused");
    }
    const guesses = spent() / ways.foreign.refill;
    assert.ok(guesses > 5 && guesses <= 6, `${guesses} of the budget that a device's guesses are paid from`);
    // Once that is empty, the right one is not looked at either.
    const name = `${hex(identity)}/foreign`;
    const empty = {
      spent: ways.foreign.burst * ways.foreign.refill,
      at: net.clock.now(),
      endsAt: net.clock.now(),
    };
    const endsAt = Milliseconds(empty.endsAt + empty.spent);
    await serverStore.transaction((tables) => tables.budgets.put(name, { ...empty, endsAt }));
    assert.equal(await register(net, alice.userID, "stolen away", alice.password), "result.refused");
    assert.equal(outcome(await net.enrol(alice)), "result.refused", "by the same budget");
  });
});

describe("who meddles with a registration", () => {
  it("cannot use a challenge twice, nor one of another exchange, nor after its time", async () => {
    const net = await start();
    const { handle } = await challenged(net, "carol");
    assert.equal((await answerTo(net, verifier(handle))).name, "IDPWDRegistrationResponse");
    assert.equal((await answerTo(net, verifier(handle))).name, "Failure");
    assert.equal((await answerTo(net, verifier(new Uint8Array(16)))).name, "Failure");
    const late = await challenged(net, "dave");
    await net.clock.runFor(61_000 as never);
    assert.equal((await answerTo(net, verifier(late.handle))).name, "Failure");
    assert.deepEqual([...net.network.serverStore.rows().users].sort(), [
      hex(ascii("alice")),
      hex(ascii("bob")),
      hex(ascii("carol")),
      hex(ascii("operator")),
    ]);
  });

  it("cannot leave a verifier to which no password leads: points off the curve, w0 of zero or too large", async () => {
    const net = await start();
    const off = basePoint();
    (off[64] as number) ^= 1;
    const x = basePoint();
    (x[1] as number) ^= 1;
    const form = basePoint();
    form[0] = 3;
    const bad: Partial<Record<"w0" | "l", Uint8Array>>[] = [
      { l: off },
      { l: x },
      { l: form },
      { l: new Uint8Array(65) },
      { w0: new Uint8Array(32) },
      { w0: new Uint8Array(32).fill(0xff) },
    ];
    for (const more of bad) {
      const { handle } = await challenged(net, "carol");
      assert.equal((await answerTo(net, verifier(handle, more))).name, "Failure");
    }
    assert.equal(net.network.serverStore.rows().users.includes(hex(ascii("carol"))), false);
  });

  it("cannot register in the clear, nor as a PNE through a PN GW (REG-09)", async () => {
    const net = await start();
    const answer = everyMessage.decode(await net.network.server.handle(ask("carol")));
    assert.equal(answer.name, "Failure");
    const { relayed } = await import("../../src/protocols/data/messages.js");
    const origin = ascii("some-pne");
    const outer = await answerTo(net, encodeMessage(relayed, 9, { origin, message: ask("carol") }));
    if (outer.name !== "Relayed") assert.fail(outer.name);
    assert.equal(everyMessage.decode(outer.body.message).name, "Failure");
  });
});

describe("another PN GW than the one that has asked", () => {
  it("cannot use its handle, and registers nobody by it (REG-09)", async () => {
    const net = await start();
    const { handle } = await challenged(net, "free-name");
    const message = everyMessage.decode(verifier(handle));
    if (message.name !== "IDPWDRegistrationRequest.verifier") assert.fail(message.name);
    const server = new RegistrationServer(serverPorts(net));
    const told = everyMessage.decode(
      await net.network.serverStore.transaction((tables) =>
        server.verifier(tables, ascii("gateway-02"), message),
      ),
    );
    assert.equal(told.name, "Failure");
    const known = async (): Promise<boolean> =>
      net.network.serverStore.transaction(
        async ({ users }) => (await users.get(hex(ascii("free-name")))) !== undefined,
      );
    assert.equal(await known(), false);
    // Nor has it spoilt it for the one that has asked.
    assert.equal((await answerTo(net, verifier(handle))).name, "IDPWDRegistrationResponse");
    assert.equal(await known(), true);
  });
});
