import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, hex } from "../../src/base/octets.js";
import type { UpdateImage, UpdateView } from "../../src/gateway/updates.js";
import { UpdateError } from "../../src/protocols/update/errors.js";
import { type ImageHeader, readHeader } from "../../src/protocols/update/header.js";
import { headerLength, imageIDLength, maximumImage } from "../../src/protocols/update/image.js";
import { nodeSuite } from "../node/nodeSuite.js";
import { called } from "../node/program/called.js";
import { writeDurably } from "../node/program/durableFile.js";
import { makeFolder } from "../node/program/folder.js";
import { Refusal } from "../node/program/misuse.js";

/** What is to be updated with what, as it outlives the program. */
interface KeptOrder {
  readonly device: string;
  readonly image: string;
}

const ordersFile = "orders.json";
const ending = ".cpns";

/** Firmware images, and the updates that are not over, in a folder: a gateway that starts again goes on with them. */
export class UpdateShelf {
  readonly #folder: string;
  #kept = "";

  /** Makes the folder when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes a copy of a signed image. Throws Refusal for what is none, or cannot be read. */
  take(path: string): UpdateImage {
    const file = readBounded(path);
    const header = headerOf(file, path);
    if (file.length !== headerLength + header.length || !equalBytes(hashOf(file), header.hash)) {
      throw new Refusal(`${path}: the image is not the one that was signed`);
    }
    makeFolder(this.#folder);
    writeDurably(this.#path(hex(header.hash.subarray(0, imageIDLength))), file);
    return this.#image(hex(header.hash.subarray(0, imageIDLength)));
  }

  /** Those that were not over when the program ended. What was damaged since is left out. */
  unfinished(): readonly { readonly device: string; readonly image: UpdateImage }[] {
    let orders: readonly KeptOrder[];
    try {
      orders = readOrders(readFileSync(join(this.#folder, ordersFile), "utf8"));
    } catch {
      return [];
    }
    return orders.flatMap(({ device, image }) => {
      try {
        return [{ device, image: this.#image(image) }];
      } catch {
        return [];
      }
    });
  }

  /** Keeps what is not over, durably, and forgets images that nobody waits for. */
  keep(updates: readonly UpdateView[]): void {
    const open = updates.filter(({ state }) => state !== "done" && state !== "refused");
    const orders: readonly KeptOrder[] = open.map(({ device, image }) => ({ device, image }));
    const text = JSON.stringify(orders);
    if (text === this.#kept || (orders.length === 0 && this.#kept === "")) return;
    writeDurably(join(this.#folder, ordersFile), text);
    this.#kept = text;
    const wanted = new Set(orders.map(({ image }) => `${image}${ending}`));
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith(ending) && !wanted.has(name)) rmSync(join(this.#folder, name), { force: true });
    }
  }

  #path(image: string): string {
    return join(this.#folder, `${image}${ending}`);
  }

  /** Throws for what is not there. */
  #image(id: string): UpdateImage {
    const path = this.#path(id);
    const header = readPart(path, 0, headerLength);
    readHeader(header);
    return { header, read: (offset, length) => readPart(path, headerLength + offset, length) };
  }
}

const hashOf = (file: Uint8Array): Uint8Array => nodeSuite.sha256(file.subarray(headerLength));

function readBounded(path: string): Uint8Array {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > headerLength + maximumImage) throw new Refusal(`${path} is no image`);
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`the gateway cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function headerOf(file: Uint8Array, path: string): ImageHeader {
  try {
    return readHeader(file.slice(0, headerLength));
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    throw new Refusal(`${path} is no signed image: ${called("firmware")} sign makes one`);
  }
}

function readPart(path: string, offset: number, length: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const octets = new Uint8Array(length);
    const read = readSync(file, octets, 0, length, offset);
    return octets.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

function readOrders(text: string): readonly KeptOrder[] {
  const orders: unknown = JSON.parse(text);
  if (!Array.isArray(orders)) return [];
  return orders.filter(
    (one: Partial<KeptOrder>): one is KeptOrder =>
      /^(?:[0-9a-f]{2}){1,32}$/.test(String(one?.device)) && /^[0-9a-f]{16}$/.test(String(one?.image)),
  );
}
