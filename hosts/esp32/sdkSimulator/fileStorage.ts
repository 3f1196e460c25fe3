import type { File } from "file";
import { fromHex, hex } from "../../../src/base/octets.js";
import type { SdkNamespace, SdkStorage } from "../storage/storage.js";

/**
 * ECMA-419 storage over files, one for each namespace, for the SDK's simulator, which has no NVS: lines of "name value",
 * the value in hexadecimal. A write replaces the file as a whole, by renaming, so that it is done or not begun.
 */
export function fileStorage(Sdk: typeof File, folder: string): SdkStorage {
  return Object.freeze({
    open: ({ path, mode }: Parameters<SdkStorage["open"]>[0]): SdkNamespace => {
      const name = `${folder}/${path}.nvs`;
      if (mode === "r" && !Sdk.exists(name)) throw new Error("ESP_ERR_NVS_NOT_FOUND");
      return new FileNamespace(Sdk, name);
    },
  });
}

class FileNamespace implements SdkNamespace {
  readonly #Sdk: typeof File;
  readonly #path: string;
  readonly #values = new Map<string, Uint8Array>();

  constructor(Sdk: typeof File, path: string) {
    this.#Sdk = Sdk;
    this.#path = path;
    if (!Sdk.exists(path)) return;
    const file = new Sdk(path);
    const text = file.length > 0 ? file.read(String) : "";
    file.close();
    for (const line of text.split("\n")) {
      const [name, value] = line.split(" ");
      if (name !== undefined && value !== undefined) this.#values.set(name, fromHex(value));
    }
  }

  read(key: string): ArrayBuffer | undefined {
    return this.#values.get(key)?.slice().buffer as ArrayBuffer | undefined;
  }

  write(key: string, value: ArrayBuffer | Uint8Array): void {
    this.#values.set(key, new Uint8Array(value).slice());
    this.#save();
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#save();
  }

  close(): void {}

  [Symbol.iterator](): Iterator<string> {
    return [...this.#values.keys()][Symbol.iterator]();
  }

  #save(): void {
    const next = `${this.#path}.new`;
    this.#Sdk.delete(next);
    const file = new this.#Sdk(next, true);
    file.write([...this.#values].map(([name, value]) => `${name} ${hex(value)}`).join("\n"));
    file.close();
    this.#Sdk.rename(next, this.#path);
  }
}
