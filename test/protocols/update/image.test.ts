import assert from "node:assert/strict";
import { concat, fromHex, hex } from "../../../src/base/octets.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import {
  encodeHeader,
  type ImageHeader,
  keyIDOf,
  openHeader,
  readHeader,
} from "../../../src/protocols/update/header.js";
import { factsOf, headerLength, isHeader, signedLength } from "../../../src/protocols/update/image.js";
import { codeOf } from "../../support/codeOf.js";
import { signedImage } from "../../vectors/signedImage.js";

const suite = { ...nobleSuite, curve: nobleCurve };
const key = fromHex(signedImage.publicKey);
const header = (): Uint8Array => fromHex(signedImage.header);

const said: ImageHeader = {
  board: "esp32/m5stack",
  version: "0.2.0",
  counter: 3,
  length: 16,
  hash: nobleSuite.sha256(fromHex(signedImage.image)),
  keyID: keyIDOf(nobleSuite, key),
};

describe("the header of a firmware image", () => {
  it("is the octets of docs/PROTOCOL.md, and says what they say there", () => {
    assert.equal(hex(encodeHeader(said)), signedImage.header.slice(0, 2 * signedLength));
    assert.deepEqual(readHeader(header()), said);
    assert.deepEqual(openHeader(suite, key, header()), said);
  });

  it("is opened by its key alone", () => {
    const other = fromHex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    assert.equal(
      codeOf(() => openHeader(suite, other, header())),
      "update.notSigned",
    );
  });

  it("is refused with any octet altered, in whatever bit", () => {
    for (let i = 0; i < headerLength; i++) {
      const altered = header();
      altered[i] = (altered[i] as number) ^ (1 << (i & 7));
      const code = codeOf(() => openHeader(suite, key, altered));
      assert.ok(code === "update.form" || code === "update.notSigned", `octet ${i}: ${code}`);
    }
  });

  it("is refused cut, lengthened, and by another format", () => {
    for (const length of [0, 1, signedLength, headerLength - 1])
      assert.equal(
        codeOf(() => readHeader(header().slice(0, length))),
        "update.form",
      );
    assert.equal(
      codeOf(() => readHeader(concat(header(), Uint8Array.of(0)))),
      "update.form",
    );
    const newer = header();
    newer[4] = 2;
    assert.equal(
      codeOf(() => readHeader(newer)),
      "update.form",
    );
  });

  it("has one encoding of a text, and none of what a display cannot show", () => {
    const broken = (change: (octets: Uint8Array) => void): string | undefined => {
      const octets = header();
      change(octets);
      return codeOf(() => readHeader(octets));
    };
    assert.equal(
      broken((octets) => octets.fill(0, 8, 40)),
      "update.form",
    );
    assert.equal(
      broken((octets) => octets.fill(0x41, 39, 40)),
      "update.form",
    );
    assert.equal(
      broken((octets) => octets.fill(0x20, 8, 9)),
      "update.form",
    );
    assert.equal(
      broken((octets) => octets.fill(0x80, 40, 41)),
      "update.form",
    );
    assert.equal(
      broken((octets) => octets.fill(0, 68, 72)),
      "update.form",
    );
    assert.equal(
      broken((octets) => octets.fill(1, 69, 70)),
      undefined,
    );
    assert.equal(
      broken((octets) => octets.fill(2, 68, 69)),
      "update.form",
    );
  });

  it("is not made of what no reader would take", () => {
    const wrong: readonly Partial<ImageHeader>[] = [
      { board: "" },
      { board: "a board" },
      { board: "a\u00e9" },
      { board: "b".repeat(33) },
      { version: "v".repeat(25) },
      { version: "" },
      { counter: -1 },
      { counter: 0x100000000 },
      { counter: 1.5 },
      { length: 0 },
      { length: 0x1000001 },
      { hash: new Uint8Array(31) },
      { keyID: new Uint8Array(7) },
    ];
    for (const one of wrong)
      assert.equal(
        codeOf(() => encodeHeader({ ...said, ...one })),
        "update.form",
        JSON.stringify(one),
      );
  });

  it("says the same to a device, which trusts its signer for its form", () => {
    const { keyID: _, ...facts } = said;
    assert.ok(isHeader(header()));
    assert.deepEqual(factsOf(header()), facts);
    for (const at of [0, 3, 4, 7]) {
      const other = header();
      other[at] = (other[at] as number) ^ 1;
      assert.ok(!isHeader(other));
    }
  });

  it("takes the longest texts", () => {
    const long = { ...said, board: "b".repeat(32), version: "v".repeat(24) };
    const octets = concat(encodeHeader(long), new Uint8Array(64));
    assert.deepEqual(readHeader(octets), long);
  });
});
