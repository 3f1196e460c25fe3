import { crc32 } from "node:zlib";

/**
 * ESP-IDF's non-volatile storage, format version 2 (ESP-IDF, NVS library, "Internals"): pages of entries. What is not
 * written stays as erased flash, all ones.
 */
export const pageLength = 4096;
export const entryLength = 32;

/** As ESP-IDF computes it: CRC-32 begun at all ones before the usual inversion. */
export const checksum = (octets: Uint8Array): number => crc32(octets, 0xffffffff);
