import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { type Budget, budgetsOf, giveBack, spend, type Way } from "../../src/database/budgets.js";

const alice = { identity: new Uint8Array(16).fill(1) };
const begin = 1_800_000_000_000;
const minute = 60_000;

describe("a budget of guesses", () => {
  let store: MemoryServerStore;
  let now = begin;
  beforeEach(() => {
    now = begin;
    store = new MemoryServerStore({ clock: { now: () => Milliseconds(now) } });
  });

  const take = (wanted: readonly Budget[]): Promise<boolean> =>
    store.transaction((tables) => spend(tables, wanted, Milliseconds(now)));
  /** Guesses that are taken until the first that is not. */
  const taken = async (way: Way): Promise<number> => {
    const wanted = budgetsOf(alice, way);
    for (let n = 0; ; n++) if (!(await take(wanted))) return n;
  };

  it("is not filled by a clock that is set back, and goes on to fill from there", async () => {
    const way = { by: "own" } as const;
    assert.equal(await taken(way), 32);
    now = begin - 60 * minute;
    assert.equal(await taken(way), 0);
    now += 20 * minute;
    assert.equal(await taken(way), 3);
  });

  it("gives one back that was right, and never more than it holds", async () => {
    const wanted = budgetsOf(alice, { by: "bound", entityID: ascii("mine") });
    await take(wanted);
    for (let i = 0; i < 3; i++)
      await store.transaction((tables) => giveBack(tables, wanted, Milliseconds(now)));
    assert.equal(await taken({ by: "bound", entityID: ascii("mine") }), 8);
  });

  it("takes from none when one is empty, and writes all the same, so that the time tells nothing", async () => {
    const gatewayID = ascii("office");
    assert.equal(await taken({ by: "familiar", gatewayID }), 16);
    assert.equal(await taken({ by: "familiar", gatewayID: ascii("inn") }), 16);
    const [all] = budgetsOf(alice, { by: "familiar", gatewayID });
    const row = () => store.transaction(({ budgets }) => budgets.get(all?.name ?? ""));
    const before = await row();
    now += 1;
    assert.equal(await take(budgetsOf(alice, { by: "familiar", gatewayID })), false);
    const after = await row();
    assert.deepEqual([after?.at, (before?.spent ?? 0) - (after?.spent ?? 0)], [now, 1]);
  });

  it("of one owner of PN GWs is the same for all Users but himself: 200, however many they are", async () => {
    const way = { by: "foreign", gatewayOwner: new Uint8Array(16).fill(9) } as const;
    let guesses = 0;
    for (let user = 0; user < 20; user++) {
      const wanted = budgetsOf({ identity: new Uint8Array(16).fill(user + 20) }, way);
      for (let i = 0; i < 16; i++) if (await take(wanted)) guesses++;
    }
    assert.equal(guesses, 200);
  });
});
