import assert from "node:assert/strict";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { PneNotice } from "../../src/pne/ports.js";
import type { KeyPress, Keypad, MatrixKey } from "../../src/ui/keys.js";
import { itemsOf } from "../device/display/fakes.js";
import { unlessFew } from "../support/sampled.js";
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
    { kind: "left", why: "dissolved" },
    { kind: "found" },
    { kind: "named" },
    { kind: "invited" },
    { kind: "invitationOver" },
    { kind: "message", from: "member", name: "Hall", text: "Hello!" },
    { kind: "message", from: "server", text: "x".repeat(random.below(300)) },
    { kind: "failed", code: pick(["result.refused", "linkLost", "cancelled", "cbor.depth"]) },
    { kind: "failed", code: "throttled", wait: Seconds(random.below(20)) },
    { kind: "resetDone" },
  ]);
}

describe("a UI under random presses, notices and time", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  for (const keypad of ["matrix", "keyboard", "buttons"] as Keypad[]) {
    it(`never throws, always has a screen, and leads home (${keypad})`, () => {
      const bench = new UiBench(keypad);
      for (let i = 0; i < 70_000; i++) {
        const what = random.below(20);
        if (what === 0) bench.notify(notice());
        else if (what === 1) bench.clock.advance(Milliseconds(random.below(3_000)));
        else bench.press(press());
        if (i % 50 === 0) assert.ok(itemsOf(bench.screen).length > 2);
        if (["home", "welcome"].includes(bench.screen.id)) assert.ok(bench.ui.wiped, "typed octets left");
        bench.screens.length = 0;
        for (const command of bench.commands.splice(0))
          if (command.kind === "enrol") command.password.fill(0);
      }
      bench.after(2);
      for (let i = 0; i < 200 && !["home", "welcome"].includes(bench.screen.id); i++) {
        if (bench.screen.id === "progress" || bench.screen.id === "looking") {
          bench.notify({ kind: "failed", code: "cancelled" });
        }
        bench.press({ kind: "named", key: "escape" }).after(2);
      }
      assert.ok(["home", "welcome"].includes(bench.screen.id), bench.screen.id);
    }).timeout(60_000);
  }
});
