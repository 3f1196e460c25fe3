import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DeviceClock } from "../../hosts/esp32/clock.js";
import { Milliseconds, toSeconds } from "../../src/base/units.js";
import { instant } from "../../src/codec/attributes.js";
import type { Schema } from "../../src/codec/schema.js";
import * as records from "../../src/keystore/schemas.js";
import { leastCalendar } from "../../src/pne/expiry.js";
import * as updates from "../../src/pne/updateRecord.js";
import * as networks from "../../src/protocols/network/keptNetworks.js";
import { Family } from "../support/family.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

const day = 24 * 3_600_000;
const root = join(import.meta.dirname, "../../..");

/** Calendars that are wrong, from now. */
const calendars = (now: number): readonly (readonly [string, number])[] => [
  ["1970", 5_000 - now],
  ["a year behind", -365 * day],
  ["an hour behind", -3_600_000],
  ["an hour ahead", 3_600_000],
  ["a year ahead", 365 * day],
  ["2038", Date.UTC(2038, 0, 20) - now],
  ["2106", Date.UTC(2106, 1, 8) - now],
];

/** Names of the instants in a record of flash. */
function instantsIn(schema: Schema<unknown>, at: string): readonly string[] {
  if (schema === instant) return [at];
  if (schema.kind === "list") return instantsIn(schema.item, `${at}[]`);
  if (schema.kind !== "record") return [];
  return schema.fields.flatMap(({ name, schema: inner }) => instantsIn(inner, `${at}.${name}`));
}

const together = async (net: Family): Promise<void> => {
  await net.together("kitchen", ["hall"]);
  assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
};
const two = ["kitchen", "hall"].map((id) => Family.spec(id));

/** The Server's calendar was wrong when the key was made, and is right afterwards; or the other way round. */
async function keyOfAnotherTime(by: number, title: string): Promise<void> {
  for (const [then, later] of [
    [by, 0],
    [0, by],
  ] as const) {
    const net = await new Family(two).start();
    net.network.serverAhead = Milliseconds(then);
    const wrong = await net.enrol(alice, net.of("kitchen"));
    // With a calendar that cannot be right it makes no key, and says so.
    const cannot = outcome(wrong) === "result.serverClock";
    assert.ok(cannot || outcome(wrong) === "enrolled", `${title}: ${outcome(wrong)}`);
    if (cannot) net.network.serverAhead = Milliseconds(0);
    for (const { id } of two) assert.equal(outcome(await net.enrol(alice, net.of(id))), "enrolled", title);
    net.network.serverAhead = Milliseconds(cannot ? 0 : later);
    await net.pass(10);
    await together(net);
    // A session of another time is over with it; the next one is not.
    net.network.serverAhead = Milliseconds(0);
    for (const { id } of two) net.command(id, { kind: "leavePN" });
    await net.pass(12);
    await together(net);
  }
}

/** Every instant in the flash of a PNE or a PN GW, with what is tried. A new one needs a row here. */
const table: Readonly<Record<string, (by: number, title: string) => Promise<void>>> = {
  "keysRecord.committed.createdAt": keyOfAnotherTime,
  "keysRecord.staged.createdAt": async (by, title) => {
    const net = await new TestNetwork().start();
    net.network.serverAhead = Milliseconds(by);
    // The Acknowledgement is lost: the key stays staged until the next connection.
    let answers = 0;
    net.onFragment = (_device, { direction }) => {
      // Discovery, challenge, share, delivery; the next answer is the Acknowledgement.
      if (direction === "toPNE" && ++answers === 5) net.network.dropLink(net.device);
    };
    const came = outcome(await net.enrol());
    net.onFragment = undefined;
    net.network.serverAhead = Milliseconds(0);
    await net.clock.runFor(Milliseconds(30_000));
    if (came === "result.serverClock" || net.device.pne?.view.keys !== "enrolled") {
      assert.equal(outcome(await net.enrol()), "enrolled", title);
    }
    assert.equal(outcome(await net.join()), "joined", title);
  },
  // A key by password has no end; one by GBA is the PN GW's own, and made anew when it is over by its calendar.
  "keysRecord.committed.expiresAt": ownKeyBySim,
  "keysRecord.staged.expiresAt": ownKeyBySim,
  "localKeysRecord.keys[].expiresAt": async (by, title) => {
    const net = await new Family(two).ready();
    net.network.serverAhead = Milliseconds(by);
    await together(net);
    net.network.serverAhead = Milliseconds(0);
    // Without a ticket it comes back by the key.
    net.network.restartGateway();
    await net.pass(40);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"], title);
  },
  "keptPN.members[].expiresAt": async (by, title) => {
    for (const [then, later] of [
      [by, 0],
      [0, by],
    ] as const) {
      const net = await new Family(two, { gatewayAhead: Milliseconds(then) }).ready();
      await together(net);
      net.network.restartGateway(Milliseconds(later));
      await net.pass(40);
      assert.deepEqual(net.members("hall"), ["hall", "kitchen"], title);
      assert.equal(
        outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of("hall"))),
        "message",
        title,
      );
    }
  },
};

async function ownKeyBySim(by: number, title: string): Promise<void> {
  for (const [then, later] of [
    [by, 0],
    [0, by],
  ] as const) {
    const net = await new TestNetwork({ operator: {}, gatewayAhead: Milliseconds(then) }).start();
    assert.equal(outcome(await net.enrol()), "enrolled", title);
    net.network.restartGateway(Milliseconds(later));
    await net.clock.runFor(Milliseconds(10_000));
    assert.equal(outcome(await net.join()), "joined", title);
  }
}

describe("every instant that a PNE or a PN GW stores", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("has a row in this table", () => {
    const found = [records, updates, networks].flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) =>
        typeof value === "object" && "kind" in value ? instantsIn(value as Schema<unknown>, name) : [],
      ),
    );
    assert.deepEqual(found.sort(), Object.keys(table).sort());
  });

  it("is in a record that is known here: nobody else stores any", () => {
    const storing = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /new (StoredRecord|SlotRecord)\(/.test(readFileSync(join(root, "src", file), "utf8")),
      );
    assert.deepEqual(storing.sort(), [
      // Texts of an application.
      "device/application/settings.ts",
      "keystore/keystore.ts",
      "keystore/record.ts",
      "pne/update.ts",
      "protocols/network/keptNetworks.ts",
    ]);
  });

  for (const [name, tried] of Object.entries(table)) {
    it(`${name}: a calendar that was wrong then, or is wrong now, keeps nobody out`, async () => {
      for (const [title, by] of calendars(new TestNetwork().clock.now())) await tried(by, title);
    }).timeout(120_000);
  }
});

describe("instants in memory", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("are of clocks that nobody sets: a device counts from its start, a PN GW goes on from its own (GWA-01)", () => {
    const clock = new DeviceClock({ Timer: { set: () => 0, clear: () => {} }, Time: { ticks: 0x7fffffff } });
    assert.ok(toSeconds(clock.now()) < leastCalendar);
    const text = readFileSync(join(root, "hosts/gateway/gateway.ts"), "utf8");
    assert.match(text, /new NodeClock\(fault, steadyTime\(\)\)/);
  });
});
