import type { KeyValue } from "../../../src/base/ports.js";
import { StoreError } from "../../../src/keystore/errors.js";

/** ECMA-419 storage opened with the format "buffer"; on ESP32 a namespace of NVS. */
export interface SdkNamespace {
  /** Undefined when there is none. */
  read(key: string): ArrayBuffer | undefined;
  /** Durable when it returns. Throws Error with the name of ESP-IDF's code as message. */
  write(key: string, value: ArrayBuffer | Uint8Array): void;
  delete(key: string): void;
  close(): void;
  [Symbol.iterator](): Iterator<string>;
}

/** What is needed of `embedded:storage/key-value`. */
export interface SdkStorage {
  /** "r" throws when the namespace was never written. */
  open(options: { path: string; mode: "r" | "r+"; format: "buffer" }): SdkNamespace;
}

/** NVS keeps a blob of at most 508 000 octets, in pages of 4000; the core asks for less than one. */
const maximumValue = 4000;
const maximumName = 15;

/**
 * ESP-IDF's codes (nvs.h) for what has no room, by name, or by number where the names are left out of the build: 0x1105
 * not enough space, 0x110a page full, 0x110d no free pages, 0x110e value too long.
 */
const full = /NVS_(NOT_ENOUGH_SPACE|PAGE_FULL|NO_FREE_PAGES|VALUE_TOO_LONG)|0x110[5ade]\b/i;

/** ECMA-419 storage under the core's KeyStore: one namespace of NVS, opened for as long as the device runs. */
export class DeviceStorage implements KeyValue {
  readonly #store: SdkNamespace;

  /** `path` is the namespace, at most 15 characters. Throws StoreError("store.broken") when flash cannot be used. */
  constructor(sdk: SdkStorage, path: string) {
    try {
      this.#store = sdk.open({ path, mode: "r+", format: "buffer" });
    } catch (error) {
      throw new StoreError("store.broken", messageOf(error));
    }
  }

  read(name: string): Uint8Array | undefined {
    try {
      const value = this.#store.read(name);
      return value && new Uint8Array(value);
    } catch (error) {
      throw new StoreError("store.broken", messageOf(error));
    }
  }

  write(name: string, value: Uint8Array): void {
    if (name.length === 0 || name.length > maximumName) throw new RangeError(`flash name '${name}'`);
    if (value.length > maximumValue) throw new StoreError("store.full", name);
    try {
      this.#store.write(name, value);
    } catch (error) {
      const message = messageOf(error);
      throw new StoreError(full.test(message) ? "store.full" : "store.broken", message);
    }
  }

  delete(name: string): void {
    try {
      this.#store.delete(name);
    } catch (error) {
      throw new StoreError("store.broken", messageOf(error));
    }
  }

  names(): string[] {
    const names: string[] = [];
    try {
      // The SDK's store is its own iterator's maker, but not an array's source on every platform.
      const iterator = this.#store[Symbol.iterator]();
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) names.push(next.value);
    } catch (error) {
      throw new StoreError("store.broken", messageOf(error));
    }
    return names;
  }
}

/** What the factory wrote: read only, and empty when it was never written. */
export class FactoryStorage implements Pick<KeyValue, "read"> {
  readonly #store: SdkNamespace | undefined;

  constructor(sdk: SdkStorage, path: string) {
    try {
      this.#store = sdk.open({ path, mode: "r", format: "buffer" });
    } catch {
      // A namespace that nobody has written cannot be opened for reading (ESP_ERR_NVS_NOT_FOUND).
      this.#store = undefined;
    }
  }

  /** Throws StoreError("store.broken"). */
  read(name: string): Uint8Array | undefined {
    try {
      const value = this.#store?.read(name);
      return value && new Uint8Array(value);
    } catch (error) {
      throw new StoreError("store.broken", messageOf(error));
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
