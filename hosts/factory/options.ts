import { dirname, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { fromHex } from "../../src/base/octets.js";
import { called } from "../node/program/called.js";
import { misread } from "../node/program/misread.js";
import { longestPrefix, mostDevices } from "./device.js";
import { FactoryError, type FactoryErrorCode } from "./errors.js";
import { checkSize, sizes } from "./nvs.js";
import { type KeyScheme, keySchemes } from "./nvsKeys.js";

export const usage = `${called("factory")} --out FOLDER (--count N [--prefix HEX] | --devices FILE) [--encrypt flash|hmac] [--size OCTETS] [--ledger FOLDER], or ${called("factory")} flash --help`;

export const help = `Makes devices: Entity IDs and Temporary Keys, flash images, labels, and the Server's import file.

usage: ${usage}

  --out FOLDER       where the batch comes to be; it must not exist
  --count N          how many devices, 1 to 10000
  --prefix HEX       what their Entity IDs begin with, at most ${longestPrefix} octets
  --devices FILE     devices of your own instead: CSV with the columns entityID,temporaryKey,name, of which the
                     last two may be missing; keys that are missing are made
  --encrypt SCHEME   images for encrypted NVS: flash (keys in the partition nvs_keys) or hmac (keys of an eFuse)
  --size OCTETS      size of the partition nvs; ${sizes.usual} unless told
  --ledger FOLDER    all that was ever issued; factory/ledger unless told. Keep it, and keep one

example: ${called("factory")} --out factory/batch-1 --count 20
It writes factory/batch-1/devices.csv for the Server, and for each device an image to flash and a label;
\`${called("factory")} flash --image FILE\` writes such an image into a board.`;

const defaultLedger = "factory/ledger";

export interface Options {
  readonly folder: string;
  readonly ledger: string;
  readonly size: number;
  readonly devices: { readonly file: string } | { readonly count: number; readonly prefix: Uint8Array };
  readonly keyScheme?: KeyScheme;
}

const misused = (problem: string): FactoryError =>
  new FactoryError("factory.usage", `${problem}; usage: ${usage}`);

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    ...{ out: text, count: text, prefix: text, devices: text, encrypt: text, size: text, ledger: text },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const parsed = parseArgs({ args: [...args], options, tokens: true });
    const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined) throw misused(`--${twice} stands twice`);
    return parsed.values;
  } catch (error) {
    if (error instanceof FactoryError) throw error;
    throw misused(misread(error));
  }
}

/** What is wanted, or "help". Throws FactoryError: "factory.usage", and what is wrong with a value. */
export function readOptions(args: readonly string[]): Options | "help" {
  const values = parse(args);
  if (values.help) return "help";
  if (!values.out) throw misused("--out is missing");
  const folder = resolve(values.out);
  if (folder === dirname(folder)) throw misused("--out is no name for a folder");
  const size = whole(values.size ?? String(sizes.usual), "factory.size");
  checkSize(size);
  const ledger = resolve(values.ledger || defaultLedger);
  if (within(folder, ledger) || within(ledger, folder))
    throw misused("--out and --ledger are one, or one in the other");
  const keyScheme = readScheme(values.encrypt);
  return { folder, ledger, size, devices: readDevices(values), ...(keyScheme && { keyScheme }) };
}

const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}${sep}`);

function readDevices(values: { count?: string; prefix?: string; devices?: string }): Options["devices"] {
  const { count, prefix, devices } = values;
  if ((count === undefined) === (devices === undefined))
    throw misused("one of --count and --devices must be there");
  if (devices === undefined) return { count: readCount(count), prefix: readPrefix(prefix ?? "") };
  if (prefix !== undefined) throw misused("--prefix is for --count");
  return { file: resolve(devices) };
}

function readCount(text: string | undefined): number {
  const count = whole(text, "factory.count");
  if (count < 1 || count > mostDevices) throw new FactoryError("factory.count");
  return count;
}

function readScheme(name: string | undefined): KeyScheme | undefined {
  const scheme = keySchemes.find((one) => one === name);
  if (name !== undefined && scheme === undefined) throw misused(`--encrypt is ${keySchemes.join(" or ")}`);
  return scheme;
}

function readPrefix(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text) || text.length > 2 * longestPrefix)
    throw new FactoryError("factory.prefix");
  return fromHex(text);
}

function whole(text: string | undefined, code: FactoryErrorCode): number {
  if (text === undefined || !/^(?:\d{1,8}|0x[0-9a-f]{1,6})$/i.test(text)) throw new FactoryError(code);
  return Number(text);
}
