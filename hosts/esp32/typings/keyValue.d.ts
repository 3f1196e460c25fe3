/** ECMA-419 storage; on ESP32 a namespace of NVS. */
declare module "embedded:storage/key-value" {
  export interface KeyValueStore {
    /** Format "buffer"; undefined when there is none. */
    read(key: string): ArrayBuffer | undefined;
    /** Durable when it returns. Throws Error with the name of ESP-IDF's code as message. */
    write(key: string, value: ArrayBuffer | Uint8Array): void;
    delete(key: string): void;
    close(): void;
    [Symbol.iterator](): Iterator<string>;
  }
  const storage: {
    /** "r" throws when the namespace was never written. */
    open(options: {
      readonly path: string;
      readonly mode?: "r" | "r+";
      readonly format?: "buffer";
    }): KeyValueStore;
  };
  export default storage;
}
