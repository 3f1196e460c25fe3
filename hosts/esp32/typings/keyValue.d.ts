declare module "embedded:storage/key-value" {
  interface Storage {
    read(key: string): ArrayBuffer | string | number | bigint;
    write(key: string, value: ArrayBuffer | Uint8Array): void;
    delete(key: string): void;
    close(): void;
    [Symbol.iterator](): IterableIterator<string>;
  }
  const storage: {
    open(options: { path: string; mode?: "r" | "r+"; format?: "buffer" }): Storage;
  };
  export default storage;
}
