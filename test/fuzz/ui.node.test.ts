import assert from "node:assert/strict";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { PneNotice } from "../../src/pne/ports.js";
import type { KeyPress, Keypad, MatrixKey } from "../../src/ui/keys.js";
import { itemsOf } from "../device/display/fakes.js";
import { emptyView, enrolledView, joinedView, UiBench } from "../support/uiBench.js";

const random = new SeededRandom("ui fuzz");
const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;

function press(): KeyPress {
  const long = random.below(8) === 0;
  switch (random.below(4)) {
    case 0:
      return { kind: "matrix", key: pick([..."0123456789*#ABCD"]) as MatrixKey, long };
    case 1:
      return { kind: "character", code: random.below(256) };
    case 2:
      return { kind: "named", key: pick(["enter", "backspace", "escape", "tab", "up", "down"] as const) };
    default:
      return { kind: "button", button: pick(["left", "middle", "right"] as const), long };
  }
}

function notice(): PneNotice {
  return pick<PneNotice>([
    { kind: "state", view: pick([emptyView, enrolledView, joinedView]) },
    { kind: "progress", step: "enrol", fraction: random.below(100) / 100 },
    { kind: "enrolled" },
    { kind: "joined" },
    { kind: "left" },
    { kind: "message", from: "server", text: "x".repeat(random.below(300)) },
    { kind: "failed", code: pick(["result.refused", "linkLost", "cancelled", "cbor.depth"]) },
    { kind: "failed", code: "throttled", wait: Seconds(random.below(20)) },
    { kind: "resetDone" },
  ]);
}

describe("a UI under random presses, notices and time", () => {
  for (const keypad of ["matrix", "keyboard", "buttons"] as Keypad[]) {
    it(`never throws, always has a screen, and leads home (${keypad})`, () => {
      const bench = new UiBench(keypad);
      for (let i = 0; i < 70_000; i++) {
        const what = random.below(20);
        if (what === 0) bench.notify(notice());
        else if (what === 1) bench.clock.advance(Milliseconds(random.below(3_000)));
        else bench.press(press());
        if (i % 50 === 0) assert.ok(itemsOf(bench.screen).length > 2);
        const field = bench.screen.field !== undefined;
        assert.ok(field || bench.ui.wiped, `typed octets left on ${bench.screen.id}`);
        bench.screens.length = 0;
        for (const command of bench.commands.splice(0))
          if (command.kind === "enrol") command.password.fill(0);
      }
      bench.notify({ kind: "failed", code: "linkLost" }).press({ kind: "named", key: "escape" });
      assert.ok(["home", "welcome"].includes(bench.screen.id));
    }).timeout(60_000);
  }
});
