import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { Guard } from "../../src/gateway/guard.js";
import { ManualClock } from "../support/manualClock.js";

const fails = (): never => {
  throw new TypeError("nobody thought of this");
};

describe("what the PN GW is called back by", () => {
  const logged: string[] = [];
  const guard = new Guard({
    event: (name, fields) => void logged.push(`${name} ${String(fields?.error).split("\n")[0]}`),
  });
  const fault = "gateway.fault TypeError: nobody thought of this";

  it("throws nothing out of a timer: the fault is logged, and the clock goes on", () => {
    const clock = new ManualClock();
    const guarded = guard.clock(clock);
    let later = false;
    logged.length = 0;
    guarded.after(Milliseconds(5), fails);
    guarded.after(Milliseconds(6), () => {
      later = true;
    });
    clock.advance(Milliseconds(10));
    assert.deepEqual(logged, [fault]);
    assert.equal(later, true);
  });

  it("throws nothing out of an answer or the radio, and says that it has ended", () => {
    let ended = false;
    logged.length = 0;
    guard.callback(fails, () => {
      ended = true;
    })();
    assert.deepEqual(logged, [fault]);
    assert.equal(ended, true);
  });
});
