import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hex } from "../../src/base/octets.js";
import { type Device, fingerprint } from "./device.js";
import { type Disk, isThere } from "./disk.js";
import { FactoryError } from "./errors.js";

const firstLine = "cpns-factory-ledger 1";
const deviceForm = /^((?:[0-9a-f]{2}){1,32}) ([0-9a-f]{64})$/;
const keyOf = (print: string): string => `key ${print}`;
/** What file systems without hard links say, or folders that lie on two of them. */
const noLinks = Object.freeze(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"]);
const nameOf = (number: number): string => String(number).padStart(6, "0");

/**
 * All that a factory has ever issued (SEC-06), one file a batch: Entity IDs and fingerprints of keys. An entry comes
 * to be whole and at once, under the next free number, by a link that fails when the number is taken: of two factories
 * at one time one is first, the other reads what it wrote. Each check value covers all before it.
 */
export class Ledger {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #issued = new Map<string, number>();
  readonly #batches = new Set<string>();
  #entries = 0;
  #check = "";

  /** Reads the ledger; there need be none yet. Throws FactoryError("factory.ledger") for a damaged one. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
    this.#read();
  }

  get isNew(): boolean {
    return this.#entries === 0;
  }

  /** Also of a batch that another factory has issued since. */
  hasBatch(batch: string): boolean {
    this.#read();
    return this.#batches.has(batch);
  }

  /** Throws FactoryError("factory.issued") for an Entity ID or a key that was issued before, or stands here twice. */
  check(devices: readonly Device[]): void {
    const here = new Set<string>();
    for (const device of devices) {
      const id = hex(device.entityID);
      for (const which of [`Entity ID ${id}`, keyOf(fingerprint(device.temporaryKey))]) {
        const entry = this.#issued.get(which);
        const where = entry === undefined ? "twice in this batch" : `entry ${nameOf(entry)} of the ledger`;
        if (entry !== undefined || here.has(which)) {
          throw new FactoryError(
            "factory.issued",
            `${which.startsWith("key") ? "key of " : ""}Entity ID ${id}: ${where}`,
          );
        }
        here.add(which);
      }
    }
  }

  /** Takes the batch in, whole or not at all, durable when it returns. Throws as `check`, and "factory.links". */
  issue(batch: string, devices: readonly Device[]): void {
    this.#makeFolder();
    for (;;) {
      this.#read();
      this.check(devices);
      if (this.#add(batch, devices)) break;
    }
    this.#disk.sync(this.#folder);
    this.#read();
  }

  #makeFolder(): void {
    if (isThere(this.#folder)) return;
    try {
      this.#disk.makeFolder(this.#folder);
      this.#disk.sync(dirname(this.#folder));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }

  /** False when another factory was first. */
  #add(batch: string, devices: readonly Device[]): boolean {
    const lines = devices.map((one) => `${hex(one.entityID)} ${fingerprint(one.temporaryKey)}`);
    const text = `${[firstLine, `batch ${batch}`, ...lines].join("\n")}\n`;
    const entry = new TextEncoder().encode(`${text}check ${checkOf(this.#check, text)}\n`);
    const beside = join(this.#folder, `.${batch}`);
    this.#disk.remove(beside);
    this.#disk.writeNew(beside, entry);
    try {
      this.#disk.link(beside, this.#path(this.#entries + 1));
      return true;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (noLinks.includes(code)) throw new FactoryError("factory.links", this.#folder);
      throw error;
    } finally {
      this.#disk.remove(beside);
    }
  }

  #path(number: number): string {
    return join(this.#folder, nameOf(number));
  }

  /** What has come since. */
  #read(): void {
    if (!isThere(this.#folder)) return;
    const names = readdirSync(this.#folder).filter((name) => !name.startsWith("."));
    if (names.length < this.#entries) throw this.#damaged(names.length + 1);
    while (this.#entries < names.length) this.#readEntry(this.#entries + 1);
  }

  #readEntry(number: number): void {
    const path = this.#path(number);
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw this.#damaged(number);
    const text = readFileSync(path, "utf8");
    const checkAt = text.lastIndexOf("check ");
    const check = checkOf(this.#check, text.slice(0, checkAt));
    const [first, second = "", ...lines] = text.slice(0, checkAt).split("\n");
    const batch = /^batch ([0-9a-f]{16})$/.exec(second)?.[1];
    const devices = lines.slice(0, -1).map((line) => deviceForm.exec(line));
    const whole =
      first === firstLine && text.slice(checkAt) === `check ${check}\n` && !devices.includes(null);
    if (!whole || batch === undefined) throw this.#damaged(number);
    for (const [, id = "", print = ""] of devices.map((one) => one ?? [])) {
      this.#issued.set(`Entity ID ${id}`, number);
      this.#issued.set(keyOf(print), number);
    }
    this.#batches.add(batch);
    this.#check = check;
    this.#entries = number;
  }

  #damaged(number: number): FactoryError {
    return new FactoryError("factory.ledger", this.#path(number));
  }
}

const checkOf = (before: string, text: string): string =>
  createHash("sha256").update(before).update(text).digest("hex");
