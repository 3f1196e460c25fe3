import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { carrySessions } from "../../src/database/renewal.js";
import type { MemberSession, PNMember } from "../../src/database/rows/networks.js";

const now = Milliseconds(1_800_000_000_000);
const endsAt = Milliseconds(now + 60_000);
const [old, other, fresh] = [1, 2, 3].map((fill) => new Uint8Array(8).fill(fill)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const rand = new Uint8Array(32);
const session = (keyID: Uint8Array): MemberSession => ({
  ...{ sk: new Uint8Array(32), received: 0, next: 1, endsAt, keyID, randPNE: rand, randServer: rand },
});
const member = (name: string, more: Partial<PNMember>): PNMember => ({
  gatewayID: ascii("gw"),
  pnID: new Uint8Array(16),
  entityID: ascii(name),
  pneInfo: ascii("info"),
  flags: 0,
  rand,
  endsAt,
  ...more,
});

describe("sessions of a device whose key PNE and Server have renewed", () => {
  it("go on under the new key, those that stand for the old one, and those of this device alone", async () => {
    const store = new MemoryServerStore({ clock: { now: () => now } });
    const staged = [old, other].map((keyID) => ({ ...session(keyID), hash: new Uint8Array(32) }));
    const rows: readonly (readonly [string, PNMember])[] = [
      ["1", member("pne", { session: session(old), staged })],
      ["2", member("pne", { session: session(other) })],
      ["3", member("pne", {})],
      ["4", member("elsewhere", { session: session(old) })],
    ];
    await store.transaction(async (tables) => {
      for (const [key, value] of rows) await tables.members.put(key, value);
    });
    await store.transaction((tables) => carrySessions(tables, ascii("pne"), old, fresh));
    const keys = store
      .all("members")
      .map(([key, one]) => [key, one.session, ...(one.staged ?? [])] as const)
      .map(([key, ...all]) => [key, ...all.map((one) => one && hex(one.keyID))])
      .sort(([one], [other]) => ((one as string) < (other as string) ? -1 : 1));
    assert.deepEqual(keys, [
      ["1", hex(fresh), hex(fresh), hex(other)],
      ["2", hex(other)],
      ["3", undefined],
      ["4", hex(old)],
    ]);
  });
});
