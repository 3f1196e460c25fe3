import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { PushKind } from "../../../src/codec/pushKinds.js";
import {
  accountGuestsChange,
  accountGuestsRequest,
  DeviceAction,
  DeviceFlag,
} from "../../../src/protocols/account/messages.js";
import { guestName } from "../../../src/protocols/network/policy.js";
import { type AccountPage, newPassword } from "../../support/accountPage.js";
import { act, list, SignedIn } from "../../support/signedIn.js";

let user: SignedIn;
let page: AccountPage;
async function begin(): Promise<void> {
  user = await SignedIn.start();
  ({ page } = user);
}

describe("a User's devices on his page (REG-12)", () => {
  beforeEach(begin);

  const shown = async (after?: string) => {
    const { name, body } = await user.ask(list(after));
    assert.ok(name === "AccountDevicesResponse");
    return body;
  };

  it("are told with what they are, and never a key", async () => {
    const committed = { id: new Uint8Array(8), key: new Uint8Array(32).fill(1), createdAt: Seconds(5) };
    await user.device("b-gateway", { role: "gateway", name: "Attic" });
    await user.device("a-escrowed", { committed: { ...committed, origin: "gatewayEscrow" } });
    await user.device("c-inside");
    await user.device("bobs", { owner: page.user("bob").identity });
    const [pnID, gatewayID, rand] = [new Uint8Array(16), ascii("gateway"), new Uint8Array(32).fill(1)];
    await page.store.transaction(({ members }) =>
      members.put(`${hex(gatewayID)}/${hex(pnID)}/${hex(ascii("c-inside"))}`, {
        ...{ pnID, gatewayID, rand, entityID: ascii("c-inside"), pneInfo: rand, flags: 0 },
        endsAt: Milliseconds(page.time + 1000),
      }),
    );
    const { devices, userID, more } = await shown();
    assert.deepEqual(userID, ascii("alice"));
    assert.equal(more, false);
    assert.deepEqual(devices, [
      { entityID: ascii("a-escrowed"), flags: DeviceFlag.escrowed, createdAt: 5, seenAt: 88 },
      { entityID: ascii("b-gateway"), flags: DeviceFlag.gateway, createdAt: 77, seenAt: 88, name: "Attic" },
      { entityID: ascii("c-inside"), flags: DeviceFlag.inPN, createdAt: 77, seenAt: 88 },
    ]);
  });

  it("are told forty at a time, in the order of their Entity IDs, from the one after", async () => {
    const names = Array.from({ length: 41 }, (_, n) => `device-${String(n).padStart(2, "0")}`);
    for (const name of [...names].reverse()) await user.device(name);
    const first = await shown();
    assert.deepEqual(
      first.devices.map(({ entityID }) => String.fromCharCode(...entityID)),
      names.slice(0, 40),
    );
    assert.equal(first.more, true);
    const rest = await shown(names[39]);
    assert.deepEqual(
      [rest.devices.map(({ entityID }) => hex(entityID)), rest.more],
      [[hex(ascii(names[40] ?? ""))], false],
    );
    const last = await shown(names[0]);
    assert.deepEqual([last.devices.length, last.more], [40, false]);
  });

  it("are the User's to remove, and nobody else's", async () => {
    await user.device("hall");
    await user.device("bobs", { owner: page.user("bob").identity });
    assert.equal(await user.told(act("bobs", DeviceAction.remove)), "noRoute");
    assert.equal(await user.told(act("nobodys", DeviceAction.remove)), "noRoute");
    assert.equal(page.store.size("entities"), 2);
    assert.equal(await user.told(act("hall", DeviceAction.remove)), "Acknowledgement");
    assert.equal(page.store.get("entities", hex(ascii("hall"))), undefined);
    const fields = `{"user":"${hex(ascii("alice"))}","entity":"${hex(ascii("hall"))}"}`;
    assert.deepEqual(user.audit().at(-1), `account.deviceRemoved ${fields}`);
  });

  it("get another key when he wants it: a PNE, by the PN GW that it is at", async () => {
    await user.device("hall");
    await user.device("gate", { role: "gateway" });
    assert.equal(await user.told(act("gate", DeviceAction.rekey)), "noRoute");
    assert.equal(await user.told(act("hall", 0)), "noRoute");
    assert.equal(page.store.size("pushes"), 0);
    assert.equal(await user.told(act("hall", DeviceAction.rekey)), "Acknowledgement");
    assert.equal(page.store.get("entities", hex(ascii("hall")))?.renewal, true);
    const [push] = page.store.all("pushes").map(([, one]) => one);
    assert.deepEqual(
      [push?.kind, push?.gatewayID, push?.entityID],
      [PushKind.rekey, ascii("gateway"), ascii("hall")],
    );
    assert.match(user.audit().at(-1) ?? "", /^account\.deviceRekeyed .*"entity":"68616c6c"/);
  });
});

