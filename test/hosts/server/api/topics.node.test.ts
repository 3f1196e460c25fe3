import assert from "node:assert/strict";
import { fromHex } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { Result } from "../../../../src/codec/results.js";
import { release } from "../../../../src/database/ownership.js";
import { until } from "../../../support/until.js";
import { type ApiHouse, bobsPhone, cellar, eachInNewHouse, kitchen } from "./apiHouse.js";

interface Shown {
  readonly device: string;
  readonly topic: string;
  readonly direction?: string;
  readonly last?: { readonly value: unknown; readonly at: string };
  readonly points: readonly { readonly at: string; readonly value: unknown }[];
}

let house: ApiHouse;
let token = "";
function inNewHouse(): void {
  eachInNewHouse(["read", "send"], (made, its) => {
    house = made;
    token = its;
  });
}

const minutes = (count: number): void => house.clock.advance(Milliseconds(count * 60_000));
async function topics(): Promise<readonly Shown[]> {
  return ((await house.ask("GET", "/topics", { token })).body as { topics: readonly Shown[] }).topics;
}
async function topic(name: string, device = kitchen): Promise<Shown> {
  const { status, body, text } = await house.ask("GET", `/devices/${device}/topics/${name}`, { token });
  assert.equal(status, 200, text);
  return body as Shown;
}

describe("topics at the interface for programs", () => {
  inNewHouse();

  it("show what the User's devices have said last, and of one device alone (C-30)", async () => {
    await house.says(kitchen, "temperature", 21.5);
    minutes(1);
    await house.says(kitchen, "temperature", 21.75);
    const all = await topics();
    assert.equal(all.length, 5);
    assert.deepEqual(all[0]?.last, { value: 21.75, at: new Date(house.clock.now()).toISOString() });
    assert.equal(all[1]?.last, undefined);
    const one = await house.ask("GET", `/topics?device=${cellar}`, { token });
    assert.deepEqual(one.body, { topics: [] });
    assert.equal((await house.ask("GET", `/topics?device=${bobsPhone}`, { token })).status, 404);
  });

  it("of what cannot be a device are unknown: no text gets as far as the database", async () => {
    const hooks = await house.token(["webhooks"]);
    const texts = [
      "\0",
      "ä",
      `${kitchen}\0`,
      kitchen.toUpperCase().replace(/\d/g, "A"),
      "6".repeat(66),
      "6",
      " ",
    ];
    for (const device of texts) {
      const path = `/topics?device=${encodeURIComponent(device)}`;
      assert.equal((await house.ask("GET", path, { token })).status, 404, device);
      const body = { url: "https://example.org/", device };
      assert.equal((await house.ask("POST", "/webhooks", { token: hooks, body })).status, 404, device);
    }
  });

  it("go on being shown when their device is in no network any more, until their day is over", async () => {
    await house.says(cellar, "temperature", 9);
    const [shown] = (await topics()).filter(({ device }) => device === cellar);
    assert.deepEqual([shown?.topic, shown?.direction, shown?.last?.value], ["temperature", undefined, 9]);
    minutes(24 * 60 + 2);
    assert.deepEqual(
      (await topics()).filter(({ device }) => device === cellar),
      [],
    );
  });

  it("have a history of at most 288 points, the last value of each five minutes", async () => {
    for (let i = 0; i < 900; i++) {
      await house.says(kitchen, "temperature", i);
      minutes(2);
    }
    const { points } = await topic("temperature");
    assert.ok(points.length <= 288 && points.length > 280, `${points.length}`);
    const first = Date.parse(points[0]?.at ?? "");
    assert.ok(first > house.clock.now() - 24 * 3_600_000 - 120_000, points[0]?.at);
    assert.equal(points.at(-1)?.value, 899);
    const parts = new Set(points.map(({ at }) => Math.floor(Date.parse(at) / 300_000)));
    assert.equal(parts.size, points.length);
  });

  it("have one of switches and events, too, and none of texts", async () => {
    await house.says(kitchen, "lamp", true);
    minutes(10);
    await house.says(kitchen, "lamp", false);
    await house.says(kitchen, "text", "hello");
    assert.deepEqual(
      (await topic("lamp")).points.map(({ value }) => value),
      [true, false],
    );
    const text = await topic("text");
    assert.deepEqual([text.last?.value, text.points], ["hello", []]);
  });

  it("are of at most 32 names a device: the one that ends first gives way", async () => {
    for (let i = 0; i < 40; i++) {
      await house.says(cellar, `t${i}`, 1);
      house.clock.advance(Milliseconds(1));
    }
    const names = (await topics()).filter(({ device }) => device === cellar).map(({ topic: name }) => name);
    assert.equal(names.length, 32);
    assert.equal(names.includes("t7"), false);
    assert.equal(names.includes("t39"), true);
  });

  it("are kept sealed, and not at all when the User or the operator wants none", async () => {
    await house.says(kitchen, "text", "a personal text");
    const lying = house.store.database
      .rows("readings")
      .map(({ value }) => Buffer.from(value).toString("latin1"));
    assert.equal(lying.length, 1);
    assert.equal(lying.join().includes("personal"), false);
    const session = await house.session();
    const put = await house.ask("PUT", "/settings", { session, body: { history: false } });
    assert.equal(put.status, 204);
    assert.equal(house.store.size("readings"), 0);
    await house.says(kitchen, "temperature", 1);
    assert.equal(house.store.size("readings"), 0);
    assert.deepEqual((await house.ask("GET", "/settings", { session })).body, {
      history: false,
      historyHours: 24,
    });
    await house.ask("PUT", "/settings", { session, body: { history: true } });
    await house.says(kitchen, "temperature", 1);
    assert.equal(house.store.size("readings"), 1);
    for (const body of [{}, { history: 1 }, { history: true, more: 1 }])
      assert.equal((await house.ask("PUT", "/settings", { session, body })).status, 400);
    await house.shut();
    house.history = 0;
    await house.listen();
    await house.says(kitchen, "lamp", true);
    assert.equal(house.store.size("readings"), 1);
  });

  it("go with their device, and never to its next owner", async () => {
    await house.says(kitchen, "temperature", 21.5);
    await house.store.transaction((tables) => release(tables, fromHex(kitchen), house.clock.now()));
    assert.equal(house.store.size("readings"), 0);
    assert.equal((await house.ask("GET", `/devices/${kitchen}/topics/temperature`, { token })).status, 404);
  });
});

