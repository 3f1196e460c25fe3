import assert from "node:assert/strict";
import { ascii, hex } from "../../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../../src/base/units.js";
import { DatabaseError } from "../../../../src/database/errors.js";
import type { ServerStore } from "../../../../src/database/store.js";
import { dueWebhooks, putWebhook } from "../../../../src/database/webhookTurns.js";
import { assertSigned, HookTarget } from "../../../support/hookTarget.js";
import { until } from "../../../support/until.js";
import { type ApiHouse, cellar, eachInNewHouse, kitchen } from "./apiHouse.js";

interface Made {
  readonly id: string;
  readonly secret: string;
}

let house: ApiHouse;
let token = "";
const targets: HookTarget[] = [];
function inNewHouse(): void {
  eachInNewHouse(["webhooks"], (made, its) => {
    house = made;
    token = its;
  });
  afterEach(async () => {
    for (const target of targets.splice(0)) await target.close();
  });
}

async function target(): Promise<HookTarget> {
  const one = await HookTarget.open();
  targets.push(one);
  return one;
}

async function hook(body: object, by = token): Promise<Made> {
  const { status, body: made, text } = await house.ask("POST", "/webhooks", { token: by, body });
  assert.equal(status, 201, text);
  return made as Made;
}

const listed = async () =>
  (await house.ask("GET", "/webhooks", { token })).body as {
    webhooks: {
      id: string;
      waiting: number;
      dead: number;
      dropped: number;
      failing: number;
      nextAttempt?: string;
    }[];
  };
const idle = (): Promise<void> =>
  until(
    () => house.store.all("webhooks").every(([, { heldUntil }]) => heldUntil === undefined),
    "the outcome",
  );
/** Lets the pause after a failure pass, and waits for the next try. */
async function tried(one: HookTarget): Promise<void> {
  await idle();
  const before = one.heard.length;
  house.clock.advance(Milliseconds(6 * 3_600_000));
  house.interface?.kick();
  await until(() => one.heard.length > before, "another try");
  await idle();
}