describe("whom a User lets in at his PN GWs (C-34)", () => {
  beforeEach(begin);

  const guests = (names: readonly string[], everybody = false) =>
    encodeMessage(accountGuestsChange, 5, { guests: names.map((name) => ascii(name)), everybody });
  const listed = async () => {
    const { name, body } = await user.ask(encodeMessage(accountGuestsRequest, 5, {}));
    assert.ok(name === "AccountGuestsResponse");
    return [body.guests.map((one) => String.fromCharCode(...one)), body.everybody];
  };
  const alice = () => page.user("alice").identity;
  const rows = () =>
    page.store
      .all("guests")
      .map(([key]) => key)
      .sort();

  it("is nobody at first, then those of the list that there are, who stay meant by their names", async () => {
    assert.deepEqual(await listed(), [[], false]);
    assert.equal(await user.told(guests(["bob", "carol"])), "Acknowledgement");
    assert.deepEqual(await listed(), [["bob", "carol"], false]);
    const { identity } = page.user("bob");
    assert.deepEqual(rows(), [guestName(alice(), identity)]);
    const [row] = page.store.all("guests").map(([, one]) => one);
    assert.deepEqual(row, { owner: alice(), since: Math.floor(page.time / 1000) });
    assert.match(user.audit().at(-1) ?? "", /^account\.guests .*"guests":2,"everybody":false/);
    await page.users.register(ascii("carol"), ascii(newPassword));
    await user.told(guests(["bob", "carol"]));
    assert.deepEqual(
      rows(),
      [guestName(alice(), identity), guestName(alice(), page.user("carol").identity)].sort(),
    );
    await page.users.remove(ascii("carol"));
    await page.users.register(ascii("carol"), ascii(newPassword));
    await user.told(guests(["bob", "carol"]));
    assert.deepEqual(rows(), [guestName(alice(), identity)], "another who has her name by now");
    await user.told(guests([]));
    await user.told(guests(["carol"]));
    assert.deepEqual(rows(), [guestName(alice(), page.user("carol").identity)], "named anew");
  });

  it("is everybody when he says so, until he does not", async () => {
    await user.told(guests([], true));
    assert.deepEqual([rows(), await listed()], [[guestName(alice())], [[], true]]);
    await user.told(guests(["bob"]));
    assert.deepEqual(rows(), [guestName(alice(), page.user("bob").identity)]);
  });

  it("is told to his PN GWs, and to no other", async () => {
    await user.device("gate-1", { role: "gateway" });
    await user.device("gate-2", { role: "gateway" });
    await user.device("bobs", { role: "gateway", owner: page.user("bob").identity });
    await user.device("hall");
    await user.told(guests(["bob"]));
    const pushes = page.store
      .all("pushes")
      .map(([, { kind, gatewayID }]) => `${kind} ${String.fromCharCode(...gatewayID)}`);
    assert.deepEqual(pushes.sort(), [`${PushKind.policy} gate-1`, `${PushKind.policy} gate-2`]);
  });
});
