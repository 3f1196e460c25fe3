import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";

/** Very many devices at one PN GW, each of a user of its own, which stay connected where there is room. */
export class Crowd {
  readonly clock = new VirtualClock();
  readonly network: Network;
  /** How each device's last wish came out: "enrolled", or the code of the error. */
  readonly codes = new Map<string, string>();
  /** Connections since the beginning, by device. */
  readonly connections = new Map<string, number>();
  readonly #specs: readonly DeviceSpec[];

  constructor(count: number, latency = 20) {
    this.#specs = Array.from({ length: count }, (_, i) => ({
      ...({ id: `pne-${i}`, keypad: "matrix", secure: false, reachable: true } as const),
    }));
    this.network = new Network({
      clock: this.clock,
      seed: "crowd",
      mtu: 185,
      interval: Milliseconds(30),
      latency: Milliseconds(latency),
      devices: this.#specs,
      pneSuite: nodeSuite,
      observer: {
        notice: ({ id }, notice) => {
          if (notice.kind === "enrolled") this.codes.set(id, "enrolled");
          if (notice.kind === "failed") this.codes.set(id, notice.code);
        },
        link: ({ id }, up) => {
          if (up) this.connections.set(id, (this.connections.get(id) ?? 0) + 1);
        },
      },
    });
  }

  /** Until as many are connected as there is room for. */
  async start(): Promise<this> {
    await this.network.start(this.#specs.map(({ id }) => ({ userID: id, password: `${id}'s own` })));
    const room = Math.min(this.#specs.length, 64);
    await this.clock.runWhile(() => this.network.gateway.view.devices.length < room, Milliseconds(120_000));
    return this;
  }

  /** All enrol at once; the milliseconds until the last one is told. */
  async enrolAtOnce(): Promise<number> {
    const from = this.clock.now();
    for (const { id } of this.#specs) {
      const credentials = { userID: ascii(id), password: ascii(`${id}'s own`) };
      this.network.device(id).command({ kind: "enrol", ...credentials });
    }
    await this.clock.runWhile(() => this.codes.size < this.#specs.length, Milliseconds(120_000));
    return this.clock.now() - from;
  }

  /** How many ended how. */
  get outcomes(): Readonly<Record<string, number>> {
    const outcomes: Record<string, number> = {};
    for (const code of this.codes.values()) outcomes[code] = (outcomes[code] ?? 0) + 1;
    return outcomes;
  }
}
