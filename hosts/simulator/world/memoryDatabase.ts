import { DatabaseError } from "../../../src/database/errors.js";
import { type Database, lastKey, type ReadRows, type Row, type Rows } from "../../../src/database/port.js";

type Place = Pick<Row, "endsAt" | "key">;
const bySoonest = (a: Place, b: Place): number =>
  a.endsAt - b.endsAt || (a.key < b.key ? -1 : Number(a.key > b.key));
/** An array of its own even of a Buffer, whose slice would be none. */
const copyOf = (row: Row): Row => ({ ...row, columns: { ...row.columns }, value: new Uint8Array(row.value) });

/** What is no key for PostgreSQL is none here. */
function sayable(key: string): string {
  if (!/^[ -~]{1,250}$/.test(key)) throw new RangeError("1 to 250 characters of printable ASCII");
  return key;
}

/** The rows of one table, and which of them have which value in which column. */
class Rack {
  readonly rows = new Map<string, Row>();
  readonly #found = new Map<string, Set<string>>();

  put(row: Row): void {
    this.delete(row.key);
    this.rows.set(row.key, row);
    for (const name of placesOf(row)) {
      const keys = this.#found.get(name) ?? new Set();
      this.#found.set(name, keys.add(row.key));
    }
  }

  delete(key: string): void {
    const row = this.rows.get(key);
    if (row === undefined) return;
    this.rows.delete(key);
    for (const name of placesOf(row)) {
      const keys = this.#found.get(name);
      keys?.delete(key);
      if (keys?.size === 0) this.#found.delete(name);
    }
  }

  find(column: string, value: string): Row[] {
    return [...(this.#found.get(`${column} ${value}`) ?? [])].map((key) => this.rows.get(key) as Row);
  }
}

function placesOf({ columns }: Row): string[] {
  return Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} ${value}`],
  );
}

/** A database in memory: for the simulator and for tests. Transactions one after the other, undone when they throw. */
export class MemoryDatabase implements Database {
  readonly #racks = new Map<string, Rack>();
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  #rack(table: string): Rack {
    const rack = this.#racks.get(table) ?? new Rack();
    this.#racks.set(table, rack);
    return rack;
  }

  /** The rows of a table as they lie there. */
  rows(table: string): readonly Row[] {
    return [...this.#rack(table).rows.values()];
  }

  row(table: string, key: string): Row | undefined {
    return this.#rack(table).rows.get(key);
  }

  /** Takes the rows that another database has now. */
  restore(from: MemoryDatabase): void {
    this.#racks.clear();
    for (const [table, rack] of from.#racks) for (const row of rack.rows.values()) this.#rack(table).put(row);
  }

  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      const undo: (() => void)[] = [];
      try {
        return await work(this.#writer(undo));
      } catch (error) {
        for (const step of undo.reverse()) step();
        throw error;
      }
    });
  }

  read<T>(work: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.#alone(() => work(this.#reader));
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(() => {
      if (this.#closed) throw new DatabaseError("database.away", "closed");
      return work();
    });
    this.#last = run.catch(() => undefined);
    return run;
  }

  readonly #reader = this.#readRows();

  #readRows(): ReadRows {
    const sorted = (rows: Row[], order: (a: Row, b: Row) => number, limit: number): Row[] =>
      rows.sort(order).slice(0, limit).map(copyOf);
    return {
      get: async (table, key) => {
        const row = this.#rack(table).rows.get(key);
        if (row !== undefined) return copyOf(row);
        sayable(key);
        return undefined;
      },
      find: async (table, column, value, limit, after) => {
        const found = this.#rack(table).find(column, sayable(value));
        const later = after === undefined ? found : found.filter((row) => bySoonest(row, after) > 0);
        return sorted(later, bySoonest, limit);
      },
      due: async (table, now, limit) =>
        [...this.#rack(table).rows.values()]
          .filter(({ endsAt }) => endsAt <= now)
          .sort(bySoonest)
          .slice(0, limit)
          .map(({ key }) => key),
      page: async (table, after, limit, to = lastKey) => {
        const rows = [...this.#rack(table).rows.values()].filter(({ key }) => key > after && key <= to);
        return sorted(rows, (a, b) => (a.key < b.key ? -1 : 1), limit);
      },
    };
  }

  #writer(undo: (() => void)[]): Rows {
    const remember = (table: string, key: string): void => {
      const rack = this.#rack(table);
      const before = rack.rows.get(key);
      undo.push(() => (before === undefined ? rack.delete(key) : rack.put(before)));
    };
    return {
      ...this.#reader,
      put: async (table, row) => {
        remember(table, row.key);
        sayable(row.key);
        this.#rack(table).put(copyOf(row));
      },
      delete: async (table, key) => {
        remember(table, key);
        this.#rack(table).delete(key);
      },
    };
  }

  async close(): Promise<void> {
    await this.#last;
    this.#closed = true;
  }
}

/** A database of which every transaction is run once for nothing before it counts, as one may that others disturb. */
export class TwiceDatabase implements Database {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    const again = new DatabaseError("database.conflict");
    await this.#database
      .transaction(async (rows) => {
        await work(rows);
        throw again;
      })
      .catch((error: unknown) => {
        if (error !== again) throw error;
      });
    return this.#database.transaction(work);
  }

  read<T>(work: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.#database.read(work);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
