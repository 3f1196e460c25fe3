import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, hex } from "../../src/base/octets.js";
import { Secret } from "../../src/crypto/secret.js";
import type { MasterKey } from "../../src/database/sealing.js";
import { writeDurably } from "../node/program/durableFile.js";
import { Refusal } from "../node/program/misuse.js";

/** The Server's own secrets, outside of its database: with them a stolen database opens, without them it does not. */
export interface ServerKeys {
  /** The first seals, the others open what was sealed before a change. */
  readonly master: readonly [MasterKey, ...MasterKey[]];
  /** Of the records that stand for Users who are not registered, 32 octets. */
  readonly unknownUsers: Secret;
}

const file = (folder: string): string => join(folder, "server.keys");
const length = 32;

/** Reads the keys of a data folder. Throws Refusal when there are none, or they are damaged. */
export function readKeys(folder: string): ServerKeys {
  const path = file(folder);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Refusal(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}): without it the database cannot be opened`,
    );
  }
  const master: MasterKey[] = [];
  let unknownUsers: Secret | undefined;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, id, octets] = /^master (\d{1,3}) ([0-9a-f]{64})$/.exec(line) ?? [];
    const [, unknown] = /^unknown-users ([0-9a-f]{64})$/.exec(line) ?? [];
    if (id !== undefined && octets !== undefined && Number(id) < 256) {
      master.push({ id: Number(id), key: new Secret(fromHex(octets)) });
    } else if (unknown !== undefined) unknownUsers = new Secret(fromHex(unknown));
    else throw new Refusal(`${path} is damaged: put it back from your back-up`);
  }
  const [first, ...rest] = master;
  if (first === undefined || unknownUsers === undefined) {
    throw new Refusal(`${path} is damaged: put it back from your back-up`);
  }
  return { master: [first, ...rest], unknownUsers };
}

/** What to do where a database has them and the folder has not. */
export const missingKeys = (folder: string): string =>
  `${file(folder)} is not there, and this database has been sealed with it: put it back from your back-up, or copy it from the Server that runs`;

/** True when the folder has keys already. */
export const hasKeys = (folder: string): boolean => existsSync(file(folder));

/** Makes the keys of a new Server. Throws Refusal when there are some: nothing is ever written over them. */
export function makeKeys(folder: string): ServerKeys {
  if (hasKeys(folder)) throw new Refusal(`${file(folder)} is there already`);
  const fresh = (): Secret => new Secret(Uint8Array.from(randomBytes(length)));
  const keys: ServerKeys = { master: [{ id: 1, key: fresh() }], unknownUsers: fresh() };
  write(folder, keys);
  return keys;
}

/** A new master key before the older ones. Throws Refusal when there is no number left for it. */
export function rotated(folder: string, keys: ServerKeys): ServerKeys {
  const used = keys.master.map(({ id }) => id);
  const id = Array.from({ length: 255 }, (_, i) => i + 1).find((one) => !used.includes(one));
  if (id === undefined) throw new Refusal("there are 255 master keys: drop the older ones first");
  const next: ServerKeys = {
    ...keys,
    master: [{ id, key: new Secret(Uint8Array.from(randomBytes(length))) }, ...keys.master],
  };
  write(folder, next);
  return next;
}

/** Forgets all master keys but the first, once nothing is sealed under them. */
export function withoutOlder(folder: string, keys: ServerKeys): ServerKeys {
  const next: ServerKeys = { ...keys, master: [keys.master[0]] };
  write(folder, next);
  return next;
}

function write(folder: string, { master, unknownUsers }: ServerKeys): void {
  const lines = [
    "# The CPNS Server's secrets. Keep a copy apart from the database's: one without the other is worth nothing.",
    ...master.map(({ id, key }) => `master ${id} ${hex(key.octets)}`),
    `unknown-users ${hex(unknownUsers.octets)}`,
  ];
  writeDurably(file(folder), `${lines.join("\n")}\n`);
}
