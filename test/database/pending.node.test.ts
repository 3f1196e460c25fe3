import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { Method } from "../../src/codec/methods.js";
import { enrolmentsOf, exchangeOf, openExchange, takeExchange } from "../../src/database/pending.js";
import type { Role } from "../../src/database/rows/entities.js";
import type { ServerTables } from "../../src/database/store.js";

const now = Milliseconds(1_800_000_000_000);
const asker = (role: Role) => ({ role, entityID: ascii("pne"), gatewayID: ascii("gateway") });

/** Opens so many exchanges, in their order; how many of them are there afterwards, and whether the first is. */
async function opened(role: Role, count: number, of: (n: number) => { source: string; handle: Uint8Array }) {
  const store = new MemoryServerStore({ clock: { now: () => now } });
  const handles: Uint8Array[] = [];
  for (let n = 0; n < count; n++) {
    const { source, handle } = of(n);
    handles.push(handle);
    const legs = { request: ascii("request"), challenge: ascii("challenge"), userID: ascii("alice") };
    const endsAt = Milliseconds(now + 1_000 + n);
    const row = { method: Method.scram, ...asker(role), ...legs, source, endsAt };
    // A transaction for each, which is much faster than one that has written so much.
    await store.transaction((tables) => openExchange(tables, handle, row));
  }
  return store.read(async (tables) => {
    const there: boolean[] = [];
    for (const handle of handles)
      there.push((await exchangeOf(tables as ServerTables, asker(role), handle)) !== undefined);
    return [there.filter((one) => one).length, there[0]];
  });
}

const handle = (first: number, n: number): Uint8Array => Uint8Array.of(first, n >> 8, n, 0, 0, 0, 0, 0);

describe("exchanges that are open at the Server", () => {
  it("are 256 for the PN GWs of one owner and 32 for one address; the oldest gives way", async () => {
    for (const [role, most] of [
      ["pne", 256],
      ["gateway", 32],
    ] as const) {
      const all = (count: number) =>
        opened(role, count, (n) => ({ source: "one", handle: handle(n % 64, n) }));
      assert.deepEqual(await all(most + 1), [most, false]);
    }
  });

  it("are 64 in a part of those in the clear, whoever they are, and without parts where a PN GW answers for them", async () => {
    const all = (role: Role, count: number, other = 0) =>
      opened(role, count, (n) => ({ source: `source ${n}`, handle: handle(n % 2 === 0 ? 3 : 3 + other, n) }));
    assert.deepEqual(await all("gateway", 64), [64, true]);
    assert.deepEqual(await all("gateway", 65), [64, false]);
    assert.deepEqual(await all("gateway", 65, 64), [64, false], "the first octet modulo 64");
    assert.deepEqual(await all("gateway", 65, 1), [65, true]);
    assert.deepEqual(await all("pne", 65), [65, true]);
  });

  it("are taken once, by who has opened them and nobody else", async () => {
    const store = new MemoryServerStore({ clock: { now: () => now } });
    const one = handle(1, 1);
    await store.transaction(async (tables) => {
      const legs = { request: ascii("request"), challenge: ascii("challenge"), userID: ascii("alice") };
      const endsAt = Milliseconds(now + 1_000);
      await openExchange(tables, one, {
        ...{ method: Method.scram, ...asker("pne"), ...legs, source: "one", endsAt },
      });
      for (const other of [
        asker("gateway"),
        { ...asker("pne"), entityID: ascii("other") },
        { ...asker("pne"), gatewayID: ascii("other") },
      ])
        assert.equal(await takeExchange(tables, other, one), undefined);
      const row = await takeExchange(tables, asker("pne"), one);
      assert.deepEqual([row?.source, row?.part], ["one", undefined]);
      assert.equal(await takeExchange(tables, asker("pne"), one), undefined);
      assert.equal(await enrolmentsOf(tables, "pne").get(hex(one)), undefined);
    });
  });
});
