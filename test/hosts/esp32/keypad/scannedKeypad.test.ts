import assert from "node:assert/strict";
import { ScannedKeypad } from "../../../../hosts/esp32/keypad/scannedKeypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { ManualTicker, words } from "./mocks.js";

/** One key, and how often it has been opened and closed. */
class Bench {
  readonly ticker = new ManualTicker();
  readonly presses: KeyPress[] = [];
  opened = 0;
  closed = 0;
  down = false;
  readonly keypad = new ScannedKeypad({
    kind: "buttons",
    ticker: this.ticker,
    on: "up",
    open: (opened) => {
      this.opened++;
      opened.push({ close: () => this.closed++ });
      return () => (this.down ? 1 : 0);
    },
    pressOf: (_key, long) => ({ kind: "button", button: "left", long }),
  });

  start(): this {
    this.keypad.start((press) => this.presses.push(press));
    return this;
  }
}

describe("a keypad whose keys are looked at", () => {
  it("closes each key that it has opened once, however often it is started and stopped", () => {
    const bench = new Bench().start().start();
    assert.deepEqual([bench.opened, bench.closed, bench.ticker.running], [2, 1, 1]);
    bench.keypad.stop();
    bench.keypad.stop();
    assert.deepEqual([bench.opened, bench.closed, bench.ticker.running], [2, 2, 0]);
    assert.equal(bench.keypad.state.is, "stopped");
  });

  it("forgets at its end for how long a key was held", () => {
    const bench = new Bench().start();
    bench.down = true;
    bench.ticker.pass(500);
    bench.keypad.stop();
    bench.start();
    bench.ticker.pass(200);
    bench.down = false;
    bench.ticker.pass(100);
    assert.equal(words(bench.presses), "left");
  });
});
