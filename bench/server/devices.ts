import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { PneCommand } from "../../src/pne/ports.js";
import type { Leg } from "./leg.js";

/** Devices of one PN GW at once. */
export const crowd = 64;
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
export class Devices {
  readonly #clock = new VirtualClock(Milliseconds(Date.now()));
  readonly #network: Network;
  readonly #over = new Map<string, string>();

  constructor(leg: Leg) {
    this.#network = new Network({
      clock: this.#clock,
      seed: `load ${Date.now()}`,
      mtu: 247,
      interval: Milliseconds(30),
      latency: Milliseconds(0),
      pneSuite: nodeSuite,
      devices: crowdUsers.map((id) => ({ id, keypad: "matrix", secure: false, reachable: true }) as const),
      observer: {
        notice: ({ id }, notice) => {
          if (notice.kind === "failed") this.#over.set(id, notice.code);
          else if (["enrolled", "joined", "left", "message"].includes(notice.kind)) this.#over.set(id, "ok");
        },
      },
    });
    const { server } = this.#network;
    server.registerUser = async () => {};
    server.begin = (request) => leg.ask(request, 0, 16);
  }

  /** The PN GW gets its key, and the devices connect. */
  async start(): Promise<void> {
    await this.#network.start([]);
    const connected = (): number => this.#network.gateway.view.devices.length;
    await this.#clock.runWhile(() => connected() < crowd, Milliseconds(120_000));
    if (connected() < crowd) throw new Error(`${connected()} of ${crowd} devices are connected`);
  }

  /** All of them do the same at once. Throws when one of them cannot. */
  async all(command: (user: string) => PneCommand): Promise<void> {
    this.#over.clear();
    for (const id of crowdUsers) this.#network.device(id).command(command(id));
    await this.#clock.runWhile(() => this.#over.size < crowd, Milliseconds(120_000));
    const failed = [...this.#over.values()].filter((code) => code !== "ok");
    if (failed.length > 0 || this.#over.size < crowd)
      throw new Error(`${crowd - this.#over.size} late, ${failed}`);
    // What follows from it by itself is no part of what comes next.
    await this.#clock.runFor(Milliseconds(1_000));
  }

  enrol = (user: string): PneCommand => ({
    kind: "enrol",
    userID: ascii(user),
    password: ascii(passwordOf(user)),
  });
}
