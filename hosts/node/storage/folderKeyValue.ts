import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { KeyValue } from "../../../src/base/ports.js";
import { StoreError } from "../../../src/keystore/errors.js";
import { writeDurably } from "../program/durableFile.js";
import { makeFolder } from "../program/folder.js";
import { Refusal } from "../program/misuse.js";

const maximumName = 15;
const maximumValue = 4000;
const ending = ".value";

/**
 * Key-value storage in a folder, a file each, for programs on Node: what a write has returned from is there after a
 * power cut, and one that was cut leaves the old value. Only the owner of the folder may read it.
 */
export class FolderKeyValue implements KeyValue {
  readonly #folder: string;

  /** Makes the folder, and clears away what writes that were cut have left. Throws Refusal when it cannot be used. */
  constructor(folder: string) {
    this.#folder = folder;
    usable(folder, () => {
      closeToOthers(folder);
      for (const name of readdirSync(folder)) {
        if (name.endsWith(`${ending}.new`)) rmSync(join(folder, name));
      }
    });
  }

  read(name: string): Uint8Array | undefined {
    try {
      return Uint8Array.from(readFileSync(this.#path(name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new StoreError("store.broken", codeOf(error));
    }
  }

  write(name: string, value: Uint8Array): void {
    if (value.length > maximumValue) throw new StoreError("store.full", name);
    try {
      writeDurably(this.#path(name), value);
    } catch (error) {
      const code = codeOf(error);
      throw new StoreError(
        code === "ENOSPC" || code === "EDQUOT" ? "store.full" : "store.broken",
        `${name} ${code}`,
      );
    }
  }

  delete(name: string): void {
    try {
      rmSync(this.#path(name), { force: true });
    } catch (error) {
      throw new StoreError("store.broken", codeOf(error));
    }
  }

  names(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => decodeURIComponent(name.slice(0, -ending.length)))
      .sort();
  }

  /** A name may hold anything; a file's name may not. */
  #path(name: string): string {
    if (name.length === 0 || name.length > maximumName) throw new RangeError(`name '${name}'`);
    const safe = encodeURIComponent(name).replaceAll(".", "%2E");
    return join(this.#folder, `${safe}${ending}`);
  }
}

/** Makes a folder for keys, which nobody but its owner may read, and touches nothing in it. Throws Refusal. */
export const makePrivateFolder = (folder: string): void => usable(folder, () => closeToOthers(folder));

/** Keys lie in it: a folder that was made by hand may be open to everybody. */
function closeToOthers(folder: string): void {
  makeFolder(folder);
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

function usable(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new Refusal(`${folder || "a folder without a name"} cannot be used (${codeOf(error)})`);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "unknown";
