import assert from "node:assert/strict";
import { Attribution } from "../../../../hosts/simulator/panel/attribution.js";

const entities = new Map([
  ["hall", "aa01"],
  ["attic", "bb02"],
]);
const field = (name: string, value: string) => ({ name, value });

describe("whose a message between PN GW and Server is", () => {
  it("is told by the Entity IDs in it, the exchange that it answers, and its PN", () => {
    const attribution = new Attribution();
    const of = (exchange: number, toServer: boolean, ...fields: ReturnType<typeof field>[]) =>
      attribution.of({ name: "Any", exchange, fields }, toServer, entities);
    assert.deepEqual(of(1, true, field("origin", "aa01")), ["hall"]);
    assert.deepEqual(of(2, true, field("userID", "carol")), [], "the gateway's own");
    assert.deepEqual(of(2, false), []);
    assert.deepEqual(of(1, false), ["hall"]);
    assert.deepEqual(of(3, true, field("pnID", "77"), field("members", "{aa01}{bb02}")), ["hall", "attic"]);
    assert.deepEqual(of(3, false, field("pnID", "77")), ["hall", "attic"]);
    assert.deepEqual(of(4, true, field("pnID", "78")), []);
  });

  it("forgets the exchanges and PNs that were first, and keeps the newest 64", () => {
    const attribution = new Attribution();
    for (let n = 0; n < 65; n++)
      attribution.of({ name: "Any", exchange: n, fields: [field("origin", "bb02")] }, true, entities);
    const answer = (exchange: number) =>
      attribution.of({ name: "Any", exchange, fields: [] }, false, entities);
    assert.deepEqual(answer(0), []);
    assert.deepEqual(answer(1), ["attic"]);
    assert.deepEqual(answer(64), ["attic"]);
  });
});
