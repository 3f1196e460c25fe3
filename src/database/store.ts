import { hex } from "../base/octets.js";
import { type Clock, type Log, type LogValue, type Random, randomOctets } from "../base/ports.js";
import type { Database, ReadRows, Rows, TableLayout } from "./port.js";
import { type ColumnOf, isStale, type RowDefinition, type ValueOf } from "./row.js";
import { audit, counters, devices, entities, histories, settings, staged } from "./rows/entities.js";
import { clearEnrolments, enrolments, registrations } from "./rows/exchanges.js";
import { members, pns } from "./rows/networks.js";
import {
  apiTokens,
  deliveries,
  eventHeads,
  events,
  preferences,
  readings,
  webhooks,
  webhookTurns,
} from "./rows/programs.js";
import { answers, gatewaySessions, handshakes, pushes, tickets } from "./rows/sessions.js";
import { budgets, guestLists, guests, pageBrowsers, pageSessions, users } from "./rows/users.js";
import { Scope } from "./scope.js";
import type { Sealer } from "./sealing.js";
import { type Counters, type ReadTable, type Table, TypedTable } from "./table.js";

/** Every table of the Server; a new one stands here, in `rows`, and in the golden rows of the tests. */
export const definitions = Object.freeze({
  users,
  guests,
  guestLists,
  pageSessions,
  pageBrowsers,
  apiTokens,
  readings,
  events,
  eventHeads,
  preferences,
  webhooks,
  webhookTurns,
  deliveries,
  budgets,
  entities,
  staged,
  devices,
  histories,
  enrolments,
  clearEnrolments,
  registrations,
  gatewaySessions,
  answers,
  tickets,
  handshakes,
  pushes,
  pns,
  members,
  audit,
  settings,
  counters,
});
type Definitions = typeof definitions;
type Name = keyof Definitions;
const names = Object.freeze(Object.keys(definitions) as Name[]);

/** What a database has to have before it is opened. */
export const layouts: readonly TableLayout[] = Object.freeze(
  names.map((name) => ({
    name: definitions[name].table,
    columns: Object.keys(definitions[name].columns),
  })),
);

export type ReadTables = {
  readonly [N in Name]: ReadTable<ValueOf<Definitions[N]>, ColumnOf<Definitions[N]>>;
};

export type ServerTables = {
  readonly [N in Name]: Table<ValueOf<Definitions[N]>, ColumnOf<Definitions[N]>>;
} & {
  /** Says what happened, once the transaction is durable; once, however often its work ran. */
  readonly log: Log;
  /** The same, and keeps it in the table `audit`. */
  note(event: string, fields: Readonly<Record<string, LogValue>>): Promise<void>;
  /** For effects outside of the tables: run once the transaction is durable. */
  afterwards(effect: () => void): void;
};

/** What the Server remembers. Everything is behind it, so that several Servers may share one database. */
export interface ServerStore {
  /**
   * Runs `work` as if alone, and durable: all of its writes or none, none when it throws. It may run more than once,
   * and has no effect but on its tables. Secrets that it has read are wiped when it ends. Throws DatabaseError: "database.away", "database.conflict".
   */
  transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T>;
  /** Runs `work` over one state of the tables, without writing: for listings and pages. */
  read<T>(work: (tables: ReadTables) => Promise<T>): Promise<T>;
}

export interface StoreOptions {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly log: Log;
}

/** Rows that are swept, or sealed anew, in one transaction. */
const batch = 256;

/** The Server's tables over a database: rows read and written by their definitions, counted, sealed. */
export class Store implements ServerStore {
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  async transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T> {
    let effects: (() => void)[] = [];
    const result = await this.#options.database.transaction(async (rows) => {
      effects = [];
      const scope = this.#scope(rows);
      try {
        return await work(this.#tables(scope, effects));
      } finally {
        scope.wipe();
      }
    });
    for (const effect of effects) effect();
    return result;
  }

  read<T>(work: (tables: ReadTables) => Promise<T>): Promise<T> {
    return this.#options.database.read(async (rows) => {
      const scope = this.#scope(rows);
      try {
        return await work(typedTables(scope));
      } finally {
        scope.wipeSealers();
      }
    });
  }

  #scope(rows: Rows | ReadRows): Scope {
    return new Scope(rows, this.#options.sealer, this.#options.clock);
  }

  #tables(scope: Scope, effects: (() => void)[]): ServerTables {
    const { clock, random, log } = this.#options;
    const say = (event: string, fields?: Readonly<Record<string, LogValue>>): void => {
      effects.push(() => log.event(event, fields));
    };
    // Added to and not copied: each message makes one.
    const tables: ServerTables = Object.assign(typedTables(scope), {
      log: { event: say },
      afterwards: (effect: () => void) => void effects.push(effect),
      note: async (event: string, fields: Readonly<Record<string, LogValue>>): Promise<void> => {
        say(event, fields);
        const at = clock.now();
        const key = `${String(at).padStart(14, "0")}-${hex(randomOctets(random, 8))}`;
        await tables.audit.put(key, { event, fields: JSON.stringify(fields), at });
      },
    });
    return tables;
  }

  /**
   * Deletes what is over, in steps that hold nobody up; for the background. Returns how many rows went. Without it
   * nothing works differently, but rows and counters stay.
   */
  async sweep(): Promise<number> {
    let swept = 0;
    for (const name of names) {
      const { table } = definitions[name];
      for (;;) {
        const keys = await this.#options.database.read((rows) =>
          rows.due(table, this.#options.clock.now(), batch),
        );
        if (keys.length === 0) break;
        await this.transaction(async (tables) => {
          for (const key of keys) await this.#sweepRow(tables, name, key);
        });
        swept += keys.length;
        if (keys.length < batch) break;
      }
    }
    return swept;
  }

  /** It may have been put anew since it was found. */
  async #sweepRow(tables: ServerTables, name: Name, key: string): Promise<void> {
    if ((await tables[name].get(key)) === undefined) await tables[name].delete(key);
  }

  /** Writes anew what an older release or an older master key has written. Returns how many rows. */
  async renew(): Promise<number> {
    let renewed = 0;
    for (const name of names) {
      const { table } = definitions[name];
      for (let after = ""; ; ) {
        const rows = await this.#options.database.read((reader) => reader.page(table, after, batch));
        const stale = rows.filter((row) => isStale(definitions[name], this.#options.sealer, row.value));
        await this.transaction(async (tables) => {
          for (const { key } of stale) await rewrite(tables[name] as Table<never>, key);
        });
        renewed += stale.length;
        const last = rows.at(-1);
        if (last === undefined || rows.length < batch) break;
        after = last.key;
      }
    }
    return renewed;
  }
}

async function rewrite(table: Table<never>, key: string): Promise<void> {
  const value = await table.get(key);
  if (value !== undefined) await table.put(key, value);
}

type Typed = { readonly [N in Name]: Table<ValueOf<Definitions[N]>, ColumnOf<Definitions[N]>> };

function typedTables(scope: Scope): Typed {
  const counts = new TypedTable(counters, scope);
  const counting: Counters = {
    get: async (counter) => (await counts.get(counter))?.rows ?? 0,
    add: async (counter, by) => {
      const rows = ((await counts.get(counter))?.rows ?? 0) + by;
      if (rows > 0) await counts.put(counter, { rows });
      else await counts.delete(counter);
    },
  };
  const tables: Record<string, unknown> = {};
  for (const name of names) {
    const definition = definitions[name] as unknown as RowDefinition<unknown, string>;
    tables[name] = new TypedTable(definition, scope, counting);
  }
  return tables as Typed;
}
