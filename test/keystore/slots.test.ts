import assert from "node:assert/strict";
import { ascii, concat, fromHex, hex } from "../../src/base/octets.js";
import type { Log } from "../../src/base/ports.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { StoreError } from "../../src/keystore/errors.js";
import { eraseValue, SlotRecord } from "../../src/keystore/slots.js";
import { codeOf } from "../support/codeOf.js";
import { MemoryStore } from "../support/memoryStore.js";

const one = ascii("first");
const two = ascii("second");
const three = ascii("third");
const text = (octets: Uint8Array | undefined): string =>
  octets === undefined ? "none" : String.fromCharCode(...octets);

/** A slot's value as the format says, made without SlotRecord. */
function slotValue(name: string, version: number, generation: number, payload: Uint8Array): Uint8Array {
  const head = Uint8Array.of(version, 0, 0, 0, 0);
  new DataView(head.buffer).setUint32(1, generation);
  const body = concat(head, payload);
  return concat(body, nobleSuite.sha256(ascii(name), body).subarray(0, 8));
}

describe("a record in two slots", () => {
  let flash: MemoryStore;
  let record: SlotRecord;
  beforeEach(() => {
    flash = new MemoryStore();
    record = new SlotRecord(flash, nobleSuite, "euk");
  });

  it("is absent at first, then reads what was written last", () => {
    assert.equal(record.read(), undefined);
    for (const payload of [one, two, three, new Uint8Array(0)]) {
      record.write(payload);
      assert.equal(text(record.read()), text(payload));
    }
  });

  it("has the documented octets", () => {
    record.write(fromHex("c0ffee"));
    assert.equal(
      hex(flash.read("euk.a") ?? one),
      hex(
        concat(
          fromHex("01 00000001 c0ffee"),
          nobleSuite.sha256(ascii("euk"), fromHex("01 00000001 c0ffee")).slice(0, 8),
        ),
      ),
    );
  });

  it("never writes over the newest whole slot", () => {
    record.write(one);
    record.write(two);
    const newest = flash.read("euk.b");
    record.write(three);
    assert.deepEqual(flash.read("euk.b"), newest);
    assert.equal(text(record.read()), "third");
  });

  it("falls back to the older slot when the newer is damaged in any octet, and reports it", () => {
    const damaged: string[] = [];
    const log: Log = { event: (name, fields) => void damaged.push(`${name} ${fields?.slot}`) };
    record.write(one);
    record.write(two);
    const whole = flash.read("euk.b") ?? one;
    for (let at = 0; at < whole.length; at++) {
      const torn = whole.slice();
      torn[at] = (torn[at] as number) ^ 0x10;
      flash.write("euk.b", torn);
      assert.equal(text(new SlotRecord(flash, nobleSuite, "euk", log).read()), "first", `octet ${at}`);
    }
    for (let length = 0; length < whole.length; length++) {
      flash.write("euk.b", whole.slice(0, length));
      assert.equal(text(record.read()), "first", `length ${length}`);
    }
    assert.deepEqual(damaged, new Array(whole.length).fill("store.slotDamaged euk.b"));
  });

  it("takes no value that is too short for a head, even under a right check value", () => {
    flash.write("euk.a", nobleSuite.sha256(ascii("euk")).slice(0, 8));
    assert.equal(record.read(), undefined);
  });

  it("takes no value of another record for its own", () => {
    record.write(one);
    flash.write("id.a", flash.read("euk.a") ?? two);
    assert.equal(new SlotRecord(flash, nobleSuite, "id").read(), undefined);
  });

  it("knows the newer slot across the overflow of the generation", () => {
    flash.write("euk.a", slotValue("euk", 1, 0xfffffffe, one));
    for (const payload of [two, three, one, two]) {
      record.write(payload);
      assert.equal(text(record.read()), text(payload));
    }
    assert.equal(new DataView((flash.read("euk.a") ?? one).buffer).getUint32(1), 2);
  });

  it("refuses a slot of a newer version and leaves it", () => {
    record.write(one);
    const newer = slotValue("euk", 2, 2, two);
    flash.write("euk.b", newer);
    // As a firmware finds it that starts then.
    record.forget();
    for (const use of [() => record.read(), () => record.write(three), () => record.mend()]) {
      assert.equal(codeOf(use), "store.version");
    }
    assert.deepEqual(flash.read("euk.b"), newer);
    assert.notEqual(flash.read("euk.a"), undefined);
  });

  it("takes a version octet that its check value does not cover for damage", () => {
    record.write(one);
    const value = flash.read("euk.a") ?? one;
    value[0] = 2;
    flash.write("euk.b", value);
    assert.equal(text(record.read()), "first");
  });

  it("leaves no octet of what it replaced", () => {
    record.write(one);
    record.replace(two);
    assert.equal(flash.contains(one), false);
    assert.equal(text(record.read()), "second");
  });

  it("deletes the replaced value when flash has no room to overwrite it", () => {
    record.write(one);
    const size = flash.used;
    flash.capacity = 3 * size - 1;
    record.replace(ascii("other"));
    assert.equal(flash.contains(one), false);
    assert.equal(text(record.read()), "other");
  });

  it("keeps the old record when flash is full", () => {
    record.write(one);
    flash.capacity = flash.used + 10;
    assert.equal(
      codeOf(() => record.replace(two)),
      "store.full",
    );
    assert.equal(text(record.read()), "first");
  });

  it("notices flash that does not keep what was written, with the old record intact", () => {
    record.write(one);
    record.write(two);
    const write = flash.write.bind(flash);
    flash.write = (name, value) => write(name, value.slice(1));
    assert.equal(
      codeOf(() => record.replace(three)),
      "store.broken",
    );
    assert.equal(text(record.read()), "second");
  });

  it("mends what is left of an older value, whole or damaged, and nothing else", () => {
    record.write(one);
    record.write(two);
    record.mend();
    assert.equal(flash.contains(one), false);
    assert.equal(text(record.read()), "second");
    const before = flash.operations;
    record.mend();
    assert.equal(flash.operations, before, "nothing to mend");
    flash.write("euk.a", one);
    record.mend();
    assert.equal(flash.contains(one), false);
    assert.equal(text(record.read()), "second");
  });

  it("mends the torn remains of a very first write away", () => {
    flash.write("euk.a", slotValue("euk", 1, 1, one).slice(0, 9));
    record.mend();
    assert.deepEqual(flash.names(), []);
  });

  it("erases both slots even when flash is full", () => {
    record.replace(one);
    flash.capacity = 0;
    record.erase();
    assert.deepEqual(flash.names(), []);
  });

  it("takes names that flash can hold", () => {
    assert.doesNotThrow(() => new SlotRecord(flash, nobleSuite, "thirteenchars").write(one));
    assert.throws(() => new SlotRecord(flash, nobleSuite, "fourteen-chars"), RangeError);
  });
});

describe("erasing a value", () => {
  it("overwrites before it deletes", () => {
    const flash = new MemoryStore();
    const events: string[] = [];
    flash.write("x", two);
    const write = flash.write.bind(flash);
    flash.write = (name, value) => {
      events.push(`write ${hex(value)}`);
      write(name, value);
    };
    eraseValue(flash, "x");
    eraseValue(flash, "x");
    assert.deepEqual(events, ["write 000000000000"]);
    assert.deepEqual(flash.names(), []);
  });

  it("passes on what is no error of the store", () => {
    const flash = new MemoryStore();
    flash.write("x", two);
    flash.write = () => {
      throw new TypeError("broken port");
    };
    assert.throws(() => eraseValue(flash, "x"), TypeError);
    flash.write = () => {
      throw new StoreError("store.full");
    };
    eraseValue(flash, "x");
    assert.deepEqual(flash.names(), []);
  });
});
