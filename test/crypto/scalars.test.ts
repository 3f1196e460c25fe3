import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { reduceScalar } from "../../src/crypto/curve.js";
import { SeededRandom } from "../support/seededRandom.js";

describe("scalars mod n, on both engines", () => {
  it("are what BigInt says, for random octets and just around multiples of n", () => {
    const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const random = new SeededRandom(640);
    const check = (value: bigint): void => {
      const wide = fromHex(value.toString(16).padStart(80, "0"));
      const expected = (value % order).toString(16).padStart(64, "0");
      assert.equal(hex(reduceScalar(wide)), expected, hex(wide));
    };
    for (let i = 0; i < 200; i++) {
      check(BigInt(`0x${hex(random.octets(40))}`));
      const multiple = order * BigInt(`0x${hex(random.octets(8))}`);
      for (const near of [-1, 0, 1]) if (i > 0) check(multiple + BigInt(near));
    }
  });
});
