import { equalBytes } from "../../../src/base/octets.js";
import type { Milliseconds } from "../../../src/base/units.js";
import type {
  EntityRecord,
  PNRecord,
  ServerStore,
  ServerTables,
  Table,
} from "../../../src/database/tables.js";

class MemoryTable<Value> implements Table<Value> {
  readonly rows: Map<string, Value>;

  constructor(rows = new Map<string, Value>()) {
    this.rows = rows;
  }

  async get(key: string): Promise<Value | undefined> {
    return this.rows.get(key);
  }

  async put(key: string, value: Value): Promise<void> {
    this.rows.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.rows.delete(key);
  }

  async count(gatewayID?: Uint8Array): Promise<number> {
    if (gatewayID === undefined) return this.rows.size;
    let rows = 0;
    for (const row of this.rows.values()) {
      const { gatewayID: whose } = row as { readonly gatewayID?: Uint8Array };
      if (whose !== undefined && equalBytes(whose, gatewayID)) rows++;
    }
    return rows;
  }

  async expire(now: Milliseconds): Promise<void> {
    for (const [key, value] of this.rows) {
      const { expiresAt } = value as { readonly expiresAt?: Milliseconds };
      if (expiresAt !== undefined && expiresAt <= now) this.rows.delete(key);
    }
  }
}

type Tables = { readonly [Name in keyof ServerTables]: MemoryTable<never> };

const names = [
  "users",
  "entities",
  "devices",
  "owners",
  "pending",
  "pendingClear",
  "gatewaySessions",
  "answers",
  "tickets",
  "pns",
  "attempts",
] as const;

/** The simulator's Server database: in memory, transactions one after the other, undone when they throw. */
export class MemoryServerStore implements ServerStore {
  #tables: Tables = Object.fromEntries(names.map((name) => [name, new MemoryTable<never>()])) as Tables;
  #last: Promise<unknown> = Promise.resolve();

  /** For views and tests; what is read is not to be changed. */
  get tables(): ServerTables {
    return this.#tables;
  }

  /** All rows of all tables, for tests that look for what must not be anywhere else. */
  dump(): Readonly<Record<string, ReadonlyMap<string, unknown>>> {
    return Object.fromEntries(names.map((name) => [name, this.#tables[name].rows]));
  }

  /** Takes the tables that another database has now. */
  restore(from: MemoryServerStore): void {
    const copies = names.map((name) => [name, new MemoryTable(new Map(from.#tables[name].rows))]);
    this.#tables = Object.fromEntries(copies) as Tables;
  }

  /** Sessions of PN GWs, by sid. */
  sids(): readonly string[] {
    return [...this.#tables.gatewaySessions.rows.keys()];
  }

  /** What is stored now, for people to look at. */
  rows(): {
    readonly users: readonly string[];
    readonly entities: readonly (readonly [string, EntityRecord])[];
    readonly pns: readonly (readonly [string, PNRecord])[];
  } {
    const { users, entities, pns } = this.#tables;
    return { users: [...users.rows.keys()], entities: [...entities.rows], pns: [...pns.rows] };
  }

  transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T> {
    const run = this.#last.then(async () => {
      const copies = names.map((name) => [name, new MemoryTable(new Map(this.#tables[name].rows))]);
      const tables = Object.fromEntries(copies) as Tables;
      const result = await work(tables);
      this.#tables = tables;
      return result;
    });
    this.#last = run.catch(() => undefined);
    return run;
  }
}
