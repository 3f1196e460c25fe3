import { createHmac } from "node:crypto";
import { wipe } from "../../../src/base/octets.js";
import type { Log } from "../../../src/base/ports.js";
import { type Due, dueWebhooks } from "../../../src/database/webhookTurns.js";
import { eventNumber } from "../../../src/server/programs/readings.js";
import { type Job, settleJob, takeJob } from "../../../src/server/programs/webhooks.js";
import type { ApiPorts } from "./route.js";
import { deliver, type Targets } from "./target.js";

/** Attempts at once: of this Server, and of one User, whose targets may all hang. */
const mostAtOnce = Object.freeze({ all: 32, ofUser: 2 });
/** For a target to take an event and say so. */
const patience = 10_000;
/** What is due by time, and what another Server has left, is looked for so often. */
const lookTime = 2_000;
/** Webhooks that are looked up together. */
const page = 64;

export interface DelivererOptions {
  readonly ports: ApiPorts;
  readonly targets: Targets;
  readonly log: Log;
  /** In place of ten seconds, for tests. */
  readonly patience?: number;
}

/** Headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA-256 over id, time and body. */
export function signed(
  key: Uint8Array,
  id: string,
  seconds: number,
  body: Uint8Array,
): Record<string, string> {
  const mac = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
  return {
    "Content-Type": "application/json",
    "Content-Length": `${body.length}`,
    "User-Agent": "cpns",
    "webhook-id": id,
    "webhook-timestamp": `${seconds}`,
    "webhook-signature": `v1,${mac}`,
  };
}

/**
 * Sends events to webhooks: of each the first that waits, then the next. What is in hand is written down, so that several
 * Servers share the work, and what a Server that was killed had in hand is sent again, under the same id.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #busy = new Map<string, string>();
  readonly #looking: NodeJS.Timeout | undefined;
  #again = false;
  #going = false;
  #stopped = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
    if (options.targets === "no") return;
    this.#looking = setInterval(() => this.kick(), lookTime).unref();
  }

  /** There may be something to send. */
  kick(): void {
    if (this.#stopped || this.#options.targets === "no") return;
    this.#again = true;
    if (this.#going) return;
    this.#going = true;
    this.#look()
      .catch((error: unknown) => this.#options.log.event("api.fault", { error: String(error) }))
      .finally(() => {
        this.#going = false;
        // Between the last look and here.
        if (this.#again) this.kick();
      });
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      if (this.#full) return;
      const { store, clock } = this.#options.ports;
      for await (const due of dueWebhooks(store, clock.now(), page)) {
        if (this.#stopped || this.#full) break;
        if (this.#busy.has(due.id) || this.#ofUser(due.owner) >= mostAtOnce.ofUser) continue;
        this.#busy.set(due.id, due.owner);
        void this.#deliver(due);
      }
    }
  }

  /** Whoever is over looks again. */
  get #full(): boolean {
    return this.#busy.size >= mostAtOnce.all;
  }

  #ofUser(owner: string): number {
    let count = 0;
    for (const one of this.#busy.values()) if (one === owner) count++;
    return count;
  }

  async #deliver(due: Due): Promise<void> {
    const { id } = due;
    const { ports, log } = this.#options;
    const { store, clock } = ports;
    let over = false;
    try {
      const job = await store.transaction((tables) => takeJob(tables, due, clock.now()));
      const failed = job && (await this.#attempt(job));
      if (job) await store.transaction((tables) => settleJob(ports, tables, job, failed, clock.now()));
      if (failed !== undefined) log.event("api.webhookFailed", { webhook: id, why: failed });
      over = true;
    } catch (error) {
      // It stays in hand for half a minute, or as it was, and is then tried again.
      log.event("api.fault", { error: String(error) });
    } finally {
      this.#busy.delete(id);
    }
    // A database that reads and does not write is asked again at the next look, not at once.
    if (over) this.kick();
  }

  async #attempt({ webhook, delivery, url, key, body }: Job): Promise<string | undefined> {
    const { ports, targets, patience: within = patience } = this.#options;
    const id = `${webhook}-${eventNumber(delivery)}`;
    const headers = signed(key, id, Math.floor(ports.clock.now() / 1_000), body);
    wipe(key);
    return deliver(url, { targets, headers, body, within });
  }

  /** Begins nothing more; what is under way is over within its ten seconds, or is sent again by who starts next. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#looking);
  }
}
