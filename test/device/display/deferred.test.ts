import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { DeferredDisplay } from "../../../src/device/display/deferred.js";
import type { Display } from "../../../src/device/display/display.js";
import { ManualClock } from "../../support/manualClock.js";
import { everyScreen } from "./everyScreen.js";

describe("a display that draws when the work is over", () => {
  const [first, second, third] = everyScreen("matrix").map(({ screen }) => screen);

  it("draws the last of several screens once, and the next one later", () => {
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const shown: string[] = [];
    const clock = new ManualClock();
    const display: Display = {
      kind: "320x240",
      state: { is: "ready" },
      show: ({ id }) => void shown.push(id),
    };
    const deferred = new DeferredDisplay(display, clock);
    deferred.show(first);
    deferred.show(second);
    assert.deepEqual(shown, []);
    clock.advance(Milliseconds(0));
    assert.deepEqual(shown, [second.id]);
    deferred.show(third);
    deferred.flush();
    deferred.flush();
    clock.advance(Milliseconds(100));
    assert.deepEqual(shown, [second.id, third.id]);
    assert.equal(clock.armed, 0);
    assert.equal(deferred.kind, "320x240");
    assert.equal(deferred.state.is, "ready");
  });
});
