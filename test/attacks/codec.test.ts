import assert from "node:assert/strict";
import { concat, fromHex } from "../../src/base/octets.js";
import { fromPNE } from "../../src/catalogue/legs.js";
import { Reader } from "../../src/codec/reader.js";

/** Inputs that crash or fool published decoders on XS; each must be a named error here. */
describe("octets made to crash a decoder", () => {
  const bombs: readonly (readonly [title: string, octets: Uint8Array, code: string])[] = [
    ["1000 nested arrays", new Uint8Array(1000).fill(0x81), "cbor.depth"],
    ["1000 nested maps", concat(...new Array(1000).fill(fromHex("a100"))), "cbor.depth"],
    ["1000 nested tags", new Uint8Array(1000).fill(0xc1), "cbor.unsupported"],
    ["a declared array of 2^32 − 1", fromHex("9a ffffffff"), "cbor.length"],
    ["a declared map of 2^32 − 1", fromHex("ba ffffffff"), "cbor.length"],
    ["a declared string of 2^32 − 1", fromHex("5a ffffffff"), "cbor.length"],
    ["a declared text of 2^53 − 1", fromHex("7b 001fffffffffffff"), "cbor.length"],
    ["1000 indefinite arrays", new Uint8Array(1000).fill(0x9f), "cbor.indefinite"],
  ];
  for (const [title, octets, code] of bombs) {
    it(`${title}: ${code}`, () => {
      assert.throws(() => new Reader(octets).skip(0), { code });
    });
    it(`${title} as an extension of a message: a named error`, () => {
      // EntityDiscoveryRequest with the extension key −1.
      const message = concat(fromHex("84 01 01 01 a2 16 00 20"), octets);
      assert.throws(() => fromPNE.decode(message), { code: /^(cbor|message)\./ });
    });
  }
});
