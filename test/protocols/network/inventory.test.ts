import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { decode } from "../../../src/codec/schema.js";
import { inventoryOctets } from "../../../src/protocols/network/inventory.js";
import { pnInventory } from "../../../src/protocols/network/messages.js";
import { codeOf } from "../../support/codeOf.js";

const maximumMembers = 32;
const maximumInventory = 1_800;

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

  it("takes 1,800 octets where they are there to be taken, and 32 members", () => {
    const members = Array.from({ length: 32 }, (_, n) => member(n, "n".repeat(32)));
    const filled = (more: number) => {
      const [alias, gateway] = ["a".repeat(1 + Math.min(22, more)), "g".repeat(1 + Math.max(0, more - 22))];
      return inventoryOctets({ ...pn, alias, gateway: ascii(gateway), members });
    };
    const room = 1_800 - filled(0).length;
    const named = (octets: Uint8Array) => names(octets).filter((name) => name !== undefined).length;
    assert.equal(filled(room).length, 1_800);
    assert.equal(named(filled(room)), named(filled(0)));
    assert.equal(named(filled(room + 1)), named(filled(0)) - 1);
    assert.equal(
      codeOf(() => inventoryOctets({ ...pn, members: [...members, member(32)] })),
      "cbor.length",
    );
  });
});
