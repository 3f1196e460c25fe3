import { hex } from "../base/octets.js";
import type { Clock } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { Received } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { pushTo } from "../database/pushes.js";
import type { PushRecord } from "../database/rows/sessions.js";
import type { ServerStore, ServerTables } from "../database/store.js";
import type { poll } from "../protocols/push/messages.js";
import { PushServer } from "../protocols/push/server.js";
import { Doorbell } from "./doorbell.js";
import type { Held } from "./sessions.js";

/** A poll is held for so long when there is nothing to tell. */
export const holdTime = Milliseconds(25_000);
/** What another Server on the database has put is found after so long. */
const recheckTime = Milliseconds(5_000);

export interface PushesPorts {
  readonly clock: Clock;
  readonly store: ServerStore;
}

/** A push that is about to be put: all but when it ends and what comes of it. */
export type Push = Omit<PushRecord, "endsAt" | "result" | "awaited">;

/** What this Server tells PN GWs unasked: polls that it holds, and those who wait for what comes of a push. */
export class Pushes {
  readonly #ports: PushesPorts;
  readonly #bell: Doorbell;
  readonly #server: PushServer;
  /** The poll of each PN GW that is held. */
  readonly #held = new Map<string, symbol>();
  #stopping = false;

  constructor(ports: PushesPorts) {
    this.#ports = ports;
    this.#bell = new Doorbell(ports.clock);
    this.#server = new PushServer(ports);
  }

  /** Poll: answered at once when something waits, else held. */
  async poll(
    tables: ServerTables,
    gateway: Uint8Array,
    message: Received<typeof poll>,
  ): Promise<Uint8Array | Held> {
    for (const key of await this.#server.reported(tables, gateway, message)) {
      tables.afterwards(() => this.#bell.ring(key));
    }
    const answer = (now: ServerTables): Promise<Uint8Array | undefined> =>
      this.#server.waiting(now, gateway, message.exchange);
    return (
      (await answer(tables)) ?? {
        wait: () => this.#hold(gateway),
        answer: async (later) => (await answer(later)) ?? this.#server.nothing(message.exchange),
      }
    );
  }

  /** Its latest poll alone: a PN GW keeps one open, and each costs a look at the database every few seconds. */
  async #hold(gateway: Uint8Array): Promise<void> {
    const name = hex(gateway);
    const own = Symbol();
    this.#held.set(name, own);
    this.#bell.ring(name);
    await this.#wait(name, () => this.#held.get(name) === own);
    if (this.#held.get(name) === own) this.#held.delete(name);
  }

  async #wait(name: string, isLatest: () => boolean): Promise<void> {
    const { clock, store } = this.#ports;
    const until = clock.now() + holdTime;
    while (!this.#stopping && isLatest() && clock.now() < until) {
      await this.#bell.wait(name, Milliseconds(Math.min(recheckTime, until - clock.now())));
      if (!isLatest()) return;
      const found = await store.read(({ pushes }) => pushes.find("gateway", name, 1));
      if (found.length > 0) return;
    }
  }

  /** The same store; a PN GW hears at once of what a transaction has put for it, once that is durable. */
  watching(store: ServerStore): ServerStore {
    return {
      read: (work) => store.read(work),
      transaction: (work) =>
        store.transaction((tables) => work({ ...tables, pushes: this.#watching(tables) })),
    };
  }

  #watching({ pushes, afterwards }: ServerTables): ServerTables["pushes"] {
    return {
      get: (key) => pushes.get(key),
      find: (...query) => pushes.find(...query),
      count: (...query) => pushes.count(...query),
      page: (...query) => pushes.page(...query),
      delete: (key) => pushes.delete(key),
      dropOldest: (...query) => pushes.dropOldest(...query),
      put: async (key, push) => {
        await pushes.put(key, push);
        if (push.result === undefined) afterwards(() => this.#bell.ring(hex(push.gatewayID)));
      },
    };
  }

  /**
   * Tells it, and waits for what comes of it: a Result, `noRoute` when the PN GW has not fetched it in time. `make` puts
   * it into the tables; undefined when there is nobody to tell.
   */
  async tell(
    make: (tables: ServerTables) => Promise<Push | undefined>,
    patience: Milliseconds,
  ): Promise<Result> {
    const { clock, store } = this.#ports;
    const until = clock.now() + patience;
    const key = await store.transaction(async (tables) => {
      const push = await make(tables);
      if (push === undefined) return undefined;
      return pushTo({ pushes: this.#watching(tables) }, { ...push, awaited: true }, clock.now(), patience);
    });
    if (key === undefined) return Result.noRoute;
    for (;;) {
      const row = await store.read(({ pushes }) => pushes.get(key));
      const over = row === undefined || row.result !== undefined || clock.now() >= until;
      if (over) {
        await store.transaction(({ pushes }) => pushes.delete(key));
        return (row?.result ?? Result.noRoute) as Result;
      }
      await this.#bell.wait(key, Milliseconds(Math.min(resultRecheck, until - clock.now())));
    }
  }

  /** Lets every poll go: the Server is about to stop. */
  stop(): void {
    this.#stopping = true;
    this.#bell.ringAll();
  }
}

/** Another Server may have got the report. */
const resultRecheck = 1_000;
