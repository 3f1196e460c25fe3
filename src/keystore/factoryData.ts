import { allZero, ascii, concat, equalBytes, wipe } from "../base/octets.js";
import type { KeyValue } from "../base/ports.js";
import { entityID, label } from "../codec/attributes.js";
import { decode, encode, field, octets, optional, record } from "../codec/schema.js";
import type { Suite } from "../crypto/suite.js";
import { StoreError } from "./errors.js";

/**
 * What the factory writes into a device and nobody changes afterwards (SEC-06, C-12): a namespace of its own in
 * flash, which a factory reset leaves alone. `cpns factory` writes it, the firmware reads it.
 */
export const factoryNamespace = "cpns-factory";

/**
 * The one value in it: version (1) ‖ CBOR ‖ check value (first 8 octets of SHA-256 over namespace and all before). One
 * value, so that no device has one's Entity ID with another's key; a check value of its own, because an image comes
 * into flash by tools that are not ours.
 */
export const factoryName = "device";

const version = 1;
const checkLength = 8;
const maximumEntityID = 32;
export const temporaryKeyLength = 32;

const schema = record({
  entityID: field(1, entityID),
  temporaryKey: optional(2, octets(temporaryKeyLength, temporaryKeyLength)),
  name: optional(3, label),
});

/** True for what can be a Temporary Key: 32 octets that somebody has set. */
export const isTemporaryKey = (octets: Uint8Array): boolean =>
  octets.length === temporaryKeyLength && !allZero(octets);

/** True for what can be an Entity ID: 1 to 32 octets. */
export const isEntityID = (octets: Uint8Array): boolean =>
  octets.length >= 1 && octets.length <= maximumEntityID;

/** A device as its factory makes it. */
export interface FactoryDevice {
  /** 1 to 32 octets. */
  readonly entityID: Uint8Array;
  /** 32 octets, not all zero; a device without one cannot be enrolled by SEC-05. */
  readonly temporaryKey?: Uint8Array;
  /** For people, told in PNEInfo: 1 to 32 octets of UTF-8. */
  readonly name?: string;
}

/** The value for `factoryName`, to be wiped. Throws StoreError("store.factory") for what no reader would take. */
export function encodeFactoryData(suite: Pick<Suite, "sha256">, device: FactoryDevice): Uint8Array {
  const body = encoded(device);
  const head = concat(Uint8Array.of(version), body);
  const value = concat(head, check(suite, head));
  wipe(body, head);
  return value;
}

function encoded(device: FactoryDevice): Uint8Array {
  const { temporaryKey } = device;
  if (temporaryKey !== undefined && !isTemporaryKey(temporaryKey)) throw new StoreError("store.factory");
  try {
    return encode(schema, device);
  } catch {
    throw new StoreError("store.factory");
  }
}

/** As `PnePorts` takes it: nothing is there in a device whose factory has written nothing. */
export interface FactoryData {
  readonly factoryEntityID?: Uint8Array;
  /** A fresh copy at every call, to be wiped by the caller. */
  readonly temporaryKey?: () => Uint8Array;
  readonly name?: string;
}

/**
 * Reads the factory namespace. Throws StoreError("store.factory") for a value that is damaged or that the factory
 * cannot have meant, StoreError("store.version") for a whole one of a form that we do not know.
 */
export function readFactoryData(suite: Pick<Suite, "sha256">, factory: Pick<KeyValue, "read">): FactoryData {
  const device = readDevice(suite, factory);
  if (device === undefined) return {};
  const { entityID: factoryEntityID, name } = device;
  const hasKey = device.temporaryKey !== undefined;
  wipe(device.temporaryKey);
  return {
    factoryEntityID,
    ...(hasKey && { temporaryKey: () => readTemporaryKey(suite, factory) }),
    ...(name !== undefined && { name }),
  };
}

function readTemporaryKey(suite: Pick<Suite, "sha256">, factory: Pick<KeyValue, "read">): Uint8Array {
  const key = readDevice(suite, factory)?.temporaryKey;
  if (key === undefined) throw new StoreError("store.factory", factoryName);
  return key;
}

function readDevice(
  suite: Pick<Suite, "sha256">,
  factory: Pick<KeyValue, "read">,
): FactoryDevice | undefined {
  const value = factory.read(factoryName);
  if (value === undefined) return undefined;
  try {
    const end = value.length - checkLength;
    if (end < 1 || !equalBytes(check(suite, value.subarray(0, end)), value.subarray(end))) {
      throw new StoreError("store.factory", factoryName);
    }
    if (value[0] !== version) throw new StoreError("store.version", `${factoryName} ${value[0]}`);
    return decoded(value.subarray(1, end));
  } finally {
    wipe(value);
  }
}

function decoded(body: Uint8Array): FactoryDevice {
  let device: FactoryDevice;
  try {
    device = decode(schema, body);
  } catch {
    throw new StoreError("store.factory", factoryName);
  }
  if (device.temporaryKey === undefined || isTemporaryKey(device.temporaryKey)) return device;
  throw new StoreError("store.factory", factoryName);
}

const check = (suite: Pick<Suite, "sha256">, head: Uint8Array): Uint8Array =>
  suite.sha256(ascii(factoryNamespace), head).slice(0, checkLength);
