import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encode } from "../../../src/codec/schema.js";
import type { Member } from "../../../src/protocols/network/member.js";
import { pnInventory } from "../../../src/protocols/network/messages.js";
import { type EstablishedPN, memberOf, settled } from "../../../src/protocols/network/settlement.js";

const pnID = new Uint8Array(16).fill(1);
const member = (name: string, more: Partial<Member> = {}): Member =>
  ({ entityID: ascii(name), started: false, outdated: false, asked: 3, ...more }) as Member;
const inventoryOf = (...names: readonly string[]): Uint8Array =>
  encode(pnInventory, {
    pnID,
    gateway: ascii("gw"),
    members: names.map((name) => ({ entityID: ascii(name) })),
  });
const names = (all: readonly Member[] | undefined) =>
  all?.map(({ entityID }) => String.fromCharCode(...entityID)).join();
const pnOf = (members: readonly Member[], ...listed: readonly string[]): EstablishedPN => ({
  ...{ pnID, members, inventory: inventoryOf(...listed), initiator: undefined, open: true },
});
/** Who has to take part anew, and how often each has been asked. */
const outdated = (all: readonly Member[] | undefined) =>
  all?.filter((one) => one.outdated).map((one) => `${names([one])} ${one.asked}`);

describe("a PN after the Server's word about some (PNI-13, ADR 17)", () => {
  it("has a member that has taken part anew in its old one's place, and nobody has to do anything", () => {
    const [a, b] = [member("a", { started: true }), member("b")];
    const fresh = member("a");
    const before = [a, b];
    const { pn, inside, late, forgotten } = settled(pnOf(before, "a", "b"), {
      ...{ inventory: inventoryOf("a", "b"), fresh: [fresh], before },
    });
    assert.deepEqual(pn?.members, [fresh, b]);
    assert.deepEqual([inside, late, forgotten, outdated(pn?.members)], [[fresh], [], [], []]);
    assert.equal(fresh.started, true, "it may end the PN as before");
    assert.equal(b.started, false);
    assert.equal(b.asked, 3);
  });

  it("has who has come in behind the others, who have no proof of it yet", () => {
    const [a, b] = [member("a"), member("b")];
    const c = member("c", { started: true });
    const before = [a, b];
    const { pn, forgotten } = settled(pnOf(before, "a", "b"), {
      ...{ inventory: inventoryOf("a", "b", "c"), fresh: [c], before },
    });
    assert.equal(names(pn?.members), "a,b,c");
    assert.deepEqual(outdated(pn?.members), ["a 0", "b 0"]);
    assert.deepEqual([c.started, forgotten], [true, []]);
    assert.deepEqual(pn?.inventory, inventoryOf("a", "b", "c"));
  });

  it("asks those who know nothing of a member that the Server had forgotten", () => {
    const [a, b] = [member("a"), member("b")];
    const before = [a, b];
    const { pn } = settled(pnOf(before, "a"), {
      inventory: inventoryOf("a", "b"),
      fresh: [member("b")],
      before,
    });
    assert.deepEqual(outdated(pn?.members), ["a 0"]);
  });

  it("is over, or as it was, where nobody is in by it", () => {
    const a = member("a");
    const over = settled(undefined, { inventory: inventoryOf("a"), fresh: [a], before: [a] });
    assert.deepEqual(over, { inside: [], late: [a], forgotten: [] });
    const nothing = settled(pnOf([a], "a"), { inventory: inventoryOf("a"), fresh: [], before: [a] });
    assert.deepEqual(nothing, { inside: [], late: [], forgotten: [] });
  });

  it("is without who was taken out while the Server was asked", () => {
    const [a, b] = [member("a"), member("b")];
    const fresh = member("b");
    const { pn, late } = settled(pnOf([a], "a"), {
      inventory: inventoryOf("a", "b"),
      fresh: [fresh],
      before: [a, b],
    });
    assert.deepEqual([pn, late], [undefined, [fresh]]);
    const newer = member("b");
    const both = settled(pnOf([a, newer], "a", "b"), {
      ...{ inventory: inventoryOf("a", "b"), fresh: [fresh, member("a")], before: [a, b] },
    });
    assert.deepEqual([both.late, names(both.pn?.members)], [[], "a,b"], "it was taken in again meanwhile");
    assert.equal(both.pn?.members[1], fresh);
  });

  it("keeps what it knows when a word comes that was asked for before others came in", () => {
    const [a, b] = [member("a"), member("b")];
    const { pn } = settled(pnOf([a, b], "a", "b"), {
      inventory: inventoryOf("a"),
      fresh: [member("a")],
      before: [a],
    });
    assert.deepEqual(pn?.inventory, inventoryOf("a", "b"));
    assert.deepEqual(outdated(pn?.members), ["a 0", "b 0"]);
    const larger = settled(pnOf([a, b], "a", "b"), {
      ...{ inventory: inventoryOf("a", "c", "d"), fresh: [member("c")], before: [a] },
    });
    assert.deepEqual(larger.pn?.inventory, inventoryOf("a", "c", "d"), "one with more in it is the newer");
  });

  it("knows whom the Server knows no more, of those that it was asked beside", () => {
    const [a, b, c] = [member("a"), member("b"), member("c")];
    const { pn, forgotten } = settled(pnOf([a, b, c], "a", "b", "c"), {
      ...{ inventory: inventoryOf("a"), fresh: [member("a")], before: [a, b] },
    });
    assert.deepEqual(forgotten, [b], "c was not there then");
    assert.equal(names(pn?.members), "a,b,c");
  });

  it("finds a member by its whole Entity ID", () => {
    const all = [member("hall"), member("halls")];
    assert.equal(memberOf(all, ascii("halls")), all[1]);
    assert.equal(memberOf(all, ascii("hal")), undefined);
  });
});
