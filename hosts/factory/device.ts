import { createHash } from "node:crypto";
import { wipe } from "../../src/base/octets.js";
import type { Random } from "../../src/base/ports.js";
import { randomOctets } from "../../src/base/ports.js";
import { isTemporaryKey, temporaryKeyLength } from "../../src/keystore/factoryData.js";
import { FactoryError } from "./errors.js";

/** What makes a device itself (SEC-06, C-12). */
export interface Device {
  /** 1 to 32 octets. */
  readonly entityID: Uint8Array;
  /** 32 octets, wiped by whoever made the device. */
  readonly temporaryKey: Uint8Array;
  /** For people: 1 to 32 octets of UTF-8. */
  readonly name?: string;
}

/** A device as its maker prescribes it: without a key, one is to be made. */
export type Prescribed = Omit<Device, "temporaryKey"> & Partial<Pick<Device, "temporaryKey">>;

export const entityIDLength = 16;
/** What is left to chance keeps the Entity IDs of a prefix apart. */
export const longestPrefix = 8;
export const mostDevices = 10_000;
/** 32 random octets have fewer different ones less than once in 10^16 draws. */
const leastVariety = 16;

/** False for what nobody can have drawn at random: a pattern, a counter, text. */
export const isRandomKey = (key: Uint8Array): boolean =>
  isTemporaryKey(key) && new Set(key).size >= leastVariety;

/**
 * `count` devices with Entity IDs of 16 octets, prefix first, and Temporary Keys of their own. Throws
 * FactoryError: "factory.count", "factory.prefix", "factory.random" when the generator gives what is none.
 */
export function makeDevices(
  random: Random,
  count: number,
  prefix: Uint8Array = new Uint8Array(0),
): readonly Device[] {
  if (!Number.isSafeInteger(count) || count < 1 || count > mostDevices)
    throw new FactoryError("factory.count");
  if (prefix.length > longestPrefix) throw new FactoryError("factory.prefix");
  const nameless = Array.from({ length: count }, () => {
    const entityID = randomOctets(random, entityIDLength);
    entityID.set(prefix);
    return { entityID };
  });
  return completeDevices(random, nameless);
}

/** What is prescribed, with keys made for those that have none. Takes the keys that are there, and wipes all when it fails. */
export function completeDevices(random: Random, prescribed: readonly Prescribed[]): readonly Device[] {
  const devices: Device[] = [];
  try {
    for (const one of prescribed) devices.push({ ...one, temporaryKey: one.temporaryKey ?? makeKey(random) });
    return devices;
  } catch (error) {
    wipeDevices(devices);
    wipeDevices(prescribed);
    throw error;
  }
}

function makeKey(random: Random): Uint8Array {
  const key = randomOctets(random, temporaryKeyLength);
  if (isRandomKey(key)) return key;
  wipe(key);
  throw new FactoryError("factory.random");
}

/** Overwrites the keys. */
export const wipeDevices = (devices: readonly Prescribed[]): void =>
  wipe(...devices.map((one) => one.temporaryKey));

/** Says which key it was and gives nobody the key: random octets cannot be guessed from their digest. */
export const fingerprint = (key: Uint8Array): string =>
  createHash("sha256").update("CPNS factory").update(key).digest("hex");
