import { wipe } from "../../../src/base/octets.js";
import { everyPage } from "../../../src/database/backup.js";
import type { Database, Row } from "../../../src/database/port.js";
import { decodeRow, type RowDefinition } from "../../../src/database/row.js";
import type { Sealer } from "../../../src/database/sealing.js";
import { isBelievable } from "../../../src/database/sessions.js";
import { definitions } from "../../../src/database/store.js";
import { ownCertificateFiles, readCertificate } from "../../node/https/certificate.js";
import { Refusal } from "../../node/program/misuse.js";
import type { Values } from "../../node/program/settings.js";
import { dataFolder } from "../open.js";
import { type Call, none, type OperatorCommand } from "./command.js";

type AnyDefinition = RowDefinition<unknown, string>;
const byTable: ReadonlyMap<string, AnyDefinition> = new Map(
  Object.values(definitions).map((one) => [one.table, one as unknown as AnyDefinition]),
);
const counters = definitions.counters.table;
const day = 24 * 3_600_000;
/** A certificate that ends sooner than that is said. */
const warnedBefore = 30 * day;

export interface Checked {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Counters that do not agree with what they count. */
  readonly wrongCounters: readonly string[];
}

/** Opens every row of one state of the database. Throws DatabaseError for the first that does not open. */
export function checkRows(database: Database, sealer: Sealer): Promise<Checked> {
  return database.read(async (reader) => {
    const rows: Record<string, number> = {};
    const counted = new Map<string, number>();
    const told = new Map<string, number>();
    for await (const { table, page } of everyPage(reader)) {
      const definition = byTable.get(table);
      if (definition === undefined) continue;
      rows[table] = (rows[table] ?? 0) + page.length;
      for (const row of page) {
        const value = opened(definition, sealer, row);
        if (table === counters) told.set(row.key, (value as { readonly rows: number }).rows);
        for (const column of definition.counted) add(counted, table, column, row.columns[column]);
      }
    }
    const names = new Set([...counted.keys(), ...told.keys()]);
    return { rows, wrongCounters: [...names].filter((name) => counted.get(name) !== told.get(name)) };
  });
}

function opened(definition: AnyDefinition, sealer: Sealer, row: Row): unknown {
  const secrets: Uint8Array[] = [];
  const value = decodeRow(definition, sealer, row.key, row.value, secrets);
  wipe(...secrets);
  return value;
}

function add(counts: Map<string, number>, table: string, column: string, value: string | undefined): void {
  if (value === undefined) return;
  const name = `${table}.${column}/${value}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export const check: OperatorCommand = {
  name: "check",
  about: "opens every row, looks at clock and certificate",
  more: ["It ends with 1 when something is not right; Servers may run meanwhile."],
  plan(rest) {
    none(rest);
    return checkAll;
  },
};

async function checkAll({ open, values, tell }: Call): Promise<void> {
  const { rows, wrongCounters } = await checkRows(open.database, open.sealer);
  const problems = [
    ...(await open.damage()),
    ...wrongCounters.map((name) => `the counter ${name} is wrong`),
    ...clockProblems(open.ports.clock.now()),
    ...certificateProblems(values),
  ];
  const lines = Object.entries(rows).map(([table, count]) => `${table}: ${count}`);
  tell([...lines, "every row opens"].join("\n"), { rows, problems });
  if (problems.length > 0) throw new Refusal(problems.join("; "));
}

const clockProblems = (now: number): readonly string[] =>
  isBelievable(now as Parameters<typeof isBelievable>[0])
    ? []
    : [`the clock stands at ${new Date(now).toISOString()}: no keys are made by it`];

function certificateProblems(values: Values): readonly string[] {
  const own = ownCertificateFiles(dataFolder(values));
  const [cert, key] = values.cert !== undefined ? [values.cert, values.key ?? ""] : own;
  try {
    const { validTo } = readCertificate(cert, key);
    const left = validTo.getTime() - Date.now();
    return left < warnedBefore ? [`the certificate ${cert} ends at ${validTo.toISOString()}`] : [];
  } catch (error) {
    // It is made at the first start.
    if (values.cert === undefined && error instanceof Refusal && /ENOENT/.test(error.message)) return [];
    if (error instanceof Refusal) return [error.message];
    throw error;
  }
}
