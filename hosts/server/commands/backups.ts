import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import {
  backupTime,
  copyRows,
  forgetSessions,
  jumpAhead,
  markBackup,
  replaceRows,
} from "../../../src/database/backup.js";
import { claimMasterKey } from "../../../src/database/masterKey.js";
import type { Database } from "../../../src/database/port.js";
import { layouts } from "../../../src/database/store.js";
import { SqliteDatabase } from "../../node/database/sqlite.js";
import { syncFile } from "../../node/program/durableFile.js";
import { Refusal } from "../../node/program/misuse.js";
import { dataFolder, storeOver } from "../open.js";
import { checkRows } from "./check.js";
import { type Call, none, type OperatorCommand, only } from "./command.js";

export const backup: OperatorCommand = {
  name: "backup",
  operands: "FILE",
  about: "writes the database to a new file, while Servers run",
  more: [
    "The file is an SQLite database, whichever database the Server has. Secrets in it are sealed as they are there:",
    "without server.keys, of which a copy is to be kept elsewhere, it opens nowhere. Sessions and networks are left out.",
  ],
  plan(rest) {
    const file = only("a new file", rest);
    return (call) => writeBackup(call, file);
  },
};

async function writeBackup({ open, tell }: Call, file: string): Promise<void> {
  if (existsSync(file)) throw new Refusal(`${file} is there already: a back-up goes into a new file`);
  const part = `${file}.part`;
  remove(part);
  try {
    const rows = await intoFile(open, part);
    syncFile(part);
    renameSync(part, file);
    syncFile(resolve(file, ".."));
    tell(`${rows} rows are in ${file}`, { file, rows });
  } finally {
    remove(part);
  }
}

async function intoFile(open: Call["open"], file: string): Promise<number> {
  const copy = new SqliteDatabase(file, layouts);
  try {
    chmodSync(file, 0o600);
    const rows = await copyRows(open.database, copy);
    await markBackup(storeOver(copy, open), open.ports.clock.now());
    return rows;
  } finally {
    await copy.close();
  }
}

export const restore: OperatorCommand = {
  name: "restore",
  operands: "[FILE]",
  about: "puts a back-up in the place of the database; stop all Servers first",
  more: [
    "FILE is what `backup` has written, for SQLite and PostgreSQL alike; it is opened with server.keys before anything is",
    "changed, and put in place in one transaction. A database that holds Users is replaced with --replace only.",
    "Without FILE: for a database that was put back by other means (pg_restore, a snapshot of its disk).",
    "Either way sessions are forgotten and numbers jump ahead, so that devices join at once.",
  ],
  options: [{ name: "replace", about: "for restore: forgets what the database holds now" }],
  alone: true,
  plan([file, ...more]) {
    none(more);
    return file === undefined ? afterRestore : (call) => putBack(call, file);
  },
};

async function afterRestore({ open, tell }: Call): Promise<void> {
  const forgotten = await forgetSessions(open.database);
  await jumpAhead(open.store, open.ports.clock);
  tell(`${forgotten} rows of sessions are forgotten; devices join anew`, { forgotten });
}

async function putBack(call: Call, file: string): Promise<void> {
  const { open, values, tell } = call;
  if (!existsSync(file)) throw new Refusal(`${file} is not there`);
  const [user] = await open.store.read(({ users }) => users.page("", 1));
  if (user !== undefined && values.replace === undefined) {
    throw new Refusal("the database holds Users: --replace forgets everything that it holds now");
  }
  await withBackup(call, file, async (source, made) => {
    const rows = await replaceRows(source, open.database);
    await claimMasterKey(open.store, open.sealer);
    await jumpAhead(open.store, open.ports.clock);
    tell(`${rows} rows of ${made} are put back; devices join anew`, { file, rows, made });
  });
}

/** On a copy, as opening it writes beside it; refuses what is no back-up, and what these keys do not open. */
async function withBackup(
  { open, values }: Call,
  file: string,
  work: (source: Database, made: string) => Promise<void>,
): Promise<void> {
  const copy = `${dataFolder(values)}/restore.part`;
  remove(copy);
  try {
    copyFileSync(file, copy);
    chmodSync(copy, 0o600);
    const source = new SqliteDatabase(copy, layouts);
    try {
      const made = await backupTime(storeOver(source, open));
      if (made === undefined) throw new Refusal(`${file} is no back-up of a CPNS Server`);
      await checkRows(source, open.sealer);
      await work(source, new Date(made).toISOString());
    } finally {
      await source.close();
    }
  } finally {
    remove(copy);
  }
}

const remove = (file: string): void => {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${end}`, { force: true });
};
