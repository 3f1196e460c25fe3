import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ApiPorts, Call } from "../../../../hosts/server/api/route.js";
import { EventStreams, streamLimits } from "../../../../hosts/server/api/stream.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { Streams } from "../../../../src/server/programs/streams.js";
import type { OpenStream } from "../../../support/openStream.js";
import { until } from "../../../support/until.js";
import { type ApiHouse, cellar, eachInNewHouse, kitchen } from "./apiHouse.js";

let house: ApiHouse;
let token = "";
const open: OpenStream[] = [];
function inNewHouse(): void {
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  eachInNewHouse(["stream"], (made, its) => {
    house = made;
    token = its;
  });
}

async function stream(after?: string, query = "", by = token): Promise<OpenStream> {
  const one = await house.open({ token: by, ...(after && { headers: { "Last-Event-ID": after } }) }, query);
  open.push(one);
  return one;
}
const values = (one: OpenStream): unknown[] => one.events.map(({ data }) => JSON.parse(data).value);

describe("streams at one Server", () => {
  it("are 2 000 of all Users; the next one has to wait until one ends", async () => {
    const streams = { listen: async () => () => {} } as unknown as Streams;
    const all = new EventStreams({ ports: {} as ApiPorts, streams, log: () => {} });
    const responses: EventEmitter[] = [];
    const opened = async (n: number): Promise<unknown> => {
      const response = new EventEmitter();
      const user = { identity: Uint8Array.of(n >> 8, n & 0xff) };
      const call = { user, query: new URLSearchParams(), request: { headers: {} }, response };
      const answer = await all.route.run(call as unknown as Call);
      responses.push(response);
      return answer;
    };
    for (let n = 0; n < streamLimits.all; n++) await opened(n);
    assert.equal(all.count, 2_000);
    await assert.rejects(opened(streamLimits.all), /api\.tooMany/);
    responses[0]?.emit("close");
    await opened(streamLimits.all);
    assert.equal(all.count, 2_000);
    for (const response of responses) response.emit("close");
    assert.equal(all.count, 0);
    all.stop();
  });

  it("are cut when more than 65,536 octets of them wait for who reads slowly", async () => {
    const streams = { listen: async () => () => {} } as unknown as Streams;
    const logged: unknown[] = [];
    const store = { read: async () => [] };
    const log = (event: string, fields?: object): void => void logged.push([event, fields]);
    const all = new EventStreams({ ports: { store } as unknown as ApiPorts, streams, log });
    for (const [writableLength, cut] of [
      [65_536, false],
      [65_537, true],
    ] as const) {
      const written: string[] = [];
      const response = Object.assign(new EventEmitter(), {
        ...{ writableLength, destroyed: false },
        writeHead: () => response,
        flushHeaders: () => {},
        write: (text: string) => void written.push(text),
        destroy: () => {
          response.destroyed = true;
          response.emit("close");
        },
      });
      const user = { identity: Uint8Array.of(1) };
      const call = {
        user,
        query: new URLSearchParams(),
        request: { headers: {} },
        response,
        still: () => true,
      };
      await all.route.run(call as unknown as Call);
      await all.beat();
      assert.ok(written.length > 0);
      assert.equal(response.destroyed, cut);
      response.emit("close");
    }
    assert.deepEqual(logged, [["api.streamSlow", { waiting: 65_537 }]]);
    all.stop();
  });
});

