import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { PushKind } from "../../../src/codec/pushKinds.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { resultName } from "../../../src/codec/results.js";
import type { EntityRecord } from "../../../src/database/rows/entities.js";
import {
  accountDeviceRequest,
  accountDevicesRequest,
  accountDevicesResponse,
  accountGuestsChange,
  accountGuestsRequest,
  accountGuestsResponse,
  accountSignInResponse,
  DeviceAction,
  DeviceFlag,
} from "../../../src/protocols/account/messages.js";
import { guestName } from "../../../src/protocols/network/policy.js";
import { AccountPage, newPassword, type TestBrowser } from "../../support/accountPage.js";

const replies = messageSet(
  acknowledgement,
  failure,
  accountDevicesResponse,
  accountGuestsResponse,
  accountSignInResponse,
);

let page: AccountPage;
let browser: TestBrowser;
beforeEach(async () => {
  page = await new AccountPage().start();
  browser = page.browser();
  assert.equal(await browser.signIn("alice"), "in");
});

async function ask(octets: Uint8Array, by = browser) {
  const reply = replies.decode(await by.send(octets));
  assert.equal(reply.exchange, 5);
  return reply;
}

/** The name of the answer, or of its Result. */
async function told(octets: Uint8Array, by = browser): Promise<string> {
  const { name, body } = await ask(octets, by);
  return name === "Failure" ? resultName(body.result) : name;
}

function device(name: string, more: Partial<EntityRecord> = {}): Promise<void> {
  const entity: EntityRecord = {
    ...{
      role: "pne",
      owner: page.user("alice").identity,
      userID: ascii("alice"),
      gatewayID: ascii("gateway"),
    },
    committed: {
      id: new Uint8Array(8),
      key: new Uint8Array(32).fill(1),
      origin: "password",
      createdAt: Seconds(77),
    },
    ...{ seenAt: Seconds(88), possessed: false },
    ...more,
  };
  return page.store.transaction(({ entities }) => entities.put(hex(ascii(name)), entity));
}

const list = (after?: string) =>
  encodeMessage(accountDevicesRequest, 5, after === undefined ? {} : { after: ascii(after) });
const act = (name: string, action: number) =>
  encodeMessage(accountDeviceRequest, 5, { entityID: ascii(name), action });
const audit = () => page.store.all("audit").map(([, { event, fields }]) => `${event} ${fields}`);

describe("a User's devices on his page (REG-12)", () => {
  const shown = async (after?: string) => {
    const { name, body } = await ask(list(after));
    assert.ok(name === "AccountDevicesResponse");
    return body;
  };

  it("are told with what they are, and never a key", async () => {
    const committed = { id: new Uint8Array(8), key: new Uint8Array(32).fill(1), createdAt: Seconds(5) };
    await device("b-gateway", { role: "gateway", name: "Attic" });
    await device("a-escrowed", { committed: { ...committed, origin: "gatewayEscrow" } });
    await device("c-inside");
    await device("bobs", { owner: page.user("bob").identity });
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
    for (const name of [...names].reverse()) await device(name);
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
    await device("hall");
    await device("bobs", { owner: page.user("bob").identity });
    assert.equal(await told(act("bobs", DeviceAction.remove)), "noRoute");
    assert.equal(await told(act("nobodys", DeviceAction.remove)), "noRoute");
    assert.equal(page.store.size("entities"), 2);
    assert.equal(await told(act("hall", DeviceAction.remove)), "Acknowledgement");
    assert.equal(page.store.get("entities", hex(ascii("hall"))), undefined);
    const fields = `{"user":"${hex(ascii("alice"))}","entity":"${hex(ascii("hall"))}"}`;
    assert.deepEqual(audit().at(-1), `account.deviceRemoved ${fields}`);
  });

  it("get another key when he wants it: a PNE, by the PN GW that it is at", async () => {
    await device("hall");
    await device("gate", { role: "gateway" });
    assert.equal(await told(act("gate", DeviceAction.rekey)), "noRoute");
    assert.equal(await told(act("hall", 0)), "noRoute");
    assert.equal(page.store.size("pushes"), 0);
    assert.equal(await told(act("hall", DeviceAction.rekey)), "Acknowledgement");
    assert.equal(page.store.get("entities", hex(ascii("hall")))?.renewal, true);
    const [push] = page.store.all("pushes").map(([, one]) => one);
    assert.deepEqual(
      [push?.kind, push?.gatewayID, push?.entityID],
      [PushKind.rekey, ascii("gateway"), ascii("hall")],
    );
    assert.match(audit().at(-1) ?? "", /^account\.deviceRekeyed .*"entity":"68616c6c"/);
  });
});

describe("whom a User lets in at his PN GWs (C-34)", () => {
  const guests = (names: readonly string[], everybody = false) =>
    encodeMessage(accountGuestsChange, 5, { guests: names.map((name) => ascii(name)), everybody });
  const listed = async () => {
    const { name, body } = await ask(encodeMessage(accountGuestsRequest, 5, {}));
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
    assert.equal(await told(guests(["bob", "carol"])), "Acknowledgement");
    assert.deepEqual(await listed(), [["bob", "carol"], false]);
    const { identity } = page.user("bob");
    assert.deepEqual(rows(), [guestName(alice(), identity)]);
    const [row] = page.store.all("guests").map(([, one]) => one);
    assert.deepEqual(row, { owner: alice(), since: Math.floor(page.time / 1000) });
    assert.match(audit().at(-1) ?? "", /^account\.guests .*"guests":2,"everybody":false/);
    await page.users.register(ascii("carol"), ascii(newPassword));
    await told(guests(["bob", "carol"]));
    assert.deepEqual(
      rows(),
      [guestName(alice(), identity), guestName(alice(), page.user("carol").identity)].sort(),
    );
    await page.users.remove(ascii("carol"));
    await page.users.register(ascii("carol"), ascii(newPassword));
    await told(guests(["bob", "carol"]));
    assert.deepEqual(rows(), [guestName(alice(), identity)], "another who has her name by now");
    await told(guests([]));
    await told(guests(["carol"]));
    assert.deepEqual(rows(), [guestName(alice(), page.user("carol").identity)], "named anew");
  });

  it("is everybody when he says so, until he does not", async () => {
    await told(guests([], true));
    assert.deepEqual([rows(), await listed()], [[guestName(alice())], [[], true]]);
    await told(guests(["bob"]));
    assert.deepEqual(rows(), [guestName(alice(), page.user("bob").identity)]);
  });

  it("is told to his PN GWs, and to no other", async () => {
    await device("gate-1", { role: "gateway" });
    await device("gate-2", { role: "gateway" });
    await device("bobs", { role: "gateway", owner: page.user("bob").identity });
    await device("hall");
    await told(guests(["bob"]));
    const pushes = page.store
      .all("pushes")
      .map(([, { kind, gatewayID }]) => `${kind} ${String.fromCharCode(...gatewayID)}`);
    assert.deepEqual(pushes.sort(), [`${PushKind.policy} gate-1`, `${PushKind.policy} gate-2`]);
  });
});
