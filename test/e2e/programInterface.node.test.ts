import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { applications } from "../../apps/virtual.js";
import { ApiClient } from "../support/apiClient.js";
import { assertSigned, HookTarget } from "../support/hookTarget.js";
import { freePort, Household, password, serverFile } from "../support/household.js";
import { MemoryStore } from "../support/memoryStore.js";
import { TemporaryPostgres } from "../support/postgres.js";
import { Program, ran } from "../support/programs.js";
import { unlessFew } from "../support/sampled.js";
import { until } from "../support/until.js";

interface Topic {
  readonly device: string;
  readonly last?: { readonly value: unknown };
}

/** A lamp in a network at a gateway and a Server, each a process, and a program that switches it. */
class LampHouse extends Household {
  readonly #environment: Record<string, string>;
  token = "";
  log: Program | undefined;

  constructor(environment: Record<string, string>) {
    super();
    this.#environment = environment;
  }

  command(...args: readonly string[]): ReturnType<typeof ran> {
    return ran(serverFile, [...args, ...this.data], `${password}\n`, this.#environment);
  }

  serve(...args: readonly string[]): Promise<Program> {
    return this.server(args, this.#environment);
  }

  async furnish(...args: readonly string[]): Promise<ApiClient> {
    this.log = await this.serve(...args);
    for (const args of [
      ["users", "add", "alice"],
      ["tokens", "add", "alice", "test", "--scopes", "read,send,stream,webhooks"],
    ]) {
      const { code, out, errors } = await this.command(...args);
      assert.equal(code, 0, errors);
      this.token = out.trim();
    }
    await this.gateway();
    const enrolled = await this.ask("enrol");
    assert.equal(enrolled.code, 0, enrolled.errors);
    const hand = this.device(new MemoryStore(), applications.lamp);
    await hand.enrol();
    hand.enter();
    await this.shows(/with keypad, idle$/m);
    const inviting = this.ask("invite");
    await hand.sees("invited");
    // What has just come up is not answered by a key that was meant for something else.
    const asking = setInterval(() => {
      if (hand.text.startsWith("invited")) hand.enter();
    }, 300);
    const invited = await inviting;
    clearInterval(asking);
    assert.equal(invited.code, 0, invited.errors);
    return new ApiClient(this.port, this.token);
  }

  /** The lamp's ID, once the Server has heard of it. */
  async lamp(client: ApiClient): Promise<string> {
    let topics: readonly Topic[] = [];
    for (const end = Date.now() + 30_000; topics[0]?.last === undefined; ) {
      assert.ok(Date.now() < end, "the Server hears of the lamp");
      ({ topics } = (await client.ask("GET", "/topics")).body as { topics: readonly Topic[] });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return topics[0]?.device ?? "";
  }
}

describe("a lamp that a program switches over the Server", function () {
  this.timeout(180_000);
  let postgres: TemporaryPostgres | undefined;
  let house: LampHouse;
  before(async function () {
    // Real processes and browsers are asked once, on the fullest machine.
    unlessFew(this, "the interface for programs, by programs");
    postgres = await TemporaryPostgres.start(this);
  });
  after(() => postgres?.remove());
  afterEach(() => house.close());

  async function switched(client: ApiClient, streams: ApiClient): Promise<string> {
    const device = await house.lamp(client);
    const stream = await streams.stream();
    for (const value of [true, false]) {
      const sent = await client.ask("POST", `/devices/${device}/topics/lamp`, { value });
      assert.equal(sent.status, 200, JSON.stringify(sent.body));
      const { data } = await stream.next("reading");
      const event = JSON.parse(data) as { device: string; topic: string; value: boolean };
      assert.deepEqual([event.device, event.topic, event.value], [device, "lamp", value]);
    }
    stream.close();
    assert.equal((await client.ask("POST", `/devices/${device}/topics/lamp`, { value: 1 })).status, 422);
    return stream.lastID ?? "";
  }

  it("and that tells its state by a stream, also after the Server was killed, over SQLite (C-30)", async () => {
    house = new LampHouse({});
    const client = await house.furnish();
    const last = await switched(client, client);
    const device = await house.lamp(client);
    await client.ask("POST", `/devices/${device}/topics/lamp`, { value: true });
    await house.log?.kill();
    const log = house.log?.errors ?? "";
    await house.serve();
    const stream = await client.stream(last);
    assert.equal(JSON.parse((await stream.next("reading")).data).value, true);
    stream.close();
    assert.ok(log.length > 0, "there is a log");
    for (const secret of [house.token.slice(20, 40), password]) assert.equal(log.includes(secret), false);
  });

  it("and whose events reach a webhook, each, though the Server is killed in the middle of one", async () => {
    house = new LampHouse({});
    const target = await HookTarget.open();
    const client = await house.furnish("--webhooks", "any");
    try {
      const device = await house.lamp(client);
      const made = await client.ask("POST", "/webhooks", { url: target.url });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const { secret } = made.body as { secret: string };
      // It hangs: the Server is killed while the first event is under way and others wait.
      target.answer = () => {};
      for (const value of [true, false, true]) {
        const sent = await client.ask("POST", `/devices/${device}/topics/lamp`, { value });
        assert.equal(sent.status, 200, JSON.stringify(sent.body));
      }
      await until(() => target.heard.length === 1, "the first try");
      const stream = await client.stream("0");
      await until(() => stream.events.length >= 4, "what the lamp has said");
      stream.close();
      await house.log?.kill();
      target.answer = (response) => response.writeHead(204).end();
      await house.serve("--webhooks", "any");
      for (const end = Date.now() + 60_000; new Set(target.heard.map(({ id }) => id)).size < 3; ) {
        assert.ok(Date.now() < end, `all three; there are ${target.heard.map(({ id }) => id).join()}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      for (const heard of target.heard) assertSigned(heard, secret);
      const values = new Map(target.heard.map(({ id, body }) => [id, JSON.parse(body).value]));
      assert.deepEqual([...values.values()], [true, false, true]);
      const first = target.heard[0]?.id;
      assert.ok(
        target.heard.filter(({ id }) => id === first).length >= 2,
        "the first came again, under its id",
      );
      for (const { body, headers } of target.heard)
        for (const hidden of [house.token, password, secret])
          assert.equal((body + JSON.stringify(headers)).includes(hidden), false);
    } finally {
      await target.close();
    }
  });

  it("and that tells its state at another Server on the same PostgreSQL", async () => {
    const CPNS_DATABASE = postgres?.fresh("lamp") ?? "";
    house = new LampHouse({ CPNS_DATABASE });
    const client = await house.furnish();
    const folder = join(house.folder, "other");
    cpSync(join(house.folder, "server"), folder, { recursive: true });
    const port = await freePort();
    const place = ["--data", folder, "--listen", `127.0.0.1:${port}`, "--metrics", "127.0.0.1:0"];
    const other = new Program(serverFile, place, "", { CPNS_DATABASE });
    await other.says(/running/);
    try {
      await switched(client, new ApiClient(port, house.token));
      // The gateway listens at the first one: what is sent by the other comes there.
      const there = new ApiClient(port, house.token);
      const sent = await there.ask("POST", `/devices/${await house.lamp(there)}/topics/lamp`, {
        value: true,
      });
      assert.equal(sent.status, 200, JSON.stringify(sent.body));
    } finally {
      await other.kill("SIGTERM");
    }
    await until(() => /stopped/.test(other.out), "the end in good order");
  });
});
