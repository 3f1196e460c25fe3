import { NamedError } from "../../src/base/errors.js";
import { longestFile } from "./devicesFile.js";
import type { FactoryErrorCode } from "./errors.js";

/** Whose detail says all. */
type SaidInFull = "factory.name" | "factory.usage" | "factory.value";

/** What each refusal means to the maker. */
const reasons: Readonly<Record<Exclude<FactoryErrorCode, SaidInFull>, string>> = Object.freeze({
  "factory.count": "a batch has 1 to 10000 devices",
  "factory.encrypted": "its keys lie beside it, and are written with it by hand: docs/FACTORY.md says how",
  "factory.esptool": "esptool was not found; install it with: pip install esptool",
  "factory.flash": "esptool did not write it; what it said stands above",
  "factory.folder": "something is there already; choose another --out",
  "factory.image": "it is no image for the partition nvs of the boards, which has 24576 octets",
  "factory.issued": "issued before, and never twice",
  "factory.ledger": "the ledger is damaged; restore it from a copy, and issue nothing without it",
  "factory.line": "the file of devices is not taken",
  "factory.links": "the ledger's file system has no hard links; have it on another with --ledger",
  "factory.long": `the file of devices is longer than ${longestFile} octets`,
  "factory.place": "the batch is issued, and its place is taken; rename",
  "factory.prefix": "--prefix is at most 8 octets in hexadecimal",
  "factory.random": "the generator of random numbers gives none",
  "factory.size": "--size is a multiple of 4096 from 12288 to 1048576",
});

/** One line for a person. Other errors than ours and the file system's are faults of the program, and thrown. */
export function refusalOf(error: unknown): string {
  if (error instanceof NamedError) {
    const detail = error.message.slice(error.code.length + 2);
    const reason = (reasons as Readonly<Partial<Record<string, string>>>)[error.code];
    return reason === undefined ? detail || error.code : `${reason}${detail && ` (${detail})`}`;
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") throw error;
  return `${path ?? "a file"} cannot be used: ${code}`;
}
