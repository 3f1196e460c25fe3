import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { guestsOf, letIn } from "../../src/protocols/account/guests.js";
import { bob, outcome, TestNetwork } from "../support/network.js";

const ownerName = ascii("operator");

/** The PN GW's owner saves his list of guests. */
async function lets(net: TestNetwork, ...guests: readonly string[]): Promise<void> {
  await net.network.serverStore.transaction(async (tables) => {
    const owner = (await tables.users.get(hex(ownerName))) ?? assert.fail();
    await letIn(net.network, tables, owner, { guests: guests.map(ascii), everybody: false });
  });
}

const shown = (net: TestNetwork): Promise<readonly string[]> =>
  net.network.serverStore.transaction(async (tables) => {
    const owner = (await tables.users.get(hex(ownerName))) ?? assert.fail();
    return (await guestsOf(tables, owner)).guests.map((name) => String.fromCharCode(...name));
  });

/** bob was let in, has deleted his account, and somebody has registered his name since. */
async function renamed(net: TestNetwork, password = "another's password"): Promise<void> {
  await net.network.server.removeUser(ascii(bob.userID));
  await net.network.server.registerUser(ascii(bob.userID), ascii(password));
}

describe("an account that registers the name of a guest who has deleted his own (C-34)", () => {
  const mallory = { userID: bob.userID, password: "another's password" };

  it("is no guest, also when the owner saves his list once more, with others in it", async () => {
    const net = await new TestNetwork({ policy: "ownership" }).start();
    await lets(net, bob.userID);
    await renamed(net);
    assert.equal(outcome(await net.enrol(mallory)), "enrolled");
    for (const list of [[bob.userID], ["dave", bob.userID], [bob.userID, "dave"]]) {
      await lets(net, ...list);
      assert.equal(outcome(await net.join()), "result.notAuthorized", list.join());
    }
    assert.equal(net.network.serverStore.size("guests"), 0, "nothing is kept of who was removed");
  });

  it("is one once the owner has taken the name out and put it there again", async () => {
    const net = await new TestNetwork({ policy: "ownership" }).start();
    await lets(net, bob.userID);
    await renamed(net);
    assert.equal(outcome(await net.enrol(mallory)), "enrolled");
    await lets(net);
    await lets(net, bob.userID);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("is one whose name stood there before anybody had it, and the owner saves his list", async () => {
    const net = await new TestNetwork({ policy: "ownership" }).start();
    await lets(net, "carol");
    await net.network.server.registerUser(ascii("carol"), ascii("carol's own password"));
    assert.equal(outcome(await net.enrol({ userID: "carol", password: "carol's own password" })), "enrolled");
    assert.equal(outcome(await net.join()), "result.notAuthorized");
    await lets(net, "carol");
    assert.equal(outcome(await net.join()), "joined");
    assert.deepEqual(await shown(net), ["carol"]);
  });
});