describe("streams of events", () => {
  inNewHouse();

  it("tell each event once, in its order, with what it is", async () => {
    const one = await stream();
    assert.equal(one.status, 200);
    await house.says(kitchen, "temperature", 21.5);
    await house.says(cellar, "lamp", true);
    const first = await one.next("reading");
    assert.equal(first.id, "1");
    assert.deepEqual(JSON.parse(first.data), {
      id: "1",
      type: "reading",
      device: kitchen,
      topic: "temperature",
      kind: "number",
      unit: "°C",
      value: 21.5,
      at: new Date(house.clock.now()).toISOString(),
    });
    assert.equal((await one.next("reading")).id, "2");
    assert.equal(one.events.length, 2);
  });

  it("go on where they were cut, by Last-Event-ID or ?after=, and begin now without one", async () => {
    for (let i = 1; i <= 5; i++) await house.says(kitchen, "temperature", i);
    const resumed = await stream("3");
    await resumed.next("reading");
    await resumed.next("reading");
    const asked = await stream(undefined, "?after=4");
    await asked.next("reading");
    const fresh = await stream();
    await house.says(kitchen, "temperature", 6);
    for (const one of [resumed, asked, fresh]) await one.next("reading");
    assert.deepEqual([values(resumed), values(asked), values(fresh)], [[4, 5, 6], [5, 6], [6]]);
    // An id of another User's, or of a Server that was: from now on.
    const strange = await stream("999");
    await house.says(kitchen, "temperature", 7);
    await strange.next("reading");
    assert.deepEqual(values(strange), [7]);
  });

  it("go on after the Server was started anew", async () => {
    const one = await stream();
    await house.says(kitchen, "temperature", 1);
    const { id } = await one.next("reading");
    await house.shut();
    await until(() => one.ended, "the end");
    await house.listen();
    await house.says(kitchen, "temperature", 2);
    const again = await stream(id);
    assert.deepEqual(JSON.parse((await again.next("reading")).data).value, 2);
  });

  it("say how much they have missed: 256 events are kept, for an hour", async () => {
    for (let i = 1; i <= 300; i++) await house.says(kitchen, "temperature", i);
    assert.equal(house.store.size("events"), 256);
    const one = await stream("4");
    assert.deepEqual(JSON.parse((await one.next("missed")).data), { count: 40 });
    assert.equal(JSON.parse((await one.next("reading")).data).value, 45);
    await until(() => one.events.length === 257, "the rest");
    house.clock.advance(Milliseconds(3_600_001));
    await house.says(kitchen, "temperature", 301);
    const late = await stream("200");
    assert.deepEqual(JSON.parse((await late.next("missed")).data), { count: 100 });
    assert.equal(JSON.parse((await late.next("reading")).data).value, 301);
  });

  it("have missed nothing when they begin after a back-up was put back, whose floor is above all numbers", async () => {
    await house.says(kitchen, "temperature", 1);
    await house.store.transaction((tables) => tables.settings.put("restored", { count: 5_000_000 }));
    const one = await stream();
    await house.says(kitchen, "temperature", 2);
    assert.equal((await one.next("reading")).id, "5000000001");
    assert.deepEqual(
      one.events.filter(({ event }) => event === "missed"),
      [],
    );
  });

  it("say what they have missed at once, though nothing comes after it, and look for it no more", async () => {
    await house.shut();
    house.shared = true;
    let looks = 0;
    house.over = (store) => ({
      transaction: (work) => store.transaction(work),
      read: (work) =>
        store.read((tables) => {
          const events = {
            ...tables.events,
            page: async (...asked: Parameters<typeof tables.events.page>) => {
              looks++;
              const rows = await tables.events.page(...asked);
              assert.ok(
                rows.every(({ value }) => value.identity[0] === 0x61),
                "rows of others",
              );
              return rows;
            },
          };
          return work({ ...tables, events: events as typeof tables.events });
        }),
    });
    await house.listen();
    await house.says(cellar, "lamp", true, "bob");
    for (let i = 0; i < 3; i++) await house.says(kitchen, "temperature", i);
    house.clock.advance(Milliseconds(3_600_001));
    await house.says(cellar, "lamp", true, "bob");
    const one = await stream("1");
    assert.deepEqual(JSON.parse((await one.next("missed")).data), { count: 2 });
    await house.interface?.beat();
    await until(() => one.lastID === "3", "the sign of life");
    const before = looks;
    for (let i = 0; i < 3; i++) {
      await until(() => house.clock.armed > 0, "the look");
      house.clock.advance(Milliseconds(2_000));
    }
    await until(() => house.clock.armed > 0, "the look");
    assert.equal(looks, before);
    await house.says(kitchen, "temperature", 4);
    assert.equal((await one.next("reading")).id, "4");
    assert.equal(one.events.filter(({ event }) => event === "missed").length, 1);
  });

  it("are of one User: nobody hears of another's devices", async () => {
    const bob = await stream(undefined, "", await house.token(["stream"], "bob"));
    const alice = await stream();
    await house.says(kitchen, "temperature", 1);
    await alice.next("reading");
    await house.says(cellar, "temperature", 2, "bob");
    await bob.next("reading");
    assert.deepEqual([values(bob), values(alice)], [[2], [1]]);
  });

  it("are of one device or topic where that is asked for, and are taken up behind all the same", async () => {
    const one = await stream(undefined, `?device=${kitchen}&topic=lamp`);
    await house.says(kitchen, "temperature", 1);
    await house.says(cellar, "lamp", true);
    await house.says(kitchen, "lamp", false);
    assert.equal((await one.next("reading")).id, "3");
    await house.says(kitchen, "temperature", 2);
    await until(() => house.store.size("events") === 4, "the event");
    await house.interface?.beat();
    await until(() => one.lastID === "4", "the sign of life");
    assert.equal(one.events.length, 1);
  });

  it("end when their token does", async () => {
    const one = await stream();
    const page = await house.open({ headers: { "CPNS-Session": await house.session() } });
    open.push(page);
    await house.interface?.beat();
    assert.equal(one.ended, false);
    await house.store.transaction(async ({ apiTokens }) => {
      for (const [id] of house.store.all("apiTokens")) await apiTokens.delete(id);
    });
    await house.interface?.beat();
    await until(() => one.ended, "the end");
    assert.equal(page.ended, false);
  });

  it("are sixteen of a User", async () => {
    for (let i = 0; i < 16; i++) assert.equal((await stream()).status, 200);
    assert.equal((await stream()).status, 429);
    open.pop()?.close();
    open.pop()?.close();
    await until(() => house.interface?.streams === 15, "one less");
    assert.equal((await stream()).status, 200);
    assert.equal((await stream(undefined, "", await house.token(["stream"], "bob"))).status, 200);
  });

  it("of who does not read are cut, and others go on", async () => {
    const slow = await stream();
    const quick = await stream();
    slow.stall();
    const text = "x".repeat(500);
    for (let i = 0; i < 12_000 && !house.log.some((line) => line.startsWith("api.streamSlow")); i++) {
      await house.says(kitchen, "text", text);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(
      house.log.some((line) => line.startsWith("api.streamSlow")),
      "the slow one is cut",
    );
    await house.says(kitchen, "temperature", 1);
    await until(() => values(quick).at(-1) === 1, "the quick one's last");
    assert.equal(house.interface?.streams, 1);
  });

  it("hear of what another Server on the database has taken", async () => {
    await house.shut();
    house.shared = true;
    await house.listen();
    const one = await stream();
    const here = house.interface;
    const other = house.another();
    house.interface = other;
    await house.says(kitchen, "temperature", 5);
    house.interface = here;
    assert.equal(one.events.length, 0);
    await until(() => house.clock.armed > 0, "the look");
    house.clock.advance(Milliseconds(2_000));
    await one.next("reading");
    other.stop();
  });
});
