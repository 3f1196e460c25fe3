import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { decode } from "../../../src/codec/schema.js";
import { inventoryOctets } from "../../../src/protocols/network/inventory.js";
import { maximumInventory, maximumMembers, pnInventory } from "../../../src/protocols/network/messages.js";

const member = (n: number, name?: string) => ({
  entityID: new Uint8Array(32).fill(n),
  ...(name !== undefined && { name }),
});
const pn = { pnID: new Uint8Array(16).fill(1), gateway: ascii("g".repeat(32)), alias: "a".repeat(32) };
const names = (octets: Uint8Array): readonly (string | undefined)[] =>
  decode(pnInventory, octets).members.map(({ name }) => name);

describe("the inventory of a PN (PNR-14)", () => {
  it("has every name while there is room", () => {
    const members = ["hall", undefined, "cellar"].map((name, n) => member(n, name));
    assert.deepEqual(names(inventoryOctets({ ...pn, members })), ["hall", undefined, "cellar"]);
  });

  it("has 32 members with IDs and names of 32 octets in one message on a link, the last of them without a name", () => {
    const members = Array.from({ length: maximumMembers }, (_, n) => member(n, "n".repeat(32)));
    const octets = inventoryOctets({ ...pn, members });
    assert.ok(octets.length <= maximumInventory && octets.length > maximumInventory - 35, `${octets.length}`);
    const left = names(octets);
    assert.equal(left.length, maximumMembers);
    const named = left.indexOf(undefined);
    assert.ok(named >= 12, `${named} names`);
    assert.ok(left.every((name, n) => (n < named ? name === "n".repeat(32) : name === undefined)));
  });
});
