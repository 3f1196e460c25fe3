import assert from "node:assert/strict";
import { fromBase64, toBase64 } from "../../../src/protocols/gba/base64.js";
import { readParameters, writeParameters } from "../../../src/protocols/gba/digest.js";
import type { Target } from "../target.js";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Headers and Base64 of a BSF, which anybody between may have written. */
export const ub: Target = {
  name: "ub",
  seeds: [
    ascii('Digest realm="bsf.example", nonce="xa+NBV3JJqU=", algorithm=AKAv1-MD5, qop=auth-int'),
    ascii('rspauth="98bda8ba", cnonce="9b7f", nc=00000001, qop=auth-int'),
    ascii("xa+NBV3JJqUG019AwbVjrg=="),
  ],
  run(input) {
    const text = String.fromCharCode(...input.subarray(0, 4096));
    const octets = fromBase64(text);
    if (octets !== undefined) assert.equal(toBase64(octets), text);
    const fields = readParameters(`Digest ${text}`);
    if (fields !== undefined) {
      // What stands without quotes of ours has no room for these.
      const plain = [...fields].filter(([, value]) => !/["\\\s,]/.test(value) && value !== "");
      const again = readParameters(`Digest ${writeParameters(Object.fromEntries(plain))}`);
      if (plain.length === fields.size && plain.length > 0) assert.equal(again?.size, fields.size);
    }
    return `${octets === undefined} ${fields === undefined ? "none" : Math.min(fields.size, 9)}`;
  },
};
