import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { allZero } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyRow } from "./everyRow.js";

/** Every array of secret octets in a sample: those of 0xa0 to 0xaf. */
function* secretsIn(value: unknown): Generator<Uint8Array> {
  if (value instanceof Uint8Array) {
    if (value.every((octet) => octet >= 0xa0 && octet <= 0xaf)) yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* secretsIn(part);
  }
}

describe("secrets that a transaction has read", () => {
  it("are wiped when it ends, whatever came of it; what is put stays the putter's", async () => {
    const store = new MemoryServerStore({ clock: { now: () => Milliseconds(1_800_000_000_000) } });
    for (const fails of [false, true]) {
      const read: Uint8Array[] = [];
      const work = store.transaction(async (tables) => {
        for (const [name, value] of everyRow) {
          await tables[name].put("00/key", value as never);
          read.push(...secretsIn(await tables[name].get("00/key")));
        }
        assert.ok(read.length >= 20);
        assert.equal(read.some(allZero), false);
        if (fails) throw new Error("undone");
      });
      await work.catch(() => undefined);
      assert.ok(read.every(allZero));
      for (const [, value] of everyRow) assert.equal([...secretsIn(value)].some(allZero), false);
    }
  });
});
