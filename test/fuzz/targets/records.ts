import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { hex } from "../../../src/base/octets.js";
import { recordKeys } from "../../../src/crypto/keys/recordKeys.js";
import { Secret } from "../../../src/crypto/secret.js";
import { openRecord, parseRecord, sealRecord } from "../../../src/link/record.js";
import { named, type Target } from "../target.js";

const key = recordKeys(nodeSuite, new Secret(new Uint8Array(32).fill(7))).initiatorToResponder;
const sid = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const sealed = [1, 2, 0xffffffff].flatMap((counter) => [
  sealRecord(nodeSuite, key, counter, Uint8Array.of(counter & 255)),
  sealRecord(nodeSuite, key, counter, new Uint8Array(100), sid),
]);
const known = new Set(sealed.map(hex));

/** Records from anybody: only those open that were sealed, octet for octet. */
export const records: Target = {
  name: "records",
  seeds: sealed,
  run: (input) =>
    named(() => {
      const parsed = parseRecord(input);
      const form = parsed === undefined ? "none" : `${parsed.head.length}`;
      return `${form} ${named(() => {
        openRecord(nodeSuite, key, 1, input);
        assert.ok(known.has(hex(input)));
        return "opened";
      })}`;
    }),
};
