import assert from "node:assert/strict";
import { DeviceClock } from "../../../hosts/esp32/clock.js";
import { Milliseconds } from "../../../src/base/units.js";

class Sdk {
  readonly Time = { ticks: 0 };
  readonly pending = new Map<number, { readonly callback: () => void; readonly interval: number }>();
  #next = 1;

  readonly Timer = {
    set: (callback: () => void, interval: number): number => {
      assert.ok(interval >= 0 && interval < 2 ** 31, `${interval}`);
      this.pending.set(this.#next, { callback, interval });
      return this.#next++;
    },
    clear: (timer: never): void => {
      assert.ok(this.pending.delete(timer), "a timer that is gone is cleared");
    },
  };

  /** Lets the one timer fire when it is due. */
  fire(): void {
    const [[id, { callback, interval }] = assert.fail()] = this.pending;
    this.pending.delete(id);
    this.Time.ticks = (this.Time.ticks + interval) | 0;
    callback();
  }
}

describe("the device's clock", () => {
  it("goes on when the SDK's ticks of 32 bits wrap", () => {
    const sdk = new Sdk();
    sdk.Time.ticks = 0x7fffff00;
    const clock = new DeviceClock(sdk);
    sdk.Time.ticks = -0x7fffff00;
    assert.equal(clock.now(), 0x200);
    sdk.Time.ticks = 0;
    assert.equal(clock.now(), 0x200 + 0x7fffff00);
  });

  it("waits longer than a timer of the SDK can", () => {
    const sdk = new Sdk();
    const clock = new DeviceClock(sdk);
    let fired = 0;
    const month = Milliseconds(30 * 86_400_000);
    clock.after(month, () => fired++);
    while (sdk.pending.size > 0) sdk.fire();
    assert.equal(fired, 1);
    assert.equal(clock.now(), month);
  });

  it("does not clear a timer that has fired, which would be another one's by then", () => {
    const sdk = new Sdk();
    const timer = new DeviceClock(sdk).after(Milliseconds(5), () => {});
    sdk.fire();
    timer.cancel();
    const other = new DeviceClock(sdk).after(Milliseconds(5), () => assert.fail("cancelled"));
    other.cancel();
    other.cancel();
    assert.equal(sdk.pending.size, 0);
  });
});
