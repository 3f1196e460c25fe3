import assert from "node:assert/strict";
import { emptyWindow, mark, type ReceiveWindow, seen, windowSize } from "../../src/link/window.js";

const windowOf = (...counters: readonly number[]): ReceiveWindow => counters.reduce(mark, emptyWindow);

/** The same by a set, for comparison. */
class Model {
  readonly #come = new Set<number>();
  #greatest = 0;

  seen(counter: number): string {
    if (counter <= this.#greatest - windowSize) return "tooOld";
    return this.#come.has(counter) ? "seen" : "new";
  }

  mark(counter: number): void {
    this.#come.add(counter);
    this.#greatest = Math.max(this.#greatest, counter);
  }
}

describe("the receive window of a session (RFC 4303)", () => {
  it("takes counters in any order, each once", () => {
    const window = windowOf(1, 4, 2);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((counter) => seen(window, counter)),
      ["seen", "seen", "new", "seen", "new"],
    );
  });

  it("cannot tell of a counter 64 below the greatest, and can of one 63 below", () => {
    const window = windowOf(1, 65);
    assert.equal(seen(window, 1), "tooOld");
    assert.equal(seen(window, 2), "new");
    assert.equal(seen(mark(window, 2), 2), "seen");
  });

  it("forgets everything behind a leap, also of more than 2³² counters' width", () => {
    const window = windowOf(1, 2, 3, 0xffffffff);
    assert.equal(window.received, 0xffffffff);
    assert.equal(seen(window, 3), "tooOld");
    assert.equal(seen(window, 0xfffffffe), "new");
    assert.equal(seen(window, 0xffffffff), "seen");
  });

  it("agrees with a set of all counters over thousands of random ones", () => {
    const model = new Model();
    let window = emptyWindow;
    let state = 7;
    for (let i = 0; i < 5_000; i++) {
      state = (state * 1_103_515_245 + 12_345) % 0x80000000;
      const counter = Math.max(1, window.received + (state % 140) - 90);
      assert.equal(seen(window, counter), model.seen(counter), `${counter} at ${window.received}`);
      if (seen(window, counter) !== "new") continue;
      window = mark(window, counter);
      model.mark(counter);
    }
  });
});
