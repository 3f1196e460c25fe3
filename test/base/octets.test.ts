import assert from "node:assert/strict";
import {
  allZero,
  ascii,
  concat,
  equalBytes,
  fromHex,
  hex,
  lengthPrefixed,
  wipe,
} from "../../src/base/octets.js";

const all = Uint8Array.from({ length: 256 }, (_, index) => index);

describe("helpers for octets", () => {
  it("compare equal octets as equal, and find any changed bit and any other length", () => {
    const octets = all.slice(0, 40);
    assert.equal(equalBytes(octets, octets.slice()), true);
    assert.equal(equalBytes(new Uint8Array(0), new Uint8Array(0)), true);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const changed = octets.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(equalBytes(octets, changed), false, `bit ${bit}`);
    }
    for (const length of [0, 39]) assert.equal(equalBytes(octets, octets.subarray(0, length)), false);
    assert.equal(equalBytes(octets, concat(octets, Uint8Array.of(0))), false);
  });

  it("do not let two differences cancel out", () => {
    assert.equal(equalBytes(Uint8Array.of(1, 1), Uint8Array.of(0, 0)), false);
    assert.equal(equalBytes(Uint8Array.of(0x55, 0xaa), Uint8Array.of(0xaa, 0x55)), false);
  });

  it("wipe every array and pass over what is absent", () => {
    const [one, other] = [all.slice(), all.slice()];
    wipe(one, undefined, other.subarray(10));
    assert.equal(allZero(one), true);
    assert.equal(hex(other), hex(all.subarray(0, 10)) + "00".repeat(246));
  });

  it("know zeros from anything else, wherever it stands", () => {
    assert.equal(allZero(new Uint8Array(0)), true);
    assert.equal(allZero(new Uint8Array(33)), true);
    for (let at = 0; at < 33; at++) {
      const octets = new Uint8Array(33);
      octets[at] = 0x80;
      assert.equal(allZero(octets), false);
    }
  });

  it("join parts in their order into a new array", () => {
    const part = Uint8Array.of(1, 2);
    const joined = concat(part, new Uint8Array(0), Uint8Array.of(3));
    assert.equal(hex(joined), "010203");
    part.fill(9);
    assert.equal(hex(joined), "010203");
    assert.equal(concat().length, 0);
  });

  it("put a length of two octets, high octet first, before the octets", () => {
    assert.equal(hex(lengthPrefixed(new Uint8Array(0))), "0000");
    assert.equal(hex(lengthPrefixed(Uint8Array.of(7))), "000107");
    assert.equal(hex(lengthPrefixed(all).subarray(0, 4)), "01000001");
    assert.equal(hex(lengthPrefixed(new Uint8Array(0xffff)).subarray(0, 2)), "ffff");
    assert.throws(() => lengthPrefixed(new Uint8Array(0x10000)), RangeError);
  });

  it("write labels in ASCII and refuse anything else", () => {
    assert.equal(hex(ascii("EUK ~")), "45554b207e");
    for (const label of ["\x7f", "é", "€", "a\u{1f511}"]) assert.throws(() => ascii(label), RangeError);
  });

  it("write two digits an octet, of any number of octets and wherever they lie", () => {
    const digits = "0123456789abcdef";
    const slow = (octets: Uint8Array): string => {
      let text = "";
      octets.forEach((octet) => {
        text += digits.charAt(octet >> 4) + digits.charAt(octet & 15);
      });
      return text;
    };
    for (let length = 0; length < 14; length++) {
      for (const at of [0, 1, 2, 3, 127, 242]) {
        const some = all.subarray(at, at + length);
        assert.equal(hex(some), slow(some));
        assert.equal(slow(fromHex(slow(some))), slow(some));
      }
      for (const octet of [0x00, 0x0f, 0x10, 0x80, 0xff]) {
        const same = new Uint8Array(length).fill(octet);
        assert.equal(hex(same), slow(same));
        assert.equal(slow(fromHex(slow(same).toUpperCase())), slow(same));
      }
    }
  });

  it("read the hexadecimal they write, and refuse what is none", () => {
    assert.equal(hex(fromHex(hex(all))), hex(all));
    assert.equal(hex(fromHex(" 0A fF\n00 ")), "0aff00");
    assert.equal(fromHex("").length, 0);
    for (const text of ["0", "abc", "0g", "0x", "-1", "..", "+f"])
      assert.throws(() => fromHex(text), RangeError);
  });
});
