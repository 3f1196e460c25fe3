import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { openServer } from "../../../hosts/server/open.js";
import { hex } from "../../../src/base/octets.js";
import { silentLog } from "../../../src/base/ports.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import { everyFault } from "../../support/everyFault.js";
import { freePort, Household, password, serverFile } from "../../support/household.js";
import { MemoryStore } from "../../support/memoryStore.js";
import { operated } from "../../support/operator.js";
import { TemporaryPostgres } from "../../support/postgres.js";
import { Program, ran } from "../../support/programs.js";
import { RoundRobin } from "../../support/roundRobin.js";
import { until } from "../../support/until.js";

/** What a gateway sends up in an enrolment and a joining, over connections that it has: its requests. */
const requests = 6;
/** How long after a request has reached the Server that is killed, in milliseconds: before or after it has committed. */
const delays = [0, 2, 8];
const points = everyFault
  ? Array.from({ length: requests }, (_, i) => delays.map((delay) => [i + 1, delay] as const)).flat()
  : ([
      [3, 0],
      [5, 2],
    ] as const);
const servers = 3;

/** For the database to be away. */
const pause = everyFault ? 30_000 : 1_000;

/** Three Servers with data folders of their own on one PostgreSQL, a balancer before them, and a gateway. */
class Operator {
  readonly home = new Household();
  readonly #database: string;
  readonly #ports: number[] = [];
  readonly #running: Program[] = [];
  readonly devices: MemoryStore[] = [];
  balancer: RoundRobin | undefined;
  gateway: Program | undefined;

  constructor(database: string) {
    this.#database = database;
  }

  #folder(index: number): string {
    return join(this.home.folder, `server-${index}`);
  }

  async start(): Promise<void> {
    for (let i = 0; i < servers; i++) this.#ports.push(await freePort());
    // The first start makes keys and certificate, which all of them share.
    await this.serve(0);
    for (let i = 1; i < servers; i++) {
      for (const name of ["server.keys", "tls-cert.pem", "tls-key.pem"])
        cpSync(join(this.#folder(0), name), join(this.#folder(i), name));
    }
    await Promise.all(Array.from({ length: servers - 1 }, (_, i) => this.serve(i + 1)));
    this.balancer = await RoundRobin.before(this.#ports);
    const open = await this.open();
    await open.database.close();
    this.home.port = this.balancer.port;
    this.gateway = await this.home.gateway();
  }

  /** Starts the Server of this number, or starts it again. */
  async serve(index: number): Promise<void> {
    const place = ["--listen", `127.0.0.1:${this.#ports[index]}`, "--hosts", "127.0.0.1"];
    const args = ["--data", this.#folder(index), ...place, "--metrics", "127.0.0.1:0"];
    const program = new Program(serverFile, args, "", { CPNS_DATABASE: this.#database });
    this.#running[index] = program;
    const [, pin = ""] = await program.says(/--pin (sha256\/\S+)/);
    this.home.pin = pin;
  }

  kill(index: number): void {
    void this.#running[index]?.kill();
  }

  /** Until one of them has logged that. */
  async refused(line: RegExp): Promise<void> {
    const said = (): boolean => this.#running.some(({ errors }) => line.test(errors));
    await until(said, `${line}`);
  }

  open(): ReturnType<typeof openServer> {
    const values = { data: this.#folder(0), database: this.#database, realm: "cpns.example" };
    return openServer(values, silentLog, false);
  }

  operate(...command: readonly string[]): ReturnType<typeof operated> {
    return operated([...command, "--data", this.#folder(0)], { CPNS_DATABASE: this.#database });
  }

  /** A new device that is enrolled and joins, while the Server that gets the nth request is killed. */
  async joinsThrough(point: number, delay: number): Promise<void> {
    const store = new MemoryStore();
    this.devices.push(store);
    const hand = this.home.device(store);
    let count = 0;
    let killed: number | undefined;
    assert.ok(this.balancer);
    this.balancer.onUp = (index) => {
      if (++count !== point) return;
      killed = index;
      setTimeout(() => this.kill(index), delay);
    };
    await hand.persists("alice", /^home: In the network/);
    this.balancer.onUp = undefined;
    assert.notEqual(killed, undefined, `there are only ${count}`);
    if (killed !== undefined) await this.serve(killed);
    hand.device?.stop();
  }

  async close(): Promise<void> {
    for (const program of this.#running) await program.kill();
    await this.home.close();
    await this.balancer?.close();
  }
}

describe("three Servers on one PostgreSQL, one killed in the middle of each step", function () {
  this.timeout(400_000);
  let postgres: TemporaryPostgres;
  let operator: Operator;
  before(async function () {
    postgres = await TemporaryPostgres.start(this);
    const database = postgres.fresh("several");
    operator = new Operator(database);
    await operator.start();
    const added = await ran(
      serverFile,
      ["users", "add", "alice", "--data", join(operator.home.folder, "server-0")],
      `${password}\n`,
      { CPNS_DATABASE: database },
    );
    assert.equal(added.code, 0, added.errors);
    const { code, errors } = await operator.home.ask("enrol");
    assert.equal(code, 0, errors);
  });
  after(async () => {
    await operator?.close();
    await postgres?.remove();
  });

  for (const [point, delay] of points) {
    it(`goes on by the others when that is ${delay} ms after request ${point}`, async () => {
      await operator.joinsThrough(point, delay);
    });
  }

  it(`goes on by itself after the database was stopped for ${pause / 1000} s`, async () => {
    const store = new MemoryStore();
    operator.devices.push(store);
    await postgres.pause();
    const hand = operator.home.device(store);
    const joined = hand.persists("alice", /^home: In the network/);
    await operator.refused(/"http\.unavailable","error":"database\.away"/);
    await new Promise((resolve) => setTimeout(resolve, pause));
    await postgres.resume();
    await joined;
    hand.device?.stop();
  });

  it("has lost nothing: every key that a device holds opens at the Server, every committed key is one that a device holds", async () => {
    const held = new Map<string, string>();
    for (const flash of operator.devices) {
      const { keys, entityID } = new KeyStore(flash, nodeSuite);
      assert.ok(entityID);
      assert.ok(keys.at === "enrolled", keys.at);
      held.set(hex(entityID), hex(keys.committed.key));
    }
    const { store, database } = await operator.open();
    const committed = new Map<string, string>();
    const all = await store.read(({ entities }) => entities.page("", 200));
    const again = await store.read(async ({ entities }) => {
      for (const { key, value } of all) {
        const found = await entities.get(key);
        if (value.role === "pne" && found) committed.set(key, hex(found.committed.key));
      }
      return committed;
    });
    await database.close();
    assert.deepEqual([...again].sort(), [...held].sort());
    assert.match(operator.gateway?.errors ?? "", /"server\.away"/, "the gateway has noticed");
    const checked = await operator.operate("check");
    assert.equal(checked.code, 0, checked.errors);
  });
});
