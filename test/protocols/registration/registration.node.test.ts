import assert from "node:assert/strict";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { registering } from "../../../src/database/budgets.js";
import { maximumBackhaulMessage } from "../../../src/protocols/network/messages.js";
import { ended } from "../../support/ended.js";
import { alice, keypad, outcome, TestNetwork } from "../../support/network.js";
import { register } from "../../support/registering.js";

const carol = Object.freeze({ userID: "carol", password: "first password" });
const later = Object.freeze({ userID: "carol", password: "second password" });
const start = (): Promise<TestNetwork> => new TestNetwork().start();
const users = (net: TestNetwork): readonly string[] => net.network.serverStore.rows().users;

describe("registration at the PN GW", () => {
  it("gives a new User an account with which a device enrols (REG-02, REG-05, REG-08, REG-10, REG-11)", async () => {
    const net = await start();
    assert.equal(outcome(await net.enrol(carol)), "result.refused", "nobody knows carol yet");
    assert.equal(await register(net, carol.userID, carol.password), "sent");
    assert.equal(outcome(await net.enrol(carol)), "enrolled");
    assert.ok(net.log.some((line) => line.startsWith('server register.created {"user":"6361726f6c"')));
  });

  it("by the Server's own page asks no PN GW and answers none (REG-03, REG-06, REG-12)", async () => {
    const net = await start();
    assert.equal(outcome(await net.enrol(carol)), "result.refused");
    const before = net.backhaul.length;
    await net.network.server.registerUser(ascii(carol.userID), ascii(carol.password));
    await net.clock.runFor(Milliseconds(60_000));
    assert.equal(net.backhaul.length, before);
    assert.equal(outcome(await net.enrol(carol)), "enrolled");
  });

  it("changes the password for who proves the old one; the EUKey stays (C-23)", async () => {
    const net = await start();
    await register(net, carol.userID, carol.password);
    assert.equal(outcome(await net.enrol(carol)), "enrolled");
    assert.equal(await register(net, later.userID, later.password, carol.password), "changed");
    assert.equal(outcome(await net.join()), "joined", "the EUKey is the device's, not the password's");
    assert.equal(outcome(await net.enrol(carol)), "result.refused");
    assert.equal(outcome(await net.enrol(later)), "enrolled");
  });

  it("sends a verifier, never the password nor what it is made of (REG-04, C-23)", async () => {
    const seen: Uint8Array[] = [];
    const net = await start();
    const { server } = net.network.gateway;
    const exchange = server.exchange.bind(server);
    server.exchange = (octets, done) => {
      seen.push(octets);
      exchange(octets, done);
    };
    assert.equal(await register(net, carol.userID, carol.password), "sent");
    const names = seen.map((octets) => everyMessage.decode(octets, maximumBackhaulMessage).name);
    assert.deepEqual(names, ["IDPWDRegistrationRequest", "IDPWDRegistrationRequest.verifier"]);
    for (const octets of seen) assert.ok(!hex(octets).includes(hex(ascii(carol.password))));
  });

  it("runs inside the authenticated session of PN GW and Server, or not at all (REG-01, REG-09)", async () => {
    const net = await start();
    net.network.gateway.server.forget();
    const from = net.log.length;
    assert.equal(await register(net, carol.userID, carol.password), "sent");
    const events = net.log.slice(from);
    const session = events.findIndex((line) => line.startsWith("server auth.session"));
    const created = events.findIndex((line) => line.startsWith("server register.created"));
    assert.ok(session >= 0 && session < created);
    net.network.gatewayFlash.write("euk.a", new Uint8Array(1));
    net.network.gatewayFlash.write("euk.b", new Uint8Array(1));
    net.network.gateway.server.forget();
    assert.equal(await register(net, "dave", "passageway"), "result.gatewayNotEnrolled");
    assert.equal(users(net).length, 4);
  });

  it("says so when the Server cannot be reached", async () => {
    const net = await start();
    net.network.backhaul.unreachable = true;
    assert.equal(await register(net, carol.userID, carol.password), "result.serverUnreachable");
    net.network.backhaul.unreachable = false;
    assert.equal(await register(net, carol.userID, carol.password), "sent");
  });

  it("refuses credentials that no keypad can type, and wipes them", async () => {
    const net = await start();
    assert.equal(await register(net, " carol", "x"), "credential.userID.characters");
    assert.equal(await register(net, "carol", ""), "credential.password.empty");
    const password = new Uint8Array(65).fill(0x41);
    let told: unknown;
    net.network.gateway.command({ kind: "register", userID: ascii("carol"), password }, (result) => {
      told = ended(result);
    });
    assert.equal(told, "credential.password.tooLong");
    assert.deepEqual(password, new Uint8Array(65));
  });

  it("is slowed down after a day's number through the PN GWs of one owner, whatever the names, and goes on with time", async () => {
    const net = await start();
    for (let i = 0; i < registering.burst; i++)
      assert.equal(await register(net, `user-${i}`, "passageway"), "sent");
    assert.equal(await register(net, "user-more", "passageway"), "result.busy");
    assert.equal(await register(net, alice.userID, "passageway"), "result.busy");
    await net.clock.runFor(registering.refill);
    assert.equal(await register(net, "user-more", "passageway"), "sent");
  });
});

