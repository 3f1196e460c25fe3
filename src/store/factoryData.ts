import { allZero, wipe } from "../crypto/bytes.js";
import type { KeyValue } from "../ports.js";
import { StoreError } from "./errors.js";

/**
 * What the factory writes into a device and nobody changes afterwards (SEC-06, C-12): a namespace of its own in
 * flash, which a factory reset leaves alone. `cpns factory` writes it, the firmware reads it.
 */
export const factoryNamespace = "cpns-factory";

/** Names in it, at most 15 characters; the values are plain octets. */
export const FactoryName = Object.freeze({
  /** 1 to 32 octets. */
  entityID: "entityID",
  /** 32 octets. */
  temporaryKey: "temporaryKey",
});

export const temporaryKeyLength = 32;
const maximumEntityID = 32;

/** True for what can be a Temporary Key: 32 octets that somebody has set. */
export const isTemporaryKey = (octets: Uint8Array): boolean =>
  octets.length === temporaryKeyLength && !allZero(octets);

export const isEntityID = (octets: Uint8Array): boolean =>
  octets.length >= 1 && octets.length <= maximumEntityID;

/** As `PnePorts` takes it: both are absent in a device whose factory has written nothing. */
export interface FactoryData {
  readonly factoryEntityID?: Uint8Array;
  /** A fresh copy at every call, to be wiped by the caller. */
  readonly temporaryKey?: () => Uint8Array;
}

/**
 * Reads the factory namespace. Throws StoreError("store.factory") for a value that the factory cannot have meant, and
 * for a Temporary Key without the Entity ID that it was made for.
 */
export function readFactoryData(factory: Pick<KeyValue, "read">): FactoryData {
  const factoryEntityID = factory.read(FactoryName.entityID);
  if (factoryEntityID !== undefined && !isEntityID(factoryEntityID)) {
    throw new StoreError("store.factory", FactoryName.entityID);
  }
  const key = factory.read(FactoryName.temporaryKey);
  if (key === undefined) return factoryEntityID === undefined ? {} : { factoryEntityID };
  const good = isTemporaryKey(key) && factoryEntityID !== undefined;
  wipe(key);
  if (!good) throw new StoreError("store.factory", FactoryName.temporaryKey);
  return { factoryEntityID, temporaryKey: () => readTemporaryKey(factory) };
}

function readTemporaryKey(factory: Pick<KeyValue, "read">): Uint8Array {
  const key = factory.read(FactoryName.temporaryKey);
  if (key === undefined || !isTemporaryKey(key)) {
    wipe(key);
    throw new StoreError("store.factory", FactoryName.temporaryKey);
  }
  return key;
}
