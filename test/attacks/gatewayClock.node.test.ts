import assert from "node:assert/strict";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { Family } from "../support/family.js";
import { outcome } from "../support/network.js";

const year = 365 * 24 * 3_600_000;
const specs = ["kitchen", "hall"].map((id) => Family.spec(id));

/** Calendars that PN GWs have: never set, set wrong, and past the ends of 31 and 32 bits. */
const calendars: readonly (readonly [string, (now: number) => number])[] = [
  ["at its start in 1970", (now) => 5_000 - now],
  ["a year behind", () => -year],
  ["an hour ahead", () => 3_600_000],
  ["a year ahead", () => year],
  ["in 2038", (now) => Date.UTC(2038, 0, 20) - now],
  ["in 2106", (now) => Date.UTC(2106, 1, 8) - now],
];

async function together(by: number): Promise<Family> {
  const net = await new Family(specs, {
    poll: true,
    limits: { records: 1_000, lifetime: Seconds(200) },
    gatewayAhead: Milliseconds(by),
  }).ready();
  await net.together("kitchen", ["hall"]);
  return net;
}

describe("a PN GW whose calendar is wrong", () => {
  for (const [name, by] of calendars) {
    const made = (): Promise<Family> => together(by(new Family([]).clock.now()));

    it(`${name}: gets its own key, carries devices, and renews every session`, async () => {
      const net = await made();
      await net.pass(700);
      assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
      assert.equal(outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of("hall"))), "message");
    });

    it(`${name}: has its devices back after a lost link, and after its own loss of power`, async () => {
      const net = await made();
      net.network.setRange(net.of("hall"), false);
      await net.pass(20);
      net.network.setRange(net.of("hall"), true);
      await net.pass(20);
      net.network.restartGateway();
      await net.pass(30);
      assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
      const [pn] = net.network.gateway.view.pns;
      assert.ok(pn?.members.every(({ here }) => here));
    });
  }
});
