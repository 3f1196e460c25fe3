import assert from "node:assert/strict";
import { type CutPlan, VirtualFlash } from "../../../hosts/simulator/world/flash.js";
import { PowerCut } from "../../../hosts/simulator/world/power.js";
import { hex } from "../../../src/base/octets.js";
import { codeOf } from "../../support/codeOf.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const shown = (flash: VirtualFlash, name: string): string => {
  const value = flash.read(name);
  return value === undefined ? "none" : hex(value);
};

/** A flash that holds "old" and loses power in this manner at its next write or delete. */
function cutting(manner: CutPlan["manner"]): VirtualFlash {
  const flash = new VirtualFlash();
  flash.write("old", filled(4, 0x11));
  flash.cutPower({ atWrite: 1, manner });
  return flash;
}

describe("the virtual flash", () => {
  it("reads what was written, in copies both ways", () => {
    const flash = new VirtualFlash();
    const value = filled(3, 1);
    flash.write("name", value);
    value.fill(9);
    flash.read("name")?.fill(8);
    assert.equal(shown(flash, "name"), "010101");
    flash.write("empty", new Uint8Array(0));
    assert.equal(flash.read("empty")?.length, 0);
    assert.deepEqual(flash.names(), ["name", "empty"]);
    flash.delete("name");
    assert.equal(flash.read("name"), undefined);
    assert.equal(flash.read("never"), undefined);
  });

  it("takes names of 1 … 15 characters and values of at most 4000 octets", () => {
    const flash = new VirtualFlash();
    flash.write("fifteen-letters", filled(4000, 1));
    assert.throws(() => flash.write("sixteen-letters!", filled(1, 1)), RangeError);
    assert.throws(() => flash.write("", filled(1, 1)), RangeError);
    assert.equal(
      codeOf(() => flash.write("long", filled(4001, 1))),
      "store.full",
    );
    assert.equal(flash.writes, 1);
  });

  it("counts in entries of 32 octets with two more for each value, as NVS does", () => {
    const flash = new VirtualFlash();
    for (const [length, used] of [
      [0, 64],
      [1, 96],
      [32, 96],
      [33, 128],
    ] as const) {
      flash.write("name", filled(length, 1));
      assert.equal(flash.used, used);
    }
  });

  it("needs room for a new value beside the old one, which stands when there is none", () => {
    const flash = new VirtualFlash(2 * 96 + 95);
    flash.write("a", filled(32, 1));
    flash.write("a", filled(32, 2));
    flash.write("b", filled(32, 3));
    assert.equal(
      codeOf(() => flash.write("a", filled(32, 4))),
      "store.full",
    );
    assert.equal(shown(flash, "a"), "02".repeat(32));
    flash.delete("b");
    flash.write("a", filled(32, 4));
    assert.equal(shown(flash, "a"), "04".repeat(32));
  });

  it("cuts power at exactly the n-th write or delete from now, once", () => {
    const flash = new VirtualFlash();
    flash.write("a", filled(1, 1));
    flash.cutPower({ atWrite: 3, manner: "before" });
    flash.write("b", filled(1, 1));
    flash.delete("never there");
    flash.delete("a");
    assert.throws(() => flash.write("c", filled(1, 1)), PowerCut);
    assert.deepEqual(flash.names(), ["b"]);
    flash.write("c", filled(1, 1));
    assert.equal(flash.writes, 5);
  });

  it("cuts before, within and after a write over an old value", () => {
    const after: Record<string, string> = {};
    for (const manner of ["before", "torn", "after"] as const) {
      const flash = cutting(manner);
      assert.throws(() => flash.write("old", filled(6, 0x22)), PowerCut);
      after[manner] = shown(flash, "old");
    }
    assert.deepEqual(after, { before: "11111111", torn: "22222211ffff", after: "222222222222" });
  });

  it("cuts before, within and after a first write, where erased flash shows behind the prefix", () => {
    const after: Record<string, string> = {};
    for (const manner of ["before", "torn", "after"] as const) {
      const flash = cutting(manner);
      assert.throws(() => flash.write("new", filled(4, 0x22)), PowerCut);
      after[manner] = shown(flash, "new");
      assert.equal(shown(flash, "old"), "11111111");
    }
    assert.deepEqual(after, { before: "none", torn: "2222ffff", after: "22222222" });
  });

  it("cuts before, within and after a delete", () => {
    const after: Record<string, string> = {};
    for (const manner of ["before", "torn", "after"] as const) {
      const flash = cutting(manner);
      assert.throws(() => flash.delete("old"), PowerCut);
      after[manner] = shown(flash, "old");
    }
    assert.deepEqual(after, { before: "11111111", torn: "ffff1111", after: "none" });
  });

  it("does not spend a planned cut on a write that it refuses, and takes plans back", () => {
    const flash = new VirtualFlash(100);
    flash.cutPower({ atWrite: 1, manner: "before" });
    assert.equal(
      codeOf(() => flash.write("big", filled(500, 1))),
      "store.full",
    );
    assert.throws(() => flash.write("small", filled(1, 1)), PowerCut);
    flash.cutPower({ atWrite: 1, manner: "before" });
    flash.cutPower(undefined);
    flash.write("small", filled(1, 1));
    for (const atWrite of [0, -1, 1.5]) {
      assert.throws(() => flash.cutPower({ atWrite, manner: "before" }), RangeError);
    }
  });

  it("gives firmware that caught a power cut nothing more, until it boots again", () => {
    const flash = cutting("before");
    const life = flash.boot();
    assert.equal(life.read("old")?.length, 4);
    assert.throws(() => life.write("old", filled(4, 0x22)), PowerCut);
    assert.throws(() => life.write("old", filled(4, 0x33)), PowerCut);
    assert.throws(() => life.delete("old"), PowerCut);
    assert.throws(() => life.read("old"), PowerCut);
    assert.throws(() => life.names(), PowerCut);
    const next = flash.boot();
    assert.equal(hex(next.read("old") ?? filled(0, 0)), "11111111");
    next.write("old", filled(1, 0x44));
    next.off();
    assert.throws(() => next.write("old", filled(1, 0x55)), PowerCut);
    assert.equal(shown(flash, "old"), "44");
  });

  it("keeps a life's other errors from ending it", () => {
    const life = new VirtualFlash().boot();
    assert.equal(
      codeOf(() => life.write("long", filled(4001, 1))),
      "store.full",
    );
    life.write("short", filled(1, 1));
    assert.deepEqual(life.names(), ["short"]);
  });

  it("counts wear by name, and is itself again after JSON", () => {
    const flash = new VirtualFlash();
    flash.write("a", filled(2, 1));
    flash.write("a", filled(2, 2));
    flash.write("__proto__", filled(2, 3));
    flash.delete("a");
    assert.deepEqual(
      [...flash.wear],
      [
        ["a", 3],
        ["__proto__", 1],
      ],
    );
    const again = new VirtualFlash();
    again.write("leftover", filled(1, 1));
    again.restore(JSON.parse(JSON.stringify(flash.snapshot())));
    assert.deepEqual(again.dump(), flash.dump());
    assert.deepEqual([...again.wear], [...flash.wear]);
    again.write("__proto__", filled(2, 4));
    assert.equal(shown(flash, "__proto__"), "0303");
  });
});
