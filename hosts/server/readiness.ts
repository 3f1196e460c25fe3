import { performance } from "node:perf_hooks";
import { hex } from "../../src/base/octets.js";
import { type Clock, type Random, randomOctets } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import type { ServerStore } from "../../src/database/store.js";

export interface ReadinessPorts {
  readonly store: Pick<ServerStore, "transaction">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
}

/** However often it is asked, the database is written to no more often than this. */
const lastsFor = 1_000;
/** Who asks waits no longer: a database that does not answer is away. */
const patience = 3_000;
/** Of the row, which is swept when the Server has gone. */
const rowLifetime = 60_000;

/**
 * Whether requests would be answered now. Almost each of them writes, so one row is written, durably, and put over the one
 * before: a disk without room and a database that only reads look well to whoever reads.
 */
export class Readiness {
  readonly #ports: ReadinessPorts;
  readonly #patience: number;
  readonly #name: string;
  #asked = Number.NEGATIVE_INFINITY;
  /** The last write, and whether it is over: another one begins only then. */
  #written: Promise<boolean> = Promise.resolve(false);
  #over = true;
  #stopping = false;

  /** `patience` in place of three seconds, for tests. */
  constructor(ports: ReadinessPorts, within = patience) {
    this.#ports = ports;
    this.#patience = within;
    // Several Servers on one database never wait for each other's row.
    this.#name = `ready/${hex(randomOctets(ports.random, 8))}`;
  }

  async ready(): Promise<boolean> {
    if (!this.#stopping && this.#over && performance.now() - this.#asked >= lastsFor) {
      this.#asked = performance.now();
      this.#over = false;
      this.#written = this.#write();
    }
    return (await this.#inTime()) && !this.#stopping;
  }

  async #write(): Promise<boolean> {
    const { store, clock } = this.#ports;
    try {
      await store.transaction(async ({ budgets }) => {
        const at = clock.now();
        await budgets.put(this.#name, { spent: 0, at, endsAt: Milliseconds(at + rowLifetime) });
      });
      return true;
    } catch {
      return false;
    } finally {
      this.#over = true;
    }
  }

  async #inTime(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#patience);
    });
    try {
      return await Promise.race([this.#written, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The Server is about to stop: not ready from now on. */
  stop(): void {
    this.#stopping = true;
  }
}
