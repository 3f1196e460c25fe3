import { ascii, wipe } from "../../src/base/octets.js";
import { FactoryError } from "./errors.js";
import { checksum, entryLength, pageLength } from "./nvsFormat.js";
import { encryptEntry, type NvsKeys } from "./nvsKeys.js";

// One page (nvsFormat): a header and a map of 32 octets each, then 126 entries of 32 octets.
const mapOffset = 32;
const firstEntry = 64;
const State = Object.freeze({ active: 0xfffffffe, version2: 0xfe });
const Kind = Object.freeze({ u8: 0x01, blobData: 0x42, blobIndex: 0x48 });
const anyChunk = 0xff;
const longestName = 15;
/** All that a device's value needs, and far from the end of a page. */
const longestValue = 1024;
/** ESP-IDF keeps one page free for moving entries, and its tools refuse fewer than three. */
export const sizes = Object.freeze({ least: 3 * pageLength, most: 0x100000, usual: 0x6000 });

/** What a partition is to hold: one value of up to 1024 octets under a name, both names of 1 to 15 characters. */
export interface NvsValue {
  readonly namespace: string;
  readonly name: string;
  readonly value: Uint8Array;
}

/** Throws FactoryError("factory.size") for what cannot be the size of a partition. */
export function checkSize(size: number): void {
  const whole = Number.isSafeInteger(size) && size % pageLength === 0;
  if (!whole || size < sizes.least || size > sizes.most) throw new FactoryError("factory.size");
}

/**
 * An NVS partition of `size` octets with one blob, to be wiped; encrypted entry by entry when there are keys. Throws
 * FactoryError: as `checkSize`, "factory.name" for a bad name, "factory.value" for a value that is too long.
 */
export function nvsPartition({ namespace, name, value }: NvsValue, size: number, keys?: NvsKeys): Uint8Array {
  checkSize(size);
  if (value.length === 0 || value.length > longestValue) throw new FactoryError("factory.value");
  const data = new Uint8Array(Math.ceil(value.length / entryLength) * entryLength).fill(0xff);
  data.set(value);
  const index = 1;
  const entries = [
    entry({ namespace: 0, kind: Kind.u8, chunk: anyChunk, name: namespace }, (view) =>
      view.setUint8(0, index),
    ),
    entry({ namespace: index, kind: Kind.blobData, chunk: 0, name, data }, (view) => {
      view.setUint16(0, value.length, true);
      view.setUint32(4, checksum(value), true);
    }),
    data,
    entry({ namespace: index, kind: Kind.blobIndex, chunk: anyChunk, name }, (view) => {
      view.setUint32(0, value.length, true);
      view.setUint8(4, 1);
      view.setUint8(5, 0);
    }),
  ];
  const partition = new Uint8Array(size).fill(0xff);
  writePage(partition, entries, keys);
  wipe(...entries);
  return partition;
}

interface EntryHead {
  readonly namespace: number;
  readonly kind: number;
  readonly chunk: number;
  readonly name: string;
  /** Whole entries that follow it. */
  readonly data?: Uint8Array;
}

/** An entry with what `fill` puts into its last 8 octets. */
function entry(
  { namespace, kind, chunk, name, data }: EntryHead,
  fill: (view: DataView) => void,
): Uint8Array {
  if (!/^[\x21-\x7e]+$/.test(name) || name.length > longestName) throw new FactoryError("factory.name");
  const octets = new Uint8Array(entryLength).fill(0xff);
  octets.set([namespace, kind, 1 + (data?.length ?? 0) / entryLength, chunk]);
  octets.fill(0, 8, 24);
  octets.set(ascii(name), 8);
  // A number of one octet stands in eight of ones.
  fill(new DataView(octets.buffer, 24, 8));
  const sealed = new Uint8Array(28);
  sealed.set(octets.subarray(0, 4));
  sealed.set(octets.subarray(8), 4);
  new DataView(octets.buffer).setUint32(4, checksum(sealed), true);
  return octets;
}

/** Header, map and entries of the first page; the other pages stay erased. */
function writePage(partition: Uint8Array, entries: readonly Uint8Array[], keys: NvsKeys | undefined): void {
  const view = new DataView(partition.buffer);
  view.setUint32(0, State.active, true);
  view.setUint32(4, 0, true);
  partition[8] = State.version2;
  view.setUint32(28, checksum(partition.subarray(4, 28)), true);
  let at = firstEntry;
  for (const octets of entries) {
    for (let from = 0; from < octets.length; from += entryLength, at += entryLength) {
      const one = octets.subarray(from, from + entryLength);
      partition.set(keys === undefined ? one : encryptEntry(keys, at, one), at);
      markWritten(partition, (at - firstEntry) / entryLength);
    }
  }
}

/** Two bits an entry: 11 is empty, 10 is written. */
function markWritten(partition: Uint8Array, entry: number): void {
  const at = mapOffset + (entry >> 2);
  partition[at] = (partition[at] ?? 0xff) & ~(1 << ((entry & 3) * 2));
}