describe("values that a program sends to a device", () => {
  inNewHouse();

  const send = (name: string, body: unknown, device = kitchen) =>
    house.ask("POST", `/devices/${device}/topics/${name}`, { token, body });

  it("arrive as what the topic is, and are answered when its application has them", async () => {
    for (const [name, value] of [
      ["lamp", true],
      ["ring", "press"],
      ["text", "Grüß Gott"],
      ["code", "00ff"],
    ] as const) {
      const { status, body } = await send(name, { value, within: 5 });
      assert.deepEqual([status, (body as { delivered: boolean }).delivered], [200, true], name);
    }
    assert.deepEqual(house.sent, [
      [kitchen, "lamp", true, 5_000],
      [kitchen, "ring", "press", 5_000],
      [kitchen, "text", "Grüß Gott", 5_000],
      [kitchen, "code", Uint8Array.of(0, 255), 5_000],
    ]);
  });

  it("of another kind, or of topics that the device does not take, go nowhere", async () => {
    for (const [name, value, status, code] of [
      ["lamp", 1, 422, "topic.kind"],
      ["lamp", "on", 422, "topic.kind"],
      ["lamp", null, 422, "topic.kind"],
      ["ring", "Not A Name", 422, "topic.kind"],
      ["text", "", 422, "topic.kind"],
      ["text", "x".repeat(513), 422, "topic.kind"],
      ["text", "\ud800", 422, "topic.kind"],
      ["code", "0", 422, "topic.kind"],
      ["code", "zz", 422, "topic.kind"],
      ["code", "00".repeat(513), 422, "topic.kind"],
      ["temperature", 1, 404, "topic.unknown"],
      ["oven", 1, 404, "topic.unknown"],
    ] as const) {
      const answer = await send(name, { value });
      assert.deepEqual(
        [answer.status, (answer.body as { code: string }).code],
        [status, code],
        `${name} ${value}`,
      );
    }
    for (const body of [{}, { value: 1, within: 0 }, { value: 1, within: 31 }, { value: 1, other: 1 }, [1]])
      assert.equal((await send("lamp", body)).status, 400);
    assert.equal((await send("lamp", { value: true }, bobsPhone)).status, 404);
    assert.deepEqual(house.sent, []);
  });

  it("that do not arrive are named: out of reach, refused, busy, not listed by its application", async () => {
    for (const [result, status, code] of [
      [Result.noRoute, 504, "result.noRoute"],
      [Result.busy, 503, "result.busy"],
      [Result.notListed, 422, "result.notListed"],
      [Result.refused, 502, "result.refused"],
    ] as const) {
      house.sendTopic = async () => result;
      const answer = await send("lamp", { value: true });
      assert.deepEqual([answer.status, (answer.body as { code: string }).code], [status, code]);
    }
    assert.equal(
      ((await send("lamp", { value: true }, cellar)).body as { code: string }).code,
      "result.noRoute",
    );
  });

  it("are eight at once of a User; others' do not wait for them", async () => {
    const waiting: ((result: Result) => void)[] = [];
    house.sendTopic = () => new Promise((resolve) => waiting.push(resolve));
    let refused = 0;
    const all = Array.from({ length: 12 }, async () => {
      const { status } = await send("lamp", { value: true });
      if (status === 429) refused++;
      return status;
    });
    await until(() => waiting.length === 8 && refused === 4, "eight that wait");
    for (const done of waiting.splice(0)) done(Result.ok);
    const statuses = (await Promise.all(all)).sort();
    assert.deepEqual(statuses, [...new Array(8).fill(200), ...new Array(4).fill(429)]);
    const again = send("lamp", { value: true });
    await until(() => waiting.length === 1, "another one");
    waiting[0]?.(Result.ok);
    assert.equal((await again).status, 200);
  });
});
