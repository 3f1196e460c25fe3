import assert from "node:assert/strict";
import { createECDH, generateKeyPairSync, sign, verify } from "node:crypto";
import { nodeCurve } from "../../hosts/node/nodeCurve.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { concat, fromHex } from "../../src/base/octets.js";
import { order } from "../../src/crypto/curve.js";
import { verifySignature } from "../../src/crypto/ecdsa.js";
import { SeededRandom } from "../support/seededRandom.js";
import { ecdsaContract } from "./ecdsaContract.js";

ecdsaContract("node:crypto", { ...nodeSuite, curve: nodeCurve });

describe("ECDSA here and by OpenSSL", () => {
  const suite = { ...nodeSuite, curve: nodeCurve };
  const compressed = (jwk: { x?: string; y?: string }): Uint8Array => {
    const [x, y] = [jwk.x ?? "", jwk.y ?? ""].map((one) => Uint8Array.from(Buffer.from(one, "base64url")));
    return concat(Uint8Array.of(2 + ((y?.[31] ?? 0) & 1)), x ?? new Uint8Array(0));
  };

  it("takes what OpenSSL signs, and says the same of what was made up around it", () => {
    const random = new SeededRandom(186);
    for (let i = 0; i < 40; i++) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const key = compressed(publicKey.export({ format: "jwk" }));
      const message = random.octets(i);
      const options = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      const signature = Uint8Array.from(sign("sha256", message, options));
      assert.equal(verifySignature(suite, key, message, signature), true);
      const altered = signature.slice();
      const at = random.octets(1)[0] as number;
      altered[at % 64] = (altered[at % 64] as number) ^ (1 << (at >> 6));
      const theirs = verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, altered);
      assert.equal(verifySignature(suite, key, message, altered), theirs);
    }
  });

  it("agrees with OpenSSL on r and s that are small, around n, and random", () => {
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(Buffer.from("11".repeat(32), "hex"));
    const point = Uint8Array.from(ecdh.getPublicKey());
    const key = Uint8Array.from(ecdh.getPublicKey(null, "compressed"));
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: Buffer.from(point.subarray(1, 33)).toString("base64url"),
      y: Buffer.from(point.subarray(33)).toString("base64url"),
    };
    const n = BigInt(`0x${order}`);
    const values = [0n, 1n, 2n, 3n, n - 2n, n - 1n, n, n + 1n].map((one) =>
      fromHex(one.toString(16).padStart(64, "0")),
    );
    for (const r of values) {
      for (const s of values) {
        for (const message of [new Uint8Array(0), Uint8Array.of(1, 2, 3)]) {
          const signature = concat(r, s);
          const theirs = verify(
            "sha256",
            message,
            { key: jwk, format: "jwk", dsaEncoding: "ieee-p1363" },
            signature,
          );
          assert.equal(verifySignature(suite, key, message, signature), theirs);
        }
      }
    }
  });
});
