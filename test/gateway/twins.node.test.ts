import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { forgetSessions, jumpAhead } from "../../src/database/backup.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { Family } from "../support/family.js";
import { alice } from "../support/network.js";

const credentials = (): PneCommand => ({
  kind: "enrol",
  userID: ascii(alice.userID),
  password: ascii(alice.password),
});
const atHome = ["kitchen", "hall", "bath", "cellar"];
const elsewhere = ["garage", "shed", "barn", "attic"];
const specs = (ids: readonly string[]) => ids.map((id) => Family.spec(id));

describe("two PN GWs with one Entity ID and one key, as from a copy of the state", () => {
  let home: Family;
  let twin: Network;
  /** What each device at the copy was told last. */
  const last = new Map<string, string>();

  const members = (id: string): readonly string[] | undefined =>
    twin
      .device(id)
      .pne?.view.pn?.members.map(({ name = "" }) => name)
      .sort();
  const everybody = (command: () => PneCommand): void => {
    for (const id of atHome) home.command(id, command());
    for (const id of elsewhere) twin.device(id).command(command());
  };
  const ends = (): readonly (string | undefined)[] => [
    ...atHome.map((id) => home.kinds(id).at(-1)),
    ...elsewhere.map((id) => last.get(id)),
  ];

  before(async () => {
    home = new Family(specs(atHome), { poll: true });
    await home.start();
    twin = new Network({
      clock: home.clock,
      seed: "twin",
      mtu: 185,
      interval: Milliseconds(30),
      poll: true,
      database: () => home.network.serverStore.database,
      pneSuite: nodeSuite,
      devices: specs(elsewhere),
      observer: {
        notice: ({ id }, notice) => {
          if (notice.kind !== "state" && notice.kind !== "progress")
            last.set(id, notice.kind === "failed" ? notice.code : notice.kind);
        },
      },
    });
    twin.gatewayFlash.restore(home.network.gatewayFlash.snapshot());
    twin.restartGateway();
    for (const device of twin.devices) device.powerOn();
    await home.pass(5);
  });

  it("serve all who enrol at both at once", async () => {
    everybody(credentials);
    await home.pass(40);
    assert.deepEqual(new Set(ends()), new Set(["enrolled"]));
  });

  it("have a network each, whose members reach each other and the Server", async () => {
    home.command("kitchen", { kind: "createPN", who: "all" });
    twin.device("garage").command({ kind: "createPN", who: "all" });
    await home.pass(2);
    for (const id of atHome.slice(1)) home.command(id, { kind: "acceptInvitation" });
    for (const id of elsewhere.slice(1)) twin.device(id).command({ kind: "acceptInvitation" });
    await home.pass(120);
    assert.deepEqual(home.members("hall"), [...atHome].sort());
    assert.deepEqual(members("shed"), [...elsewhere].sort());
    for (let round = 0; round < 5; round++) {
      last.clear();
      everybody(() => ({ kind: "sendToServer", text: "Hello!" }));
      await home.pass(2);
      assert.deepEqual(new Set(ends()), new Set(["message"]), `round ${round}`);
    }
  });

  it("say so, both of them", () => {
    for (const { gateway } of [home.network, twin]) assert.equal(gateway.view.server.keyShared, true);
    assert.ok(home.log.some((line) => line.startsWith("gateway server.keyShared")));
  });

  const says = async (): Promise<void> => {
    last.clear();
    everybody(() => ({ kind: "sendToServer", text: "Hello!" }));
    await home.pass(20);
  };

  it("say so at a Server whose database was put back, too, and serve their devices as before", async () => {
    const { serverStore } = home.network;
    const before = new MemoryServerStore({ clock: home.clock });
    before.restore(serverStore);
    await home.pass(3_600);
    serverStore.restore(before);
    await forgetSessions(serverStore.database);
    await jumpAhead(serverStore, home.clock);
    await says();
    await home.pass(150);
    for (let round = 0; round < 5; round++) await says();
    assert.deepEqual(new Set(ends()), new Set(["message"]));
    for (const { gateway } of [home.network, twin]) assert.equal(gateway.view.server.keyShared, true);
  });

  it("say no more of it three minutes after one of them was stopped, as its words advise", async () => {
    twin.backhaul.unreachable = true;
    await home.pass(200);
    assert.equal(home.network.gateway.view.server.keyShared, undefined);
    for (const id of atHome) home.command(id, { kind: "sendToServer", text: "Hello!" });
    await home.pass(5);
    for (const id of atHome) assert.equal(home.kinds(id).at(-1), "message", id);
  });
});

describe("one PN GW whose Server forgets its sessions twice, as after two back-ups", () => {
  it("does not take it for another PN GW with its key", async () => {
    const home = await new Family(specs(["kitchen"]), { poll: true }).ready();
    for (let i = 0; i < 2; i++) {
      await forgetSessions(home.network.serverStore.database);
      await home.pass(50);
    }
    assert.equal(home.network.gateway.view.server.authenticated, true);
    assert.equal(home.network.gateway.view.server.keyShared, undefined);
    assert.equal(
      home.log.some((line) => line.includes("keyShared")),
      false,
    );
  });
});
