import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { pushID, pushKey, pushTo } from "../../src/database/pushes.js";
import { definitions, type ServerTables } from "../../src/database/store.js";
import { isAhead, slack } from "../../src/database/table.js";
import { beginSession } from "../../src/protocols/account/session.js";
import { Family } from "../support/family.js";
import { outcome, TestNetwork } from "../support/network.js";
import { serverPorts } from "../support/serverPorts.js";
import { everyRow } from "./everyRow.js";

const maximumPushes = 256;

describe("the time of what the Server keeps", () => {
  it("is over at its instant, and not before; and void when it is further ahead than it was made to be", () => {
    const [now, longest] = [Milliseconds(1_000_000), Milliseconds(5_000)];
    const ahead = (by: number): boolean => isAhead(now + by, now, longest);
    assert.deepEqual([-1, 0, 1].map(ahead), [false, false, true]);
    const far = longest + slack;
    assert.deepEqual([far - 1, far, far + 1].map(ahead), [true, true, false]);
  });

  for (const [name, value] of everyRow) {
    const { endsAt, longest } = definitions[name] as unknown as {
      endsAt(value: unknown): Milliseconds | undefined;
      longest: Milliseconds;
    };
    const end = endsAt(value);
    if (end === undefined) continue;
    it(`ends each row of ${name} by those, whatever way the clock was set (${longest} ms)`, async () => {
      let now = Milliseconds(end - 1);
      const store = new MemoryServerStore({ clock: { now: () => now } });
      await store.transaction((tables) =>
        (tables[name] as { put(key: string, row: unknown): Promise<void> }).put("00/key", value),
      );
      const there = (): Promise<boolean> =>
        store.read(async (tables) => (await tables[name].get("00/key")) !== undefined);
      for (const [at, is] of [
        [end - 1, true],
        [end, false],
        [end + 1, false],
        [end - longest - slack, true],
        [end - longest - slack - 1, false],
      ] as const) {
        now = Milliseconds(at);
        assert.equal(await there(), is, `${at - end}`);
      }
    });
  }
});

/** Filled up to one less than the bound, to it, and beyond: how many there are, and whether the first is still there. */
interface Filled {
  readonly count: number;
  readonly first: boolean;
}

describe("how many of a kind the Server keeps, where the oldest gives way", () => {
  const net = new TestNetwork();
  const ports = serverPorts(net);
  let at = net.clock.now();
  const later = (): Milliseconds => Milliseconds(++at);

  const fill = async (
    count: number,
    add: (tables: ServerTables, n: number) => Promise<string>,
    has: (tables: ServerTables, key: string) => Promise<boolean>,
  ): Promise<Filled> => {
    const store = new MemoryServerStore({ clock: net.clock });
    const keys: string[] = [];
    await store.transaction(async (tables) => {
      for (let n = 0; n < count; n++) keys.push(await add(tables, n));
    });
    const kept = await store.read(async (tables) => {
      const all: boolean[] = [];
      for (const key of keys) all.push(await has(tables as ServerTables, key));
      return all;
    });
    return { count: kept.filter((one) => one).length, first: kept[0] === true };
  };

  const kinds: readonly (readonly [string, number, (count: number) => Promise<Filled>])[] = [
    [
      "pushes for one PN GW",
      maximumPushes,
      (count) =>
        fill(
          count,
          (tables) => pushTo(tables, { gatewayID: ascii("gw"), kind: 3 }, later()),
          async ({ pushes }, key) => (await pushes.get(key)) !== undefined,
        ),
    ],
    [
      "sessions of one User's pages",
      16,
      (count) =>
        fill(
          count,
          async (tables) => {
            const user = { identity: new Uint8Array(16).fill(1), userID: ascii("alice") };
            const clock = { ...ports.clock, now: later };
            const token = await beginSession({ ...ports, clock }, tables, user as never);
            return hex(ports.suite.sha256(token));
          },
          async ({ pageSessions }, key) => (await pageSessions.get(key)) !== undefined,
        ),
    ],
  ];
  for (const [what, most, filled] of kinds)
    it(`${what}: ${most}`, async () => {
      assert.deepEqual(await filled(most - 1), { count: most - 1, first: true });
      assert.deepEqual(await filled(most), { count: most, first: true });
      assert.deepEqual(await filled(most + 1), { count: most, first: false });
    });

  it("names pushes of one millisecond apart up to 10,000, and each by 8 octets that mean it again", async () => {
    const now = Milliseconds(2 ** 40 + 5);
    const store = new MemoryServerStore({ clock: { now: () => now } });
    const gatewayID = ascii("gw");
    const keys = await store.transaction(async (tables) => {
      const made: string[] = [];
      for (let n = 0; n < 3; n++) made.push(await pushTo(tables, { gatewayID, kind: 3 }, now));
      return made;
    });
    assert.equal(new Set(keys).size, 3);
    for (const key of keys) assert.equal(pushKey(gatewayID, pushID(key)), key);
    const id = (number: number): Uint8Array => {
      const octets = pushID(keys[0] ?? "").slice();
      new DataView(octets.buffer).setUint16(6, number);
      return octets;
    };
    assert.notEqual(pushKey(gatewayID, id(9_999)), undefined);
    assert.equal(pushKey(gatewayID, id(10_000)), undefined);
    for (const length of [7, 9]) assert.equal(pushKey(gatewayID, new Uint8Array(length)), undefined);
  });
});

describe("how many PNs there are at the PN GWs of one owner", () => {
  /** So many rows beside those that there are, as if they had been registered. */
  async function seeded(net: TestNetwork, count: number, established: boolean): Promise<string[]> {
    const owner = net.network.serverStore.get("entities", hex(net.network.gatewayID))?.owner ?? assert.fail();
    const names: string[] = [];
    await net.network.serverStore.transaction(async ({ pns }) => {
      for (let n = 0; n < count; n++) {
        const pnID = new Uint8Array(16).fill(9);
        pnID[0] = n >> 8;
        pnID[1] = n & 255;
        const name = `${hex(net.network.gatewayID)}/${hex(pnID)}`;
        names.push(name);
        const endsAt = Milliseconds(net.clock.now() + 60_000 + n);
        const place = { pnID, gatewayID: net.network.gatewayID, randServer: new Uint8Array(32) };
        await pns.put(name, { ...place, established, owner, size: 1, endsAt });
      }
    });
    return names;
  }

  for (const [count, end] of [
    [510, "joined"],
    [511, "joined"],
    [512, "result.full"],
  ] as const)
    it(`${count}, and one more: ${end}`, async () => {
      const net = await new TestNetwork().enrolled();
      await seeded(net, count, true);
      assert.equal(outcome(await net.join()), end);
    });

  for (const [count, first] of [
    [63, true],
    [64, false],
    [65, false],
  ] as const)
    it(`${count} in which nobody has proven anything, and one more: the oldest ${first ? "stays" : "gives way"}`, async () => {
      const net = await new Family([Family.spec("kitchen")]).ready();
      const names = await seeded(net, count, false);
      assert.equal(outcome(await net.join()), "joined");
      const { serverStore } = net.network;
      assert.equal(serverStore.get("pns", names[0] ?? "") !== undefined, first);
      assert.notEqual(serverStore.get("pns", names[1] ?? ""), undefined);
    });
});
