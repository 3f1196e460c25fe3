import assert from "node:assert/strict";
import { fromHex } from "../../src/base/octets.js";
import { CodecError } from "../../src/codec/errors.js";
import { Reader } from "../../src/codec/reader.js";
import { appendixA } from "../vectors/rfc8949.js";

/** "accepted", or the code of the error. */
function verdict(octets: Uint8Array): string {
  try {
    const reader = new Reader(octets);
    reader.skip(0);
    reader.end();
    return "accepted";
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

describe("the reader on RFC 8949 appendix A", () => {
  it("accepts the part inside the subset and refuses the rest by name", () => {
    const counts: Record<string, number> = {};
    for (const hex of appendixA) {
      const code = verdict(fromHex(hex));
      counts[code] = (counts[code] ?? 0) + 1;
    }
    assert.equal(appendixA.length, 82);
    assert.deepEqual(counts, {
      accepted: 31,
      // 2^64 − 1 and −2^64 are beyond what a number holds.
      "cbor.range": 2,
      // Floats, null, undefined, simple values, tags and bignums.
      "cbor.unsupported": 35,
      // Indefinite lengths.
      "cbor.indefinite": 11,
      // Text keys: keys are integers here.
      "cbor.type": 3,
    });
  });

  const refused: readonly (readonly [title: string, hex: string, code: string])[] = [
    ["nothing", "", "cbor.truncated"],
    ["a head without its octets", "19 01", "cbor.truncated"],
    ["two values", "00 00", "cbor.trailing"],
    ["23 in two octets", "18 17", "cbor.nonMinimal"],
    ["255 in three octets", "19 00 ff", "cbor.nonMinimal"],
    ["65535 in five octets", "1a 00 00 ff ff", "cbor.nonMinimal"],
    ["2^32 − 1 in nine octets", "1b 00 00 00 00 ff ff ff ff", "cbor.nonMinimal"],
    ["a length of 1 in two octets", "58 01 00", "cbor.nonMinimal"],
    ["an indefinite string", "5f 41 00 ff", "cbor.indefinite"],
    ["an indefinite array", "9f ff", "cbor.indefinite"],
    ["an indefinite map", "bf ff", "cbor.indefinite"],
    ["a lone break", "ff", "cbor.unsupported"],
    ["a string beyond the input", "42 00", "cbor.length"],
    ["a string of 4 GiB", "5a ff ff ff ff", "cbor.length"],
    ["an array of 2^53 items", "9b 00 20 00 00 00 00 00 00", "cbor.range"],
    ["an array beyond the input", "82 00", "cbor.length"],
    ["a map beyond the input", "a2 00 00 01", "cbor.length"],
    ["a reserved head", "1c", "cbor.unsupported"],
    ["a tag", "c1 00", "cbor.unsupported"],
    ["null", "f6", "cbor.unsupported"],
    ["a float", "f9 00 00", "cbor.unsupported"],
    ["an overlong letter", "62 c1 81", "cbor.utf8"],
    ["a surrogate", "63 ed a0 80", "cbor.utf8"],
    ["a point above U+10FFFF", "64 f4 90 80 80", "cbor.utf8"],
    ["a cut letter", "61 c3", "cbor.utf8"],
    ["a lone continuation", "61 80", "cbor.utf8"],
    ["a duplicate key", "a2 01 00 01 00", "cbor.duplicateKey"],
    ["keys out of order", "a2 02 00 01 00", "cbor.keyOrder"],
    ["a negative key before a positive one", "a2 20 00 01 00", "cbor.keyOrder"],
    ["a text key", "a1 61 61 00", "cbor.type"],
    ["nine nested arrays", "81 81 81 81 81 81 81 81 80", "cbor.depth"],
  ];
  for (const [title, hex, code] of refused) {
    it(`refuses ${title}: ${code}`, () => assert.equal(verdict(fromHex(hex)), code));
  }

  it("accepts eight nested arrays", () => {
    assert.equal(verdict(fromHex("81 81 81 81 81 81 81 80")), "accepted");
  });
});