describe("webhooks", () => {
  inNewHouse();

  it("get events in their order, signed as Standard Webhooks has it, each with an id of its own", async () => {
    const one = await target();
    const { secret, id } = await hook({ url: one.url });
    for (let i = 0; i < 5; i++) await house.says(kitchen, "temperature", i);
    await until(() => one.heard.length === 5, "five events");
    assert.deepEqual(one.values(), [0, 1, 2, 3, 4]);
    for (const heard of one.heard) assertSigned(heard, secret);
    assert.deepEqual(
      one.heard.map((heard) => heard.id),
      [1, 2, 3, 4, 5].map((n) => `${id}-${n}`),
    );
    const { body, headers } = one.heard[0] ?? assert.fail();
    assert.deepEqual(Object.keys(JSON.parse(body)), [
      "id",
      "type",
      "device",
      "topic",
      "kind",
      "unit",
      "value",
      "at",
    ]);
    assert.equal(headers["webhook-timestamp"], `${Math.floor(house.clock.now() / 1_000)}`);
    await until(() => house.store.size("deliveries") === 0, "the end");
  });

  it("get those of one device or topic alone, and of no other User", async () => {
    const [one, two, bobs] = [await target(), await target(), await target()];
    await hook({ url: one.url, device: kitchen, topic: "lamp" });
    await hook({ url: two.url, topic: "temperature" });
    await hook({ url: bobs.url }, await house.token(["webhooks"], "bob"));
    await house.says(kitchen, "temperature", 1);
    await house.says(cellar, "lamp", true);
    await house.says(kitchen, "lamp", false);
    await until(() => one.heard.length === 1 && two.heard.length === 1, "both");
    assert.deepEqual([one.values(), two.values(), bobs.values()], [[false], [1], []]);
  });

  it("are tried again after longer and longer pauses, under the same id, until somebody takes the event", async () => {
    const one = await target();
    one.answer = (response) => response.writeHead(500).end();
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await house.says(kitchen, "temperature", 2);
    await until(() => one.heard.length === 1, "the first try");
    await idle();
    const pauses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const [shown] = (await listed()).webhooks;
      pauses.push(Math.round((Date.parse(shown?.nextAttempt ?? "") - house.clock.now()) / 1_000));
      await tried(one);
    }
    for (const [i, least] of [5, 30, 120, 600].entries())
      assert.ok((pauses[i] ?? 0) >= least && (pauses[i] ?? 0) <= least * 1.25 + 1, pauses.join());
    one.answer = (response) => response.writeHead(204).end();
    await tried(one);
    await until(() => one.values().at(-1) === 2, "the second event");
    assert.equal(new Set(one.heard.slice(0, -1).map(({ id }) => id)).size, 1);
    const [shown] = (await listed()).webhooks;
    assert.deepEqual([shown?.failing, shown?.nextAttempt], [0, undefined]);
  });

  it("give an event up after eight tries, show it with the reason, and go on with the next", async () => {
    const one = await target();
    one.answer = (response) => response.writeHead(404).end();
    const { id } = await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1, "the first try");
    for (let i = 0; i < 3; i++) await tried(one);
    await house.says(kitchen, "temperature", 2);
    await tried(one);
    const { body } = await house.ask("GET", `/webhooks/${id}/dead-letters`, { token });
    const { deadLetters } = body as {
      deadLetters: { event: { value: number }; attempts: number; why: string }[];
    };
    assert.deepEqual(
      deadLetters.map(({ event, attempts, why }) => [event.value, attempts, why]),
      [[1, 5, "status 404"]],
      "after a day, with fewer tries",
    );
    const [shown] = (await listed()).webhooks;
    assert.deepEqual([shown?.dead, shown?.waiting], [1, 1]);
    one.answer = (response) => response.writeHead(200).end();
    await tried(one);
    assert.equal(one.values().at(-1), 2);
  });

  it("keep 256 events that wait; the oldest gives way, and is counted", async () => {
    const one = await target();
    one.answer = () => {};
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 0);
    await until(() => one.heard.length === 1, "the first try");
    await idle();
    for (let i = 1; i <= 260; i++) await house.says(kitchen, "temperature", i);
    const [shown] = (await listed()).webhooks;
    assert.deepEqual([shown?.waiting, shown?.dropped], [256, 5]);
  });

  it("go on after the Server was started anew: what was in hand comes again, under the same id", async () => {
    const one = await target();
    one.answer = () => {};
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1, "the first try");
    await idle();
    const [[id, row] = assert.fail()] = house.store.all("webhooks");
    // As a Server leaves it that was killed meanwhile.
    const heldUntil = Milliseconds(house.clock.now() + 30_000);
    await house.store.transaction((tables) =>
      putWebhook(tables, id, row, { ...row, nextAt: house.clock.now(), heldUntil }),
    );
    one.answer = (response) => response.writeHead(204).end();
    await house.shut();
    await house.listen();
    house.interface?.kick();
    house.clock.advance(Milliseconds(31_000));
    house.interface?.kick();
    await until(() => one.heard.length === 2, "the second try");
    assert.equal(one.heard[0]?.id, one.heard[1]?.id);
  });

  /** Webhooks of as many Users, whose ids come before all that are made by chance, each with so many events that wait. */
  async function crowd(count: number, url: string, events: number, nextAt: Milliseconds): Promise<void> {
    const [at, body] = [house.clock.now(), ascii('{"value":-1}')];
    for (let i = 0; i < count; i++) {
      const id = Uint8Array.of(0, 0, 0, 0, 0, 0, i >> 8, i);
      const identity = new Uint8Array(16).fill(1).fill(i, 0, 8);
      await house.store.transaction(async (tables) => {
        const { deliveries } = tables;
        const row = {
          ...{ identity, userID: ascii("crowd"), createdAt: Seconds(1), pending: true, nextAt, failing: 1 },
          ...{ url: ascii(url), key: new Uint8Array(32) },
        };
        await putWebhook(tables, hex(id), row, row);
        for (let n = 0; n < events; n++) {
          const endsAt = Milliseconds(at + 3_600_000);
          await deliveries.put(`${hex(id)}/${String(n).padStart(15, "0")}`, {
            ...{ webhook: id, attempts: 0, at, endsAt, body },
          });
        }
      });
    }
  }

  it("get their events though more wait for their next try than are looked at together", async () => {
    const one = await target();
    await crowd(257, one.url, 1, Milliseconds(house.clock.now() + 3_600_000));
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1, "the event");
    assert.deepEqual(one.values(), [1]);
  });

  it("cost a look the same, however many wait for their next try", async () => {
    const counted = async (): Promise<readonly [reads: number, rows: number, due: number]> => {
      let [reads, rows, due] = [0, 0, 0];
      const over: Pick<ServerStore, "read"> = {
        read: (work) =>
          house.store.read((tables) => {
            reads++;
            const { webhookTurns } = tables;
            const page: typeof webhookTurns.page = async (...asked) => {
              const found = await webhookTurns.page(...asked);
              rows += found.length;
              return found;
            };
            return work({ ...tables, webhookTurns: { ...webhookTurns, page } });
          }),
      };
      for await (const _ of dueWebhooks(over, house.clock.now(), 64)) due++;
      return [reads, rows, due];
    };
    const none = await counted();
    await crowd(300, "https://127.0.0.1:1/", 1, Milliseconds(house.clock.now() + 3_600_000));
    assert.deepEqual(await counted(), none);
    house.clock.advance(Milliseconds(3_600_000));
    assert.equal((await counted())[2], 300);
  });

  it("keep nobody busy by a turn that is nobody's any more", async () => {
    const one = await target();
    await hook({ url: one.url });
    await house.store.transaction(({ webhookTurns }) =>
      webhookTurns.put("n/00000000000001/0000000000000001", { identity: new Uint8Array(16) }),
    );
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1 && house.store.size("webhookTurns") === 0, "both");
  });

  it("whose events an earlier release has left without a turn get one with the next event", async () => {
    const one = await target();
    one.answer = (response) => response.writeHead(500).end();
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1, "the first try");
    await idle();
    await house.store.transaction(async ({ webhookTurns }) => {
      for (const { key } of await webhookTurns.page("", 9)) await webhookTurns.delete(key);
    });
    await house.says(kitchen, "temperature", 2);
    await tried(one);
  });

  it("are tried by their rule after a clock was set back", async () => {
    const day = 24 * 3_600_000;
    const due = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { id } of dueWebhooks(house.store, house.clock.now(), 2)) found.push(id);
      return found;
    };
    const ahead = Milliseconds(house.clock.now() + day);
    await crowd(3, "https://127.0.0.1:1/", 1, ahead);
    assert.equal((await due()).length, 3);
    for (const [id, row] of house.store.all("webhooks")) {
      const held = { ...row, nextAt: house.clock.now(), heldUntil: ahead };
      await house.store.transaction((tables) => putWebhook(tables, id, row, held));
    }
    assert.equal((await due()).length, 3);
  });

  it("have each their turn, though others always have something more to send", async () => {
    await house.shut();
    house.patience = 10_000;
    await house.listen();
    const one = await target();
    one.answer = (response) => {
      // Time passes: who was sent to stands behind those who wait.
      house.clock.advance(Milliseconds(1));
      response.writeHead(204).end();
    };
    await crowd(40, one.url, 4, house.clock.now());
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 161, "all");
    const place = one.values().indexOf(1);
    assert.ok(place < 80, `as number ${place} of 161`);
  });

  it("wait for the next look while the database reads and does not write, and then go on", async () => {
    const one = await target();
    await hook({ url: one.url });
    let [writes, away] = [0, true];
    house.over = (store) => ({
      read: (work) => store.read(work),
      transaction: async (work) => {
        writes++;
        await new Promise((resolve) => setImmediate(resolve));
        if (away) throw new DatabaseError("database.away");
        return store.transaction(work);
      },
    });
    await house.shut();
    await house.listen();
    await house.says(kitchen, "temperature", 1);
    const faults = (): number => house.log.filter((line) => line.startsWith("api.fault")).length;
    await until(() => faults() > 0, "the fault");
    for (let i = 0; i < 500; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(writes <= 2 && faults() <= 2, `${writes} tries, ${faults()} lines`);
    away = false;
    house.interface?.kick();
    await until(() => one.heard.length === 1, "the event");
  });

  /** Turns of the event loop, in which whatever can go on has gone on. */
  async function turns(): Promise<void> {
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  async function patiently(): Promise<void> {
    await house.shut();
    house.patience = 20_000;
    await house.listen();
  }

  it("are in the hand of one Server, and another's once that has said nothing for half a minute", async () => {
    await patiently();
    const one = await target();
    one.answer = () => {};
    await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 1, "the first try");
    const heldUntil = () => Number(house.store.all("webhooks")[0]?.[1].heldUntil);
    const held = heldUntil();
    assert.equal(held, house.clock.now() + 30_000);
    const other = house.another();
    for (const pause of [0, 29_000]) {
      house.clock.advance(Milliseconds(pause));
      other.kick();
      await turns();
      assert.equal(heldUntil(), held);
    }
    house.clock.advance(Milliseconds(2_000));
    other.kick();
    await until(() => one.heard.length === 2, "the other's try");
    assert.equal(one.heard[0]?.id, one.heard[1]?.id);
    other.stop();
  });

  it("are two of a User that are tried at once; the next when one is over", async () => {
    await patiently();
    const [one, bobs] = [await target(), await target()];
    const answers: (() => void)[] = [];
    one.answer = (response) => void answers.push(() => response.writeHead(204).end());
    for (let i = 0; i < 4; i++) await hook({ url: one.url });
    await hook({ url: bobs.url }, await house.token(["webhooks"], "bob"));
    await house.says(kitchen, "temperature", 1);
    await until(() => one.heard.length === 2, "two tries");
    await house.says(cellar, "temperature", 2, "bob");
    await until(() => bobs.heard.length === 1, "Bob's event");
    await turns();
    assert.equal(one.heard.length, 2);
    for (let i = 3; i <= 4; i++) {
      answers.shift()?.();
      await until(() => one.heard.length === i, "the next");
      await turns();
      assert.equal(one.heard.length, i);
    }
  });

  it("are ended by their User, with what waits, and by nobody else", async () => {
    const one = await target();
    one.answer = () => {};
    const { id } = await hook({ url: one.url });
    await house.says(kitchen, "temperature", 1);
    const bob = await house.token(["webhooks"], "bob");
    assert.equal((await house.ask("DELETE", `/webhooks/${id}`, { token: bob })).status, 404);
    assert.equal((await house.ask("GET", `/webhooks/${id}/dead-letters`, { token: bob })).status, 404);
    assert.equal((await house.ask("DELETE", `/webhooks/${id}`, { token })).status, 204);
    for (const table of ["webhooks", "webhookTurns", "deliveries"] as const)
      assert.equal(house.store.size(table), 0);
  });
});
