import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { PneCommand } from "../../src/pne/ports.js";
import type { Leg } from "./leg.js";

/** Users whose passwords are known, and devices in all. */
export const crowd = 64;
/** Devices of one network at once. */
const group = 4;
/** Networks that work at the same time, each with its own PN GW. */
export const networks = crowd / group;
export const passwordOf = (user: string): string => `${user}'s own password`;
export const crowdUsers: readonly string[] = Object.freeze(
  Array.from({ length: crowd }, (_, i) => `user-${i}`),
);
/** Of the simulator's PN GW. */
export const operator = Object.freeze({ userID: "operator", password: "operator's own password" });

/**
 * The simulator's PN GW and devices with another Server: a real one over HTTPS. Their radio takes virtual time, which
 * stands while the Server works, so that all of the time that passes is the Server's and the clients' own.
 */
class Devices {
  readonly #clock = new VirtualClock(Milliseconds(Date.now()));
  readonly #network: Network;
  readonly #users: readonly string[];
  readonly #over = new Map<string, string>();

  constructor(leg: Leg, index: number) {
    this.#users = crowdUsers.slice(index * group, (index + 1) * group);
    this.#network = new Network({
      clock: this.#clock,
      seed: `load ${index} ${Date.now()}`,
      gatewayID: ascii(`bench-place-${index}`),
      mtu: 247,
      interval: Milliseconds(30),
      latency: Milliseconds(0),
      pneSuite: nodeSuite,
      devices: this.#users.map((id) => ({ id, keypad: "matrix", secure: false, reachable: true }) as const),
      observer: {
        notice: ({ id }, notice) => {
          if (notice.kind === "failed") this.#over.set(id, notice.code);
          else if (["enrolled", "joined", "left", "message"].includes(notice.kind)) this.#over.set(id, "ok");
        },
      },
    });
    const { server } = this.#network;
    server.registerUser = async () => {};
    server.begin = (request) => leg.ask(request, 1_000 + index, 16);
  }

  /** The PN GW gets its key, and the devices connect. */
  async start(): Promise<void> {
    await this.#network.start([]);
    const connected = (): number => this.#network.gateway.view.devices.length;
    await this.#clock.runWhile(() => connected() < group, Milliseconds(120_000));
    if (connected() < group) throw new Error(`${connected()} of ${group} devices are connected`);
  }

  /** All of them do the same at once. Throws when one of them cannot. */
  async all(command: (user: string) => PneCommand): Promise<void> {
    this.#over.clear();
    for (const id of this.#users) this.#network.device(id).command(command(id));
    await this.#clock.runWhile(() => this.#over.size < group, Milliseconds(120_000));
    const failed = [...this.#over.values()].filter((code) => code !== "ok");
    if (failed.length > 0 || this.#over.size < group)
      throw new Error(`${group - this.#over.size} late, ${failed}`);
    // What follows from it by itself is no part of what comes next.
    await this.#clock.runFor(Milliseconds(1_000));
  }
}

/** The devices of many PN GWs, which do everything at the same time. */
export class Crowd {
  readonly #all: readonly Devices[];

  constructor(leg: Leg) {
    this.#all = Array.from({ length: networks }, (_, i) => new Devices(leg, i));
  }

  async start(): Promise<void> {
    // All of these PN GWs are one User's, who has a budget of guesses.
    for (const one of this.#all) await one.start();
    await this.all((user) => ({ kind: "enrol", userID: ascii(user), password: ascii(passwordOf(user)) }));
  }

  /** All of them do the same, so often. Throws when one of them cannot. */
  async all(command: (user: string) => PneCommand, ...more: readonly (() => PneCommand)[]): Promise<void> {
    await Promise.all(
      this.#all.map(async (one) => {
        for (const each of [command, ...more]) await one.all(each);
      }),
    );
  }
}
