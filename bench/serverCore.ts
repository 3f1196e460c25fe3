import { nodeSuite } from "../hosts/node/nodeSuite.js";
import { Network } from "../hosts/simulator/network/network.js";
import { VirtualClock } from "../hosts/simulator/world/clock.js";
import { ascii } from "../src/base/octets.js";
import { Milliseconds } from "../src/base/units.js";
import type { Method } from "../src/codec/methods.js";
import type { CurveSuite } from "../src/crypto/suite.js";
import type { PneCommand } from "../src/pne/ports.js";
import { maximumMembers } from "../src/protocols/network/messages.js";

/**
 * What the Server's own code takes on this machine, tables in memory and nothing of HTTPS, and how much of it the
 * primitives of node:crypto are. One request is in flight at a time, so that time is CPU.
 */

/** Milliseconds of one operation, the least of several: at the Server, and of those inside its primitives. */
export interface Cost {
  readonly name: string;
  readonly all: number;
  readonly primitives: number;
}

class Meter {
  all = 0;
  primitives = 0;
  #depth = 0;

  /** The suite, with the time that its functions take; one that calls another counts once. */
  suite(): CurveSuite {
    const timed = <T extends object>(of: T): T => {
      const made = Object.entries(of).map(([name, value]) => [name, this.#timed(value)] as const);
      return Object.fromEntries(made) as T;
    };
    return { ...timed(nodeSuite), curve: timed(nodeSuite.curve) };
  }

  #timed(value: unknown): unknown {
    if (typeof value !== "function") return value;
    return (...given: readonly unknown[]): unknown => {
      const began = performance.now();
      this.#depth++;
      try {
        return value(...given);
      } finally {
        if (--this.#depth === 0) this.primitives += performance.now() - began;
      }
    };
  }

  async around<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.all += performance.now() - began;
    }
  }
}

const user = Object.freeze({ userID: "alice", password: "wonderland" });

class Bench {
  readonly #meter = new Meter();
  readonly #clock = new VirtualClock();
  readonly network: Network;

  constructor(devices: number, methods?: readonly Method[]) {
    const spec = { keypad: "matrix", secure: false, reachable: true, ...(methods && { methods }) } as const;
    this.network = new Network({
      ...{ clock: this.#clock, seed: "bench", mtu: 247, interval: Milliseconds(30) },
      devices: Array.from({ length: devices }, (_, i) => ({ id: `d${i}`, ...spec })),
      pneSuite: nodeSuite,
      serverSuite: this.#meter.suite(),
    });
    const { server } = this.network;
    const begin = server.begin.bind(server);
    server.begin = (request, source) => this.#meter.around(() => begin(request, source));
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

  /** The least that it has taken, of so many times after the first two. */
  async cost(
    name: string,
    times: number,
    work: (time: number) => Promise<void>,
    after?: () => Promise<void>,
  ): Promise<Cost> {
    let best: Cost = { name, all: Number.POSITIVE_INFINITY, primitives: 0 };
    for (let time = 0; time < times + 2; time++) {
      this.#meter.all = 0;
      this.#meter.primitives = 0;
      await work(time);
      const { all, primitives } = this.#meter;
      if (all === 0) throw new Error(`${name}: nothing was measured`);
      if (time > 1 && all < best.all) best = { name, all, primitives };
      await after?.();
    }
    return best;
  }
}

const most = 30;

/** An enrolment through a PN GW that has a session, by this method. */
export async function enrolmentCost(method: Method, name: string): Promise<Cost> {
  const bench = await new Bench(most + 2, [method]).start();
  return bench.cost(`enrolment by ${name}`, most, (time) => bench.enrol(time));
}

/** A PN GW and the Server, which prove themselves to each other. */
export async function authenticationCost(): Promise<Cost> {
  const bench = await new Bench(1).start();
  return bench.cost("authentication of a PN GW", most, async () => {
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
  const setUp = async (): Promise<void> => {
    bench.command(0, { kind: "createPN", who: "all" });
    await bench.pass(3);
    for (let index = 1; index < maximumMembers; index++) bench.command(index, { kind: "acceptInvitation" });
    await bench.pass(15);
    const inside = bench.network.gateway.view.pns[0]?.members.length;
    if (inside !== maximumMembers) throw new Error(`${inside} of ${maximumMembers} are in the PN`);
  };
  const end = async (): Promise<void> => {
    for (const { id: pn } of bench.network.gateway.view.pns)
      bench.network.gateway.command({ kind: "dissolvePN", pn }, () => {});
    await bench.pass(30);
  };
  return bench.cost(`PN of ${maximumMembers}`, 5, setUp, end);
}
