import { type Clock, type Log, type Random, silentLog } from "../../../src/base/ports.js";
import { Secret } from "../../../src/crypto/secret.js";
import type { Database, Row } from "../../../src/database/port.js";
import { decodeRow, type RowDefinition, type ValueOf } from "../../../src/database/row.js";
import type { EntityRecord } from "../../../src/database/rows/entities.js";
import type { PNMember, PNRecord } from "../../../src/database/rows/networks.js";
import { Sealer } from "../../../src/database/sealing.js";
import {
  definitions,
  type ReadTables,
  type ServerStore,
  type ServerTables,
  Store,
} from "../../../src/database/store.js";
import { nodeRandom, nodeSuite } from "../../node/nodeSuite.js";
import { MemoryDatabase } from "./memoryDatabase.js";

type Name = keyof typeof definitions;
type Rows<N extends Name> = readonly (readonly [string, ValueOf<(typeof definitions)[N]>])[];

/** A PN as it stands, with who is in it. */
export type NetworkRow = PNRecord & { readonly members: readonly PNMember[] };

export interface MemoryServerOptions {
  /** The Server's own: what is over by another is not there. */
  readonly clock: Pick<Clock, "now">;
  readonly random?: Random;
  readonly log?: Log;
  /** What the tables are really in; the memory itself unless told. */
  readonly over?: (memory: MemoryDatabase) => Database;
}

/** The simulator's Server database: the Server's own tables, in memory. */
export class MemoryServerStore implements ServerStore {
  readonly database = new MemoryDatabase();
  readonly #sealer: Sealer;
  readonly #store: Store;
  /** Rows as they were opened last: views and tests look far more often than rows change. */
  readonly #opened = new WeakMap<Row, unknown>();

  constructor({ clock, random = nodeRandom, log = silentLog, over }: MemoryServerOptions) {
    const keys = [{ id: 0, key: new Secret(new Uint8Array(32).fill(0x4b)) }] as const;
    this.#sealer = new Sealer({ suite: nodeSuite, aead: nodeSuite, random, keys });
    const database = over?.(this.database) ?? this.database;
    this.#store = new Store({ database, sealer: this.#sealer, clock, random, log });
  }

  transaction<T>(work: (tables: ServerTables) => Promise<T>): Promise<T> {
    return this.#store.transaction(work);
  }

  read<T>(work: (tables: ReadTables) => Promise<T>): Promise<T> {
    return this.#store.read(work);
  }

  /** Deletes what is over. */
  sweep(): Promise<number> {
    return this.#store.sweep();
  }

  /** Takes the rows that another database has now. */
  restore(from: MemoryServerStore): void {
    this.database.restore(from.database);
  }

  /** Every row of a table by its key, whether it is over or not; for views and tests. */
  all<N extends Name>(name: N): Rows<N> {
    return this.database
      .rows(definitions[name].table)
      .map((row) => [row.key, this.#open(name, row)] as const);
  }

  get<N extends Name>(name: N, key: string): ValueOf<(typeof definitions)[N]> | undefined {
    const row = this.database.row(definitions[name].table, key);
    return row && this.#open(name, row);
  }

  #open<N extends Name>(name: N, row: Row): ValueOf<(typeof definitions)[N]> {
    type Value = ValueOf<(typeof definitions)[N]>;
    const opened = this.#opened.get(row) as Value | undefined;
    if (opened !== undefined) return opened;
    const definition = definitions[name] as unknown as RowDefinition<Value, string>;
    const value = decodeRow(definition, this.#sealer, row.key, row.value);
    this.#opened.set(row, value);
    return value;
  }

  size(name: Name): number {
    return this.database.rows(definitions[name].table).length;
  }

  /** All rows of all tables, decoded, for tests that look for what must not be anywhere else. */
  dump(): Readonly<Record<Name, ReadonlyMap<string, unknown>>> {
    const names = Object.keys(definitions) as Name[];
    const maps = names.map((name) => [name, new Map<string, unknown>(this.all(name))]);
    return Object.fromEntries(maps) as Record<Name, ReadonlyMap<string, unknown>>;
  }

  /** What is stored now, for people to look at. */
  rows(): {
    readonly users: readonly string[];
    readonly entities: readonly (readonly [string, EntityRecord])[];
    readonly pns: readonly (readonly [string, NetworkRow])[];
  } {
    const members = this.all("members");
    return {
      users: this.all("users").map(([name]) => name),
      entities: this.all("entities"),
      pns: this.all("pns").map(([name, pn]) => {
        const own = members.filter(([key]) => key.startsWith(`${name}/`)).map(([, member]) => member);
        return [name, { ...pn, members: own }];
      }),
    };
  }
}
