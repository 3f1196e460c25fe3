import { aes256Gcm } from "../hosts/node/database/aes.js";
import { nodeRandom, nodeSuite } from "../hosts/node/nodeSuite.js";
import { serverID } from "../hosts/simulator/network/gatewayPlace.js";
import { MemoryDatabase } from "../hosts/simulator/world/memoryDatabase.js";
import { equalBytes } from "../src/base/octets.js";
import { type Clock, type Random, silentLog } from "../src/base/ports.js";
import type { Milliseconds } from "../src/base/units.js";
import { Secret } from "../src/crypto/secret.js";
import type { CurveSuite, Suite } from "../src/crypto/suite.js";
import type { Rows } from "../src/database/port.js";
import { type Aead, Sealer } from "../src/database/sealing.js";
import { Store } from "../src/database/store.js";
import { Server } from "../src/server/server.js";
import type { Answered } from "../src/server/sessions.js";

/** What a Server is made with: of its suite, of the sealing of rows, and random octets. */
export interface Primitives {
  readonly suite: CurveSuite;
  readonly rows: Aead & Pick<Suite, "hmac">;
  readonly random: Random;
}

/** As a Server on Node has them. */
export const primitives: Primitives = Object.freeze({
  suite: nodeSuite,
  rows: { ...aes256Gcm, hmac: nodeSuite.hmac },
  random: nodeRandom,
});

/** One request as it came, when, and what the Server answered. */
interface Asked {
  readonly request: Uint8Array;
  readonly at: Milliseconds;
  readonly answer: Uint8Array;
}

/** What came to a Server in some time: it can be asked of a Server in the same state once more. */
export interface Tape {
  readonly before: MemoryDatabase;
  readonly asked: readonly Asked[];
  /** Random octets that it drew meanwhile. */
  readonly drawn: readonly Uint8Array[];
}

const copyOf = (database: MemoryDatabase): MemoryDatabase => {
  const copy = new MemoryDatabase();
  copy.restore(database);
  return copy;
};

/**
 * A Server with its tables in memory. What it is asked can be kept, and asked of it again and again from the same state on,
 * without anybody else's work in between: what its own code takes once it is warm, whatever devices and PN GWs take.
 */
export class TapedServer {
  readonly server: Server;
  readonly #clock: Clock;
  #database = new MemoryDatabase();
  #asked: Asked[] = [];
  #drawn: Uint8Array[] = [];
  #again: readonly Uint8Array[] = [];
  #drawing = 0;
  #now: Milliseconds | undefined;

  constructor(clock: Clock, made: Primitives, observed = (rows: Rows): Rows => rows) {
    this.#clock = clock;
    const { suite, random } = made;
    const database = {
      transaction: <T>(work: (rows: Rows) => Promise<T>): Promise<T> =>
        this.#database.transaction((rows) => work(observed(rows))),
      read: <T>(work: (rows: Rows) => Promise<T>): Promise<T> =>
        this.#database.read((rows) => work(rows as Rows)),
      close: (): Promise<void> => this.#database.close(),
    };
    const own: Clock = {
      now: () => this.#now ?? clock.now(),
      after: (delay, fire) => clock.after(delay, fire),
    };
    const key = new Secret(new Uint8Array(32).fill(1));
    const sealer = new Sealer({ suite: made.rows, aead: made.rows, random, keys: [{ id: 0, key }] });
    this.server = new Server({
      ...{ suite, clock: own, log: silentLog, serverID },
      random: { fill: (into) => this.#draw(random, into) },
      store: new Store({ database, sealer, clock: own, random, log: silentLog }),
      secrets: { unknown: new Secret(new Uint8Array(32).fill(2)) },
      policy: { mayJoin: () => true },
      application: () => undefined,
    });
  }

  #draw(random: Random, into: Uint8Array): void {
    random.fill(into);
    const again = this.#again[this.#drawing++];
    if (again === undefined) this.#drawn.push(into.slice());
    else into.set(again);
  }

  /** Answers, and keeps what was answered at once: a poll that is held does nothing meanwhile. */
  async begin(request: Uint8Array): Promise<Answered> {
    const at = this.#clock.now();
    const answer = await this.server.begin(request);
    if (answer instanceof Uint8Array) this.#asked.push({ request, at, answer });
    return answer;
  }

  /** What is asked while `work` runs. */
  async tape(work: () => Promise<void>): Promise<Tape> {
    const before = copyOf(this.#database);
    [this.#asked, this.#drawn] = [[], []];
    await work();
    if (this.#asked.length === 0) throw new Error("the Server was asked nothing");
    return { before, asked: this.#asked, drawn: this.#drawn };
  }

  /**
   * The same again, so often, each time from the state that was before; returns what `measured` tells of it. Rejects when
   * the Server does not answer the same.
   */
  async again<T>(
    { before, asked, drawn }: Tape,
    times: number,
    measured: (work: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const [real, states] = [this.#database, Array.from({ length: times }, () => copyOf(before))];
    const answers: Answered[] = [];
    const work = async (): Promise<void> => {
      for (const state of states) {
        [this.#database, this.#again, this.#drawing] = [state, drawn, 0];
        for (const { request, at } of asked) {
          this.#now = at;
          answers.push(await this.server.begin(request));
        }
      }
    };
    const told = await measured(work);
    [this.#database, this.#again, this.#now] = [real, [], undefined];
    const same = answers.every((answer, i) => {
      const { answer: expected } = asked[i % asked.length] as Asked;
      return answer instanceof Uint8Array && equalBytes(answer, expected);
    });
    if (!same) throw new Error("the Server answered something else when it was asked again");
    return told;
  }
}
