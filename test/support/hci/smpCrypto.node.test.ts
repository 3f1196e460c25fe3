import assert from "node:assert/strict";
import { cmac, f4, f5, f6, g2 } from "./smpCrypto.js";

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

const u = octets("20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6");
const v = octets("55188b3d32f6bb9a900afcfbeed4e72a59cb9ac2f19d7cfb6b4fdd49f47fc5fd");
const n1 = octets("d5cb8454d177733effffb2ec712baeab");
const n2 = octets("a6e8e7cc25a75f6e216583f7ff3dc4cf");
const a1 = octets("0056123737bfce");
const a2 = octets("00a713702dcfc1");

describe("the cryptography of LE Secure Connections, by the specification's own samples", () => {
  it("has AES-CMAC for no octets, for whole blocks and for others (RFC 4493)", () => {
    const key = octets("2b7e151628aed2a6abf7158809cf4f3c");
    const message = octets(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
    );
    assert.equal(hex(cmac(key, new Uint8Array(0))), "bb1d6929e95937287fa37d129b756746");
    assert.equal(hex(cmac(key, message.subarray(0, 16))), "070a16b46b4d4144f79bdd9dd04a287c");
    assert.equal(hex(cmac(key, message)), "dfa66747de9ae63030ca32611497c827");
  });

  it("has f4, f5, f6 and g2 (vol. 3, part H, appendix D)", () => {
    assert.equal(hex(f4(u, v, n1, 0)), "f2c916f107a9bd1cf1eda1bea974872d");
    const secret = octets("ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698");
    const { mac, longTerm } = f5(secret, [n1, n2], [a1, a2]);
    assert.equal(hex(mac), "2965f176a1084a02fd3f6a20ce636e20");
    assert.equal(hex(longTerm), "6986791169d7cd23980522b594750a38");
    assert.equal(g2(u, v, n1, n2), 0x2f9ed5ba % 1_000_000);
    const key = octets("2965f176a1084a02fd3f6a20ce636e20");
    const shared = octets("12a3343bb453bb5408da42d20c2d0fc8");
    const proof = f6(key, [n1, n2], octets("010102"), [a1, a2], shared);
    assert.equal(hex(proof), "e3c473989cd0e8c5d26c0b09da958f61");
  });
});
