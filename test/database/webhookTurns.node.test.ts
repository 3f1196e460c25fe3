import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { WebhookRecord } from "../../src/database/rows/programs.js";
import { dueWebhooks, hasTurn, putWebhook, webhookAt } from "../../src/database/webhookTurns.js";

const longestPause = 8 * 3_600_000;
const holdTime = 30_000;
/** By which two clocks may differ. */
const minute = 60_000;

const now = Milliseconds(1_800_000_000_000);
const later = (ms: number) => Milliseconds(now + ms);
const id = "0102030405060708";
const idle: WebhookRecord = {
  identity: new Uint8Array(16).fill(1),
  userID: ascii("alice"),
  createdAt: Seconds(1),
  pending: false,
  nextAt: now,
  failing: 0,
  url: ascii("https://hooks.example/"),
  key: new Uint8Array(32),
};
const waiting: WebhookRecord = { ...idle, pending: true };

describe("the turns of webhooks", () => {
  const fresh = () => new MemoryServerStore({ clock: { now: () => now } });
  const put = (store: MemoryServerStore, before: WebhookRecord, next: WebhookRecord | undefined) =>
    store.transaction((tables) => putWebhook(tables, id, before, next));
  const turns = (store: MemoryServerStore) => store.all("webhookTurns").map(([key]) => key);
  const due = async (store: MemoryServerStore, at = now) => {
    const found: string[] = [];
    for await (const one of dueWebhooks(store, at, 2)) found.push(`${one.id} ${one.owner}`);
    return found;
  };

  it("are there while something waits, one each, and go with the webhook", async () => {
    const store = fresh();
    await put(store, idle, idle);
    assert.deepEqual(turns(store), []);
    assert.equal(await store.transaction((tables) => hasTurn(tables, id, idle)), false);
    assert.equal(await store.transaction((tables) => hasTurn(tables, id, waiting)), false);
    await put(store, idle, waiting);
    assert.deepEqual(turns(store), [`n/0${now}/${id}`]);
    assert.equal(await store.transaction((tables) => hasTurn(tables, id, waiting)), true);
    const held = { ...waiting, heldUntil: later(5) };
    await put(store, waiting, held);
    assert.deepEqual(turns(store), [`h/0${now + 5}/${id}`]);
    await put(store, held, held);
    assert.equal(turns(store).length, 1);
    await put(store, held, undefined);
    assert.deepEqual([turns(store), store.all("webhooks")], [[], []]);
  });

  it("come when a pause or a hold is over, and at once when a clock was set back by more than that", async () => {
    for (const [record, expected] of [
      [waiting, true],
      [{ ...waiting, nextAt: later(1) }, false],
      [{ ...waiting, nextAt: later(longestPause + minute) }, false],
      [{ ...waiting, nextAt: later(longestPause + minute + 1) }, true],
      [{ ...waiting, heldUntil: later(0) }, true],
      [{ ...waiting, heldUntil: later(holdTime + minute) }, false],
      [{ ...waiting, heldUntil: later(holdTime + minute + 1) }, true],
    ] as const) {
      const store = fresh();
      await put(store, idle, record);
      assert.deepEqual(await due(store), expected ? [`${id} ${hex(idle.identity)}`] : []);
      const [turn] = turns(store);
      const at = await store.transaction((tables) => webhookAt(tables, { id, turn: turn as string }, now));
      assert.equal(at !== undefined, expected);
      assert.equal(turns(store).length, 1);
    }
  });

  it("that are nobody's any more are removed when they come", async () => {
    const store = fresh();
    await put(store, idle, waiting);
    const stale = `n/0${now - 1}/${id}`;
    await store.transaction(({ webhookTurns }) => webhookTurns.put(stale, { identity: idle.identity }));
    const at = await store.transaction((tables) => webhookAt(tables, { id, turn: stale }, now));
    assert.equal(at, undefined);
    assert.deepEqual(turns(store), [`n/0${now}/${id}`]);
  });

  it("are all found, however many come at once", async () => {
    const store = fresh();
    for (let i = 0; i < 5; i++)
      await store.transaction((tables) =>
        putWebhook(tables, `0${i}`, idle, { ...waiting, nextAt: later(-i) }),
      );
    assert.deepEqual(
      (await due(store)).map((one) => one.slice(0, 2)),
      ["04", "03", "02", "01", "00"],
    );
  });
});
