import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { Family } from "../support/family.js";
import { alice, TestNetwork } from "../support/network.js";

/** What the Server computes: derivations by HKDF, and multiplications on the curve. */
function counting() {
  let [hkdf, products] = [0, 0];
  const { curve } = nodeSuite;
  const product =
    <Given extends readonly unknown[], Made>(of: (...given: Given) => Made) =>
    (...given: Given): Made => {
      products++;
      return of(...given);
    };
  const suite: CurveSuite = {
    ...nodeSuite,
    curve: { ...curve, multiply: product(curve.multiply.bind(curve)) },
    hkdf: (...given) => {
      hkdf++;
      return nodeSuite.hkdf(...given);
    },
  };
  const during = async (work: () => Promise<unknown>): Promise<readonly [hkdf: number, products: number]> => {
    const before = [hkdf, products] as const;
    await work();
    return [hkdf - before[0], products - before[1]];
  };
  return { suite, during };
}

describe("what the Server computes for a message, and nothing that is not used", () => {
  it("is 13 derivations and 3 multiplications for an enrolment, 3 derivations for a PN GW's authentication", async () => {
    const { suite, during } = counting();
    const net = await new TestNetwork({ serverSuite: suite }).start();
    const first = await during(() => net.enrol(alice));
    const enrolment = await during(() => net.enrol(alice));
    const authentication = [first[0] - enrolment[0], first[1] - enrolment[1]];
    assert.deepEqual({ enrolment, authentication }, { enrolment: [13, 3], authentication: [3, 0] });
  });

  it("is five derivations for a PN, and four for each of its members", async () => {
    const counts: number[] = [];
    for (const size of [2, 4]) {
      const { suite, during } = counting();
      const ids = Array.from({ length: size }, (_, i) => `member-${i}`);
      const net = await new Family(
        ids.map((id) => Family.spec(id)),
        { serverSuite: suite },
      ).ready();
      const [starter = "", ...others] = ids;
      const [hkdf] = await during(() => net.together(starter, others));
      assert.equal(net.members(starter)?.length, size);
      counts.push(hkdf);
    }
    const [two = 0, four = 0] = counts;
    assert.deepEqual([two, (four - two) / 2], [13, 4]);
  });
});
