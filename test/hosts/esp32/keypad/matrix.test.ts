import assert from "node:assert/strict";
import { ambiguous, believed } from "../../../../hosts/esp32/keypad/ghosts.js";
import { MatrixKeypad } from "../../../../hosts/esp32/keypad/matrix.js";
import type { KeypadState } from "../../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { ManualTicker, MatrixBoard, states, words } from "./mocks.js";

class Bench {
  readonly board = new MatrixBoard();
  readonly ticker = new ManualTicker();
  readonly presses: KeyPress[] = [];
  readonly states: KeypadState[] = [];
  readonly keypad: MatrixKeypad;

  constructor(columns?: readonly number[]) {
    const { board, ticker } = this;
    this.keypad = new MatrixKeypad({
      io: board.io,
      rows: board.rows,
      columns: columns ?? board.columns,
      ticker,
    });
    this.keypad.start(
      (press) => this.presses.push(press),
      (state) => this.states.push(state),
    );
  }

  hold(keys: string, time: number): this {
    for (const key of keys) this.board.key(key, true);
    this.ticker.pass(time);
    for (const key of keys) this.board.key(key, false);
    this.ticker.pass(100);
    return this;
  }
}

describe("the 4×4 matrix keypad (EUK-UI-11)", () => {
  it("tells each of its 16 keys by row and column", () => {
    const bench = new Bench();
    for (const key of "123A456B789C*0#D") bench.hold(key, 60);
    assert.equal(words(bench.presses), "1 2 3 A 4 5 6 B 7 8 9 C * 0 # D");
  });

  it("takes a bouncing contact for one press, and a spike shorter than 30 ms for none", () => {
    const bench = new Bench();
    bench.hold("5", 15);
    assert.equal(words(bench.presses), "");
    bench.board.key("5", true);
    bench.ticker.pass(12);
    bench.board.bounce = 9;
    bench.ticker.pass(100);
    bench.board.key("5", false);
    bench.ticker.pass(12);
    bench.board.key("5", true);
    bench.ticker.pass(12);
    bench.board.key("5", false);
    bench.ticker.pass(100);
    assert.equal(words(bench.presses), "5");
  });

  it("tells a key that is held once more as a long press, and repeats only A and B", () => {
    assert.equal(words(new Bench().hold("2", 3_000).presses), "2 2+");
    assert.equal(words(new Bench().hold("A", 1_000).presses), "A A+ A+ A+");
    assert.equal(words(new Bench().hold("D", 3_000).presses), "D", "it would answer the next screen as well");
  });

  it("takes keys that overlap, as of a person who types fast", () => {
    const bench = new Bench();
    bench.board.key("1", true);
    bench.ticker.pass(50);
    bench.board.key("6", true);
    bench.ticker.pass(50);
    bench.board.key("1", false);
    bench.hold("6", 50);
    assert.equal(words(bench.presses), "1 6");
  });

  it("invents no key when three keys close the fourth corner, and goes on when they open", () => {
    const bench = new Bench();
    bench.board.key("1", true);
    bench.ticker.pass(50);
    bench.board.key("2", true);
    bench.ticker.pass(50);
    bench.board.key("4", true);
    bench.ticker.pass(50);
    assert.equal(words(bench.presses), "1 2", "neither 4, which may be real, nor 5, which is not");
    bench.board.key("1", false);
    bench.ticker.pass(50);
    assert.equal(words(bench.presses), "1 2 4");
    bench.hold("24", 10).hold("9", 50);
    assert.equal(words(bench.presses), "1 2 4 9");
  });

  it("knows every pattern of closed contacts that is ambiguous", () => {
    for (let levels = 0; levels < 0x10000; levels++) {
      let rectangle = false;
      for (let a = 0; a < 4; a++)
        for (let b = a + 1; b < 4; b++)
          for (let c = 0; c < 4; c++)
            for (let d = c + 1; d < 4; d++) {
              const corners = [4 * a + c, 4 * a + d, 4 * b + c, 4 * b + d];
              if (corners.every((bit) => (levels & (1 << bit)) !== 0)) rectangle = true;
            }
      if (ambiguous(levels) !== rectangle) assert.fail(`${levels}`);
    }
    assert.equal(believed(0b0011_0011, 0b0000_0010), 0b0000_0010);
  });

  it("reads four pins a sample while nobody types", () => {
    const bench = new Bench();
    const before = bench.board.reads;
    bench.ticker.pass(1_000);
    assert.equal(bench.board.reads - before, 400);
  });

  it("is absent, and lets go of every pin, when one is taken or cannot do it", () => {
    for (const [columns, why] of [
      [[4, 5, 6, 3], /in use/],
      [[4, 5, 6, 40], /invalid pin/],
      [[4, 5, 6], /4 rows/],
    ] as const) {
      const bench = new Bench(columns);
      const { state } = bench.keypad;
      assert.ok(state.is === "absent");
      assert.match(state.why, why);
      assert.equal(bench.board.opened.size, 0);
      assert.equal(bench.ticker.running, 0);
    }
  });

  it("is lost, and told, when a pin fails while it runs; a start tries again", () => {
    const bench = new Bench();
    bench.board.broken = true;
    bench.ticker.pass(50);
    assert.equal(bench.keypad.state.is, "lost");
    assert.equal(states(bench.states), "lost");
    bench.board.broken = false;
    bench.keypad.start((press) => bench.presses.push(press));
    bench.hold("7", 50);
    assert.equal(words(bench.presses), "7");
  });

  it("stops at once, with a key held down", () => {
    const bench = new Bench();
    bench.board.key("3", true);
    bench.ticker.pass(50);
    bench.keypad.stop();
    bench.ticker.pass(2_000);
    assert.equal(words(bench.presses), "3");
    assert.equal(bench.board.opened.size + bench.ticker.running, 0);
    assert.equal(bench.keypad.state.is, "stopped");
  });

  it("does not take an error of who hears the press for one of its own", () => {
    const bench = new Bench();
    bench.keypad.start(() => {
      throw new Error("of the screen");
    });
    assert.throws(() => bench.hold("3", 50), /of the screen/);
    assert.equal(bench.keypad.state.is, "ready");
  });
});
