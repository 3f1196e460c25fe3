import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { Milliseconds } from "../../src/base/units.js";
import { deliveryState } from "../../src/database/rows/programs.js";
import { everyRow } from "./everyRow.js";

const now = Milliseconds(1_800_000_000_000);
const rows = Object.fromEntries(everyRow);

/** Whether a row of this table is kept with these octets in the place of its own. */
async function kept(
  table: "readings" | "events" | "webhooks" | "deliveries",
  change: object,
): Promise<boolean> {
  const store = new MemoryServerStore({ clock: { now: () => now } });
  const done = store.transaction((tables) =>
    tables[table].put("00/key", { ...(rows[table] as object), ...change } as never),
  );
  return done.then(
    () => true,
    (error: { code?: string }) => {
      assert.equal(error.code, "cbor.length");
      return false;
    },
  );
}

describe("what the Server keeps for a User's programs", () => {
  for (const [table, field, least, most] of [
    ["readings", "value", 1, 640],
    ["readings", "points", 0, 288 * 12],
    ["events", "value", 1, 640],
    ["webhooks", "url", 1, 1_000],
    ["deliveries", "body", 1, 4_096],
  ] as const)
    it(`has ${least} to ${most} octets of ${field} in ${table}`, async () => {
      const of = (length: number) => kept(table, { [field]: new Uint8Array(length) });
      assert.deepEqual([await of(least), await of(most), await of(most + 1)], [true, true, false]);
      if (least > 0) assert.equal(await of(least - 1), false);
    });

  it("knows deliveries that wait from those that were given up, by webhook", () => {
    const webhook = new Uint8Array(8).fill(0x27);
    assert.equal(deliveryState(webhook, false), "2727272727272727/waiting");
    assert.equal(deliveryState(webhook, true), "2727272727272727/dead");
  });
});
