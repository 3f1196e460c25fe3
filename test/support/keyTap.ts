import crypto from "node:crypto";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/*
 * Imported by a process of a test (`node --import`), it writes every key down that node:crypto is given or makes there, one
 * in hexadecimal a line, into the file CPNS_TEST_KEYS: what a test then looks for where no key may be.
 */

const known = new Set<string>();
/** What is shorter is a label. */
const shortest = 16;

function keep(file: string, octets: unknown): void {
  if (!(octets instanceof Uint8Array) || octets.length < shortest) return;
  const text = Buffer.from(octets).toString("hex");
  if (known.has(text)) return;
  known.add(text);
  appendFileSync(file, `${text}\n`);
}

type Call = (...args: unknown[]) => unknown;

/** From now on, in this process; ends with what it returns. */
export function tapKeys(file: string): () => void {
  const own = crypto as unknown as Record<string, Call>;
  const before: Record<string, Call> = {};
  const over = (name: string, taken: (args: readonly unknown[], result: unknown) => void): void => {
    const call = own[name] as Call;
    before[name] = call;
    own[name] = (...args) => {
      // What is given may be wiped meanwhile.
      const copies = args.map((one) => (one instanceof Uint8Array ? one.slice() : one));
      const result = call(...args);
      taken(copies, result);
      return result;
    };
  };
  over("createHmac", ([, key], result) => {
    keep(file, key);
    const mac = result as { update: Call };
    const update = mac.update.bind(mac);
    // The first of HKDF's two steps has what is derived from in the place of the message.
    mac.update = (...args) => {
      const [message] = args;
      if (message instanceof Uint8Array && message.length === 32) keep(file, message);
      return update(...args);
    };
  });
  for (const name of ["createCipheriv", "createDecipheriv"]) over(name, ([, key]) => keep(file, key));
  over("pbkdf2Sync", ([password], result) => {
    keep(file, password);
    keep(file, result);
  });
  over("scryptSync", ([password], result) => {
    keep(file, password);
    keep(file, result);
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(own, before);
    syncBuiltinESMExports();
  };
}

/** Here, and in every program that is started from now on, which has these settings, too; ends with what it returns. */
export function tapPrograms(file: string, settings: Readonly<Record<string, string>>): () => void {
  const own = `${process.env.NODE_OPTIONS ?? ""} --import=${import.meta.url}`;
  const all = { ...settings, NODE_OPTIONS: own, CPNS_TEST_KEYS: file };
  const before = Object.keys(all).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, all);
  const undo = tapKeys(file);
  return () => {
    undo();
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}

const { CPNS_TEST_KEYS: file } = process.env;
if (file !== undefined) tapKeys(file);
