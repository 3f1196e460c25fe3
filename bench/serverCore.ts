import { nodeSuite } from "../hosts/node/nodeSuite.js";
import { Network } from "../hosts/simulator/network/network.js";
import { VirtualClock } from "../hosts/simulator/world/clock.js";
import { ascii } from "../src/base/octets.js";
import { Milliseconds } from "../src/base/units.js";
import type { Method } from "../src/codec/methods.js";
import type { Rows } from "../src/database/port.js";
import type { PneCommand } from "../src/pne/ports.js";
import { maximumMembers } from "../src/protocols/network/messages.js";
import { type Primitives, primitives, TapedServer } from "./tapedServer.js";

/**
 * What the Server's own code takes on this machine, tables in memory and nothing of HTTPS, and how much of it the
 * primitives of node:crypto are, those that seal rows among them. CPU of the process, which does nothing else meanwhile.
 */

/** Of one operation: milliseconds of CPU, the least of several batches; what part of it is in primitives; and counts. */
export interface Cost {
  readonly name: string;
  readonly all: number;
  readonly share: number;
  readonly counts: Counts;
}

/** Of one operation; they depend on no machine. */
interface Counts {
  readonly commits: number;
  /** Rows, and lists of rows, that the database was asked for. */
  readonly read: number;
  readonly written: number;
  readonly opened: number;
  readonly sealed: number;
  readonly derivations: number;
  /** Of rows' keys too. */
  readonly macs: number;
}

/** Counts calls, and adds up the time of those of primitives. */
class Meter {
  primitives = 0;
  readonly #calls = new Map<string, number>();
  #depth = 0;

  wrapped(of: Primitives): Primitives {
    const { curve, ...suite } = of.suite;
    return {
      suite: { ...this.#timed(suite, ""), curve: this.#timed(curve, "") },
      rows: this.#timed(of.rows, "row "),
      random: this.#timed(of.random, ""),
    };
  }

  rows(of: Rows): Rows {
    this.#count("transaction");
    const counted = Object.entries(of).map(([name, call]) => [
      name,
      (...given: readonly unknown[]) => {
        this.#count(`rows ${name}`);
        return call(...given);
      },
    ]);
    return Object.fromEntries(counted) as Rows;
  }

  clear(): void {
    this.primitives = 0;
    this.#calls.clear();
  }

  counts(times: number): Counts {
    const of = (...names: readonly string[]): number =>
      names.reduce((sum, name) => sum + (this.#calls.get(name) ?? 0), 0) / times;
    return {
      commits: of("transaction"),
      read: of("rows get", "rows find", "rows page"),
      written: of("rows put", "rows delete"),
      opened: of("row open"),
      sealed: of("row seal"),
      derivations: of("hkdf"),
      macs: of("hmac", "row hmac"),
    };
  }

  #count(name: string): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
  }

  #timed<T extends object>(of: T, prefix: string): T {
    const made = Object.entries(of).map(([name, value]) => [name, this.#function(value, `${prefix}${name}`)]);
    return Object.fromEntries(made) as T;
  }

  /** One that calls another counts its time once. */
  #function(value: unknown, name: string): unknown {
    if (typeof value !== "function") return value;
    return (...given: readonly unknown[]): unknown => {
      this.#count(name);
      const began = performance.now();
      this.#depth++;
      try {
        return value(...given);
      } finally {
        if (--this.#depth === 0) this.primitives += performance.now() - began;
      }
    };
  }
}

const user = Object.freeze({ userID: "alice", password: "wonderland" });
const batches = 8;

/** Milliseconds of CPU, of all threads. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user: own, system } = process.cpuUsage(before);
  return (own + system) / 1_000;
}

class Bench {
  readonly #clock = new VirtualClock();
  readonly #meter = new Meter();
  readonly #plain = new TapedServer(this.#clock, primitives);
  readonly #metered = new TapedServer(this.#clock, this.#meter.wrapped(primitives), (rows) =>
    this.#meter.rows(rows),
  );
  readonly network: Network;

  constructor(devices: number, methods?: readonly Method[]) {
    const spec = { keypad: "matrix", secure: false, reachable: true, ...(methods && { methods }) } as const;
    this.network = new Network({
      ...{ clock: this.#clock, seed: "bench", mtu: 247, interval: Milliseconds(30) },
      devices: Array.from({ length: devices }, (_, i) => ({ id: `d${i}`, ...spec })),
      pneSuite: nodeSuite,
    });
    const { server } = this.network;
    server.begin = (request) => this.#plain.begin(request);
    server.registerUser = (userID, password) => this.#plain.server.registerUser(userID, password);
  }

  async start(): Promise<this> {
    await this.network.start([user]);
    await this.pass(2);
    return this;
  }

  pass(seconds: number): Promise<void> {
    return this.#clock.runFor(Milliseconds(seconds * 1000));
  }

  command(index: number, command: PneCommand): void {
    this.network.device(`d${index}`).command(command);
  }

  async enrol(index: number): Promise<void> {
    this.command(index, { kind: "enrol", userID: ascii(user.userID), password: ascii(user.password) });
    await this.pass(10);
    if (this.network.device(`d${index}`).pne?.view.keys !== "enrolled")
      throw new Error(`no key for d${index}`);
  }

  /** What the Server was asked for by this, asked again, `times` in a batch. */
  async cost(name: string, times: number, work: () => Promise<void>): Promise<Cost> {
    const tape = await this.#plain.tape(work);
    let all = Number.POSITIVE_INFINITY;
    let share = 0;
    for (let batch = 0; batch < batches; batch++) {
      all = Math.min(all, (await this.#plain.again(tape, times, cpuOf)) / times);
    }
    let least = Number.POSITIVE_INFINITY;
    for (let batch = 0; batch < batches; batch++) {
      this.#meter.clear();
      const began = await this.#metered.again(tape, times, async (again) => {
        const before = performance.now();
        await again();
        return performance.now() - before;
      });
      if (began < least) [least, share] = [began, this.#meter.primitives / began];
    }
    return { name, all, share, counts: this.#meter.counts(times) };
  }
}

/** An enrolment through a PN GW that has a session, by this method. */
export async function enrolmentCost(method: Method, name: string): Promise<Cost> {
  const bench = await new Bench(2, [method]).start();
  await bench.enrol(0);
  return bench.cost(`enrolment by ${name}`, 40, () => bench.enrol(1));
}

/** A PN GW and the Server, which prove themselves to each other. */
export async function authenticationCost(): Promise<Cost> {
  const bench = await new Bench(1).start();
  return bench.cost("authentication of a PN GW", 200, async () => {
    bench.network.gateway.command({ kind: "connect" }, (outcome) => {
      if ("error" in outcome) throw outcome.error;
    });
    await bench.pass(2);
  });
}

/** A PN of as many PNEs as there can be. */
export async function networkCost(): Promise<Cost> {
  const bench = await new Bench(maximumMembers).start();
  for (let index = 0; index < maximumMembers; index++) await bench.enrol(index);
  await bench.pass(20);
  return bench.cost(`PN of ${maximumMembers}`, 10, async () => {
    bench.command(0, { kind: "createPN", who: "all" });
    await bench.pass(3);
    for (let index = 1; index < maximumMembers; index++) bench.command(index, { kind: "acceptInvitation" });
    await bench.pass(15);
    const inside = bench.network.gateway.view.pns[0]?.members.length;
    if (inside !== maximumMembers) throw new Error(`${inside} of ${maximumMembers} are in the PN`);
  });
}
