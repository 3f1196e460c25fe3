import type { KeyValue } from "../base/ports.js";

/** Octets that flash erases at once. A write at the begin of a block erases it; none reaches over its end. */
export const blockLength = 4096;

/**
 * The two places that firmware starts from, of which one runs. A switch is durable at once or has not been; an image
 * that was switched to is on trial, and whoever starts the device before it was confirmed finds the image before.
 */
export interface UpdateSlots {
  /** Octets that an image may have. */
  readonly capacity: number;
  /** Which of the two runs: 0 or 1. */
  readonly current: number;
  /** What runs was switched to, and is not confirmed. */
  readonly trial: boolean;
  /** The other one holds what write() began, and nobody else has put firmware there since (by cable). */
  readonly begun: boolean;
  /** Into the other one. Throws StoreError("store.broken") when it does not read back. */
  write(offset: number, octets: Uint8Array): void;
  /** SHA-256 of so many octets of the other one, as they read back. Throws StoreError("store.broken"). */
  hash(length: number): Uint8Array;
  /** The other one starts next, on trial. Throws StoreError("store.broken"), also for what cannot start. */
  activate(): void;
  /** What runs is the one that starts from now on. */
  confirm(): void;
  /** What runs is given up: the device starts the image before, now. */
  rollBack(): void;
}

/** What a PNE needs to be updated over the air. */
export interface UpdatePorts {
  readonly slots: UpdateSlots;
  /** Of the update alone: a factory reset leaves it, as the counter must not go back. */
  readonly store: KeyValue;
  /** Built in: it takes no image below, whatever its flash has forgotten. */
  readonly counter: number;
  /** Compressed, of whoever signs its images; without one it takes none. */
  readonly publicKey: Uint8Array | undefined;
  /** ECDSA over P-256 with SHA-256, as src/crypto/ecdsa.ts: whether 64 octets are a signature of `message`. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** As images name it (boardOf): "esp32/m5stack+lamp". */
  readonly board: string;
  /** Starts the device anew, as soon as nobody is typing. */
  restart(): void;
}
