import { createDecipheriv } from "node:crypto";

/**
 * A second reading of ESP-IDF's NVS format, written from its documentation and from nothing of ours, to read what the
 * factory writes. Strict: whatever a device could stumble on throws.
 */
export interface NvsEntry {
  readonly namespace: string;
  readonly name: string;
  readonly value: Buffer;
}

const need = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(`NVS: ${what}`);
};

/** CRC-32 (reflected 0xedb88320) bit by bit, as the ROM's crc32_le(0xffffffff, …): no inversion at the start. */
function crc(octets: Buffer): number {
  let value = 0;
  for (const octet of octets) {
    value ^= octet;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

function decrypted(partition: Buffer, keys: Buffer): Buffer {
  const out = Buffer.from(partition);
  for (let page = 0; page < partition.length; page += 4096) {
    for (let at = page + 64; at < page + 4096; at += 32) {
      const entry = partition.subarray(at, at + 32);
      if (entry.every((octet) => octet === 0xff)) continue;
      const tweak = Buffer.alloc(16);
      tweak.writeUInt32LE(at);
      createDecipheriv("aes-256-xts", keys, tweak).update(entry).copy(out, at);
    }
  }
  return out;
}

/** The blobs of the only page in use. */
export function readNvs(image: Uint8Array, keys?: Uint8Array): readonly NvsEntry[] {
  const raw = Buffer.from(image);
  const partition = keys ? decrypted(raw, Buffer.from(keys)) : raw;
  need(partition.length % 4096 === 0 && partition.length >= 3 * 4096, "size");
  need(
    partition.subarray(4096).every((octet) => octet === 0xff),
    "one page in use",
  );
  const page = partition.subarray(0, 4096);
  need(page.readUInt32LE(0) === 0xfffffffe && page.readUInt32LE(4) === 0, "active, first");
  need(page[8] === 0xfe, "version 2");
  need(page.readUInt32LE(28) === crc(page.subarray(4, 28)), "check value of the header");
  return entriesOf(page);
}

function entriesOf(page: Buffer): readonly NvsEntry[] {
  const stateOf = (entry: number): number => ((page[32 + (entry >> 2)] ?? 0) >> ((entry & 3) * 2)) & 3;
  const namespaces = new Map<number, string>();
  const chunks = new Map<string, Buffer>();
  const found: NvsEntry[] = [];
  let at = 0;
  for (; at < 126 && stateOf(at) === 2; ) {
    const head = page.subarray(64 + at * 32, 96 + at * 32);
    const span = head[2] ?? 0;
    need(span >= 1 && at + span <= 126, "span");
    for (let one = at; one < at + span; one++) need(stateOf(one) === 2, "written");
    need(head.readUInt32LE(4) === crc(Buffer.concat([head.subarray(0, 4), head.subarray(8)])), "check value");
    const end = head.indexOf(0, 8);
    need(end > 8 && end < 24 && head.subarray(end, 24).every((octet) => octet === 0), "name");
    const name = head.toString("latin1", 8, end);
    const data = page.subarray(96 + at * 32, 64 + (at + span) * 32);
    if (head[0] === 0) {
      need(head[1] === 1 && span === 1 && head[3] === 0xff, "namespace");
      namespaces.set(head[24] ?? 0, name);
    } else if (head[1] === 0x42) {
      const length = head.readUInt16LE(24);
      need(
        span === 1 + Math.ceil(length / 32) && head.readUInt32LE(28) === crc(data.subarray(0, length)),
        "data",
      );
      chunks.set(`${head[0]} ${name} ${head[3]}`, data.subarray(0, length));
    } else {
      need(head[1] === 0x48 && span === 1 && head[3] === 0xff && head[29] === 0, "index of a blob");
      const parts = Array.from({ length: head[28] ?? 0 }, (_, chunk) =>
        chunks.get(`${head[0]} ${name} ${chunk}`),
      );
      const value = Buffer.concat(parts.map((part) => part ?? Buffer.alloc(0)));
      need(parts.every((part) => part !== undefined) && value.length === head.readUInt32LE(24), "whole");
      const namespace = namespaces.get(head[0] ?? 0) ?? "";
      need(namespace !== "", "namespace known");
      found.push({ namespace, name, value });
    }
    at += span;
  }
  for (; at < 126; at++) {
    need(stateOf(at) === 3, "empty");
    need(
      page.subarray(64 + at * 32, 96 + at * 32).every((octet) => octet === 0xff),
      "erased",
    );
  }
  return found;
}
