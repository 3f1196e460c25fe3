import type { TableLayout } from "../../../src/database/port.js";

/*
 * The same tables in SQLite and PostgreSQL: key, octets, end, and the columns of the layout, each with an index that
 * serves `find` as it is ordered. Names come from the layouts, which are constants of the program.
 */

export interface Dialect {
  readonly octets: string;
  readonly integer: string;
  /** Text that is ordered by its octets. */
  readonly text: string;
  /** The nth parameter, from 1. */
  parameter(n: number): string;
}

export interface Statements {
  readonly get: string;
  readonly put: string;
  readonly delete: string;
  readonly due: string;
  readonly page: string;
  readonly find: Readonly<Record<string, string>>;
}

/** Makes a table that is not there yet. A column that is new in a release is a migration of its own. */
export function creation({ name, columns }: TableLayout, dialect: Dialect): readonly string[] {
  const { octets, integer, text } = dialect;
  const fields = columns.map((column) => `, by_${column} ${text}`).join("");
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (key ${text} PRIMARY KEY NOT NULL, value ${octets} NOT NULL, ends_at ${integer} NOT NULL${fields})`,
    `CREATE INDEX IF NOT EXISTS ${name}_ends_at ON ${name} (ends_at, key)`,
    ...columns.map(
      (column) =>
        `CREATE INDEX IF NOT EXISTS ${name}_by_${column} ON ${name} (by_${column}, ends_at, key) WHERE by_${column} IS NOT NULL`,
    ),
  ];
}

export function statements({ name, columns }: TableLayout, { parameter: p }: Dialect): Statements {
  const fields = ["key", "value", "ends_at", ...columns.map((column) => `by_${column}`)];
  const all = fields.join(", ");
  const values = fields.map((_, i) => p(i + 1)).join(", ");
  const updates = fields
    .slice(1)
    .map((field) => `${field} = excluded.${field}`)
    .join(", ");
  const find = columns.map((column) => [
    column,
    `SELECT ${all} FROM ${name} WHERE by_${column} = ${p(1)} AND (ends_at, key) > (${p(2)}, ${p(3)}) ORDER BY ends_at, key LIMIT ${p(4)}`,
  ]);
  return {
    get: `SELECT ${all} FROM ${name} WHERE key = ${p(1)}`,
    put: `INSERT INTO ${name} (${all}) VALUES (${values}) ON CONFLICT (key) DO UPDATE SET ${updates}`,
    delete: `DELETE FROM ${name} WHERE key = ${p(1)}`,
    due: `SELECT key FROM ${name} WHERE ends_at <= ${p(1)} ORDER BY ends_at, key LIMIT ${p(2)}`,
    page: `SELECT ${all} FROM ${name} WHERE key > ${p(1)} AND key <= ${p(2)} ORDER BY key LIMIT ${p(3)}`,
    find: Object.fromEntries(find),
  };
}

/**
 * What each release after the first changed of the tables, in order: a database of version n gets those from n on.
 * Tables that are new are made by `creation` and need no step. The first one stands for the first release.
 */
export const migrations: readonly ((dialect: Dialect) => readonly string[])[] = Object.freeze([() => []]);