describe("the Server's own interface for Users (REG-03, REG-12)", () => {
  const rejected = (promise: Promise<void>): Promise<string> =>
    promise.then(
      () => "done",
      (error: unknown) => (error instanceof CpnsError ? error.code : "?"),
    );

  it("registers, and refuses a name that is taken (REG-07)", async () => {
    const net = await start();
    const { server } = net.network;
    assert.equal(await rejected(server.registerUser(ascii("carol"), ascii("passageway"))), "done");
    assert.equal(await rejected(server.registerUser(ascii("carol"), ascii("otherwise"))), "user.known");
    assert.equal(await rejected(server.registerUser(ascii(""), ascii("x"))), "credential.userID.empty");
    assert.equal(await rejected(server.registerUser(ascii("dave"), ascii(""))), "credential.password.empty");
    assert.equal(outcome(await net.enrol({ userID: "carol", password: "passageway" })), "enrolled");
  });

  it("changes a password; EUKeys stay", async () => {
    const net = await new TestNetwork().enrolled();
    const { server } = net.network;
    assert.equal(
      await rejected(server.changePassword(ascii("nobody"), ascii("looking-glass"))),
      "user.unknown",
    );
    assert.equal(await rejected(server.changePassword(ascii(alice.userID), ascii("looking-glass"))), "done");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(outcome(await net.enrol(alice)), "result.refused");
    assert.equal(outcome(await net.enrol({ userID: "alice", password: "looking-glass" })), "enrolled");
  });

  it("releases a device that is passed on to another User, and no other (C-12)", async () => {
    const net = await new TestNetwork({ devices: [{ ...keypad, entityID: ascii("passed-on") }] }).enrolled();
    const { server } = net.network;
    const other = { userID: "bob", password: "builders" };
    await net.run({ kind: "factoryReset" });
    assert.equal(outcome(await net.enrol(other)), "result.duplicateEntity");
    assert.equal(await rejected(server.releaseDevice(ascii("unheard-of"))), "device.unknown");
    assert.equal(await rejected(server.releaseDevice(ascii("passed-on"))), "done");
    assert.equal(outcome(await net.enrol(other)), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("removes a User in the middle of an enrolment, which then gives no key", async () => {
    const net = await start();
    net.hand = (fragment, direction) => {
      // The share of SPAKE2+ is the third message of the PNE on a connection, discovery among them.
      if (direction === "toPNE" && fragment[6] === 8)
        net.clock.track(net.network.server.removeUser(ascii("alice")));
      return [fragment];
    };
    assert.equal(outcome(await net.enrol(alice)), "result.refused");
    assert.deepEqual(net.network.serverStore.rows().entities.length, 1, "the PN GW's own");
  });

  it("removes a User with every device: keys and sessions end, and the device can be another's", async () => {
    const net = await new TestNetwork().joined();
    const { server } = net.network;
    assert.equal(await rejected(server.removeUser(ascii(alice.userID))), "done");
    assert.equal(await rejected(server.removeUser(ascii(alice.userID))), "user.unknown");
    const told = await net.run({ kind: "sendToServer", text: "hello" });
    assert.equal(outcome(told), "result.sessionExpired");
    assert.equal(outcome(await net.join()), "pn.notTrusted");
    assert.equal(outcome(await net.enrol(alice)), "result.refused");
    assert.equal(outcome(await net.enrol({ userID: "bob", password: "builders" })), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });
});
