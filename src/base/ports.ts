import type { Milliseconds } from "./units.js";

/**
 * What the core needs of the world. Every host brings its own: the device over Moddable's modules, Node programs
 * over Node's, the simulator over virtual time, flash and a seeded generator.
 */

/** A source of cryptographically strong random octets. */
export interface Random {
  /** Fills the whole array. Throws rather than leave weak octets. */
  fill(into: Uint8Array): void;
}

/** Fresh random octets. */
export function randomOctets(random: Random, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  random.fill(octets);
  return octets;
}

export interface Timer {
  /** Stops the timer; nothing happens when it has already fired. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic since an arbitrary start; on hosts with a calendar it is Unix time. */
  now(): Milliseconds;
  /** Calls `fire` once after `delay`, never before `after` has returned. */
  after(delay: Milliseconds, fire: () => void): Timer;
}

/**
 * Key-value storage in the shape of ECMA-419 (`embedded:storage/key-value`, format "buffer"): names of at most 15
 * characters, values of at most 4000 octets. One write is atomic or lost, never torn silently twice (the store
 * above it keeps two slots and a check value because flash may do worse).
 */
export interface KeyValue {
  /** A fresh copy of the value, or undefined when there is none. */
  read(name: string): Uint8Array | undefined;
  /** Throws `StoreError("store.full")` when the value does not fit; the old value then still stands. */
  write(name: string, value: Uint8Array): void;
  delete(name: string): void;
  names(): string[];
}

/** What may be logged: never octets, so that a Secret or a raw key cannot get there by type. */
export type LogValue = string | number | boolean;

export interface Log {
  event(name: string, fields?: Readonly<Record<string, LogValue>>): void;
}

/** A sink for hosts and tests that do not care. */
export const silentLog: Log = Object.freeze({ event() {} });
