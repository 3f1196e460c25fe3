import assert from "node:assert/strict";
import { MemoryServerStore } from "../../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { dueWebhooks } from "../../../src/database/webhookTurns.js";
import { eventKey } from "../../../src/server/programs/readings.js";
import {
  deadLettersOf,
  enqueue,
  makeWebhook,
  settleJob,
  takeJob,
  webhooksOf,
} from "../../../src/server/programs/webhooks.js";
import { userNamed } from "../../hosts/server/api/apiHouse.js";
import { ManualClock } from "../../support/manualClock.js";
import { SeededRandom } from "../../support/seededRandom.js";

const maximumDead = 64;
const maximumAttempts = 8;

const alice = userNamed("alice");
const hour = 3_600_000;

/** A webhook of Alice's, whose target takes nothing. */
class Hook {
  readonly clock = new ManualClock();
  readonly random = new SeededRandom(1);
  readonly store: MemoryServerStore;
  id = "";

  constructor() {
    this.clock.advance(Milliseconds(Date.UTC(2027, 0, 1)));
    this.store = new MemoryServerStore({ clock: this.clock });
  }

  async make(): Promise<this> {
    await this.store.transaction(async (tables) => {
      await tables.users.put(hex(alice.userID), alice);
      this.id = (await makeWebhook(this, tables, alice, { url: "https://example.org/" })).id;
    });
    return this;
  }

  says(number: number): Promise<boolean> {
    const event = { number, entityID: ascii("kitchen"), topic: "ring" };
    const body = (): Uint8Array => ascii(`${number}`);
    return this.store.transaction((tables) =>
      enqueue(tables, hex(alice.identity), event, body, this.clock.now()),
    );
  }

  /** Tries what waits once, as soon as it may be, which fails. Returns what was sent. */
  async fails(): Promise<string> {
    for (;;) {
      for await (const due of dueWebhooks(this.store, this.clock.now(), 64)) {
        const now = this.clock.now();
        const job = await this.store.transaction((tables) => takeJob(tables, due, now));
        if (job === undefined) continue;
        await this.store.transaction((tables) => settleJob(this, tables, job, "status 500", now));
        return String.fromCharCode(...job.body);
      }
      this.clock.advance(Milliseconds(60_000));
    }
  }

  /** An attempt at this event has failed. */
  failed(number: number): Promise<void> {
    const job = { webhook: this.id, delivery: eventKey(this.id, number) };
    return this.store.transaction((tables) => settleJob(this, tables, job, "status 500", this.clock.now()));
  }

  async dead(): Promise<readonly (readonly [event: string, attempts: number])[]> {
    const rows = await this.store.read((tables) => deadLettersOf(tables, alice, this.id));
    return (rows ?? []).map(({ body, attempts }) => [String.fromCharCode(...body), attempts]);
  }
}

describe("an event that a webhook's target does not take", () => {
  it("is tried eight times within a day, and then given up", async () => {
    const hook = await new Hook().make();
    await hook.says(1);
    const from = hook.clock.now();
    for (let tries = 1; tries < maximumAttempts; tries++) {
      assert.equal(await hook.fails(), "1");
      assert.deepEqual(await hook.dead(), [], `${tries}`);
    }
    await hook.fails();
    assert.deepEqual(await hook.dead(), [["1", maximumAttempts]]);
    assert.ok(hook.clock.now() - from < 6 * hour, `${(hook.clock.now() - from) / hour} hours`);
  });

  it("is given up at the first try that comes a day after it, however few were before", async () => {
    for (const [age, dead] of [
      [24 * hour - 1, []],
      [24 * hour, [["1", 1]]],
    ] as const) {
      const hook = await new Hook().make();
      await hook.says(1);
      hook.clock.advance(Milliseconds(age));
      assert.equal(await hook.fails(), "1");
      assert.deepEqual(await hook.dead(), dead);
    }
  });

  it("is one of 64 at most that are kept to be shown; the oldest gives way", async () => {
    const hook = await new Hook().make();
    const all = Array.from({ length: maximumDead + 1 }, (_, i) => i + 1);
    for (const number of all) await hook.says(number);
    // A day later the next try is the last, of each.
    hook.clock.advance(Milliseconds(25 * hour));
    for (const number of all) await hook.failed(number);
    const dead = await hook.dead();
    assert.equal(dead.length, maximumDead);
    assert.deepEqual(
      [dead[0], dead.at(-1)],
      [
        ["2", 1],
        [`${maximumDead + 1}`, 1],
      ],
    );
    const [shown] = await hook.store.read((tables) => webhooksOf(tables, alice));
    assert.deepEqual([shown?.dead, shown?.waiting], [maximumDead, 0]);
  });
});
