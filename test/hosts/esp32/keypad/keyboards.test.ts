import assert from "node:assert/strict";
import { I2cKeyboard } from "../../../../hosts/esp32/keypad/i2cKeyboard.js";
import {
  cardKB,
  facesKeyboard,
  type KeyboardModel,
  pressOf,
} from "../../../../hosts/esp32/keypad/keyCodes.js";
import type { KeypadState } from "../../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { I2CBoard, ManualTicker, states, words } from "./mocks.js";

class Bench {
  readonly board = new I2CBoard();
  readonly ticker = new ManualTicker();
  readonly presses: KeyPress[] = [];
  readonly states: KeypadState[] = [];
  readonly keyboard: I2cKeyboard;

  constructor(model: KeyboardModel = cardKB) {
    const bus = { data: 21, clock: 22, hz: 100_000 };
    this.keyboard = new I2cKeyboard({ io: this.board.io, bus, model, ticker: this.ticker });
  }

  start(): this {
    this.keyboard.start(
      (press) => this.presses.push(press),
      (state) => this.states.push(state),
    );
    return this;
  }

  types(...codes: readonly number[]): this {
    this.board.codes.push(...codes);
    this.ticker.pass(20 * codes.length + 20);
    return this;
  }
}

describe("CardKB and Faces keyboards on I2C (EUK-UI-11)", () => {
  it("send characters and the keys that have names", () => {
    const bench = new Bench().start().types(0x41, 0x7e, 0x20, 0x0d, 0x08, 0x1b, 0x09, 181, 182, 180, 183);
    assert.equal(words(bench.presses), "'A '~ '  enter backspace escape tab up down escape enter");
  });

  it("tell Faces' own arrows, and its Enter once though it sends two octets", () => {
    const bench = new Bench(facesKeyboard).start().types(0x0d, 0x0a, 183, 192, 191, 193);
    assert.equal(words(bench.presses), "enter up down escape enter");
  });

  it("take no octet for a key that none of them sends", () => {
    for (const model of [cardKB, facesKeyboard]) {
      let known = 0;
      for (let octet = 0; octet < 256; octet++) {
        const press = pressOf(model, octet);
        if (press !== undefined) known++;
        else assert.ok(octet < 0x20 || octet > 0x7e);
      }
      assert.equal(known, 95 + Object.keys(model.named).length);
      assert.equal(pressOf(model, 0), undefined);
      assert.equal(pressOf(model, 0xff), undefined);
    }
  });

  it("are absent when nobody acknowledges at the start, and found within a second once plugged in", () => {
    const bench = new Bench();
    bench.board.plugged = false;
    bench.start();
    assert.equal(bench.keyboard.state.is, "absent");
    bench.ticker.pass(5_000);
    assert.equal(states(bench.states), "");
    assert.ok(bench.board.opens < 8, "it is looked for once a second, not at each poll");
    bench.board.plugged = true;
    bench.ticker.pass(1_100);
    assert.equal(states(bench.states), "ready");
    bench.types(0x61);
    assert.equal(words(bench.presses), "'a");
  });

  it("are lost when unplugged, ready when plugged in again, and lose no key to one bad read", () => {
    const bench = new Bench().start();
    bench.board.plugged = false;
    bench.ticker.pass(40);
    assert.equal(bench.keyboard.state.is, "ready");
    bench.board.plugged = true;
    bench.types(0x62);
    bench.board.plugged = false;
    bench.ticker.pass(200);
    assert.equal(states(bench.states), "lost");
    assert.equal(bench.board.open, 0);
    bench.board.plugged = true;
    bench.types(0x63);
    bench.ticker.pass(1_100);
    assert.equal(states(bench.states), "lost ready");
    assert.equal(words(bench.presses), "'b 'c");
  });

  it("are absent when the pins are taken, by the module's own words", () => {
    const bench = new Bench();
    bench.board.refuses = "inUse";
    bench.start();
    assert.deepEqual(bench.keyboard.state, { is: "absent", why: "inUse" });
    bench.ticker.pass(3_000);
    bench.board.refuses = undefined;
    bench.ticker.pass(1_100);
    assert.equal(bench.keyboard.state.is, "ready");
  });

  it("hold no bus and no timer after a stop, and start again", () => {
    const bench = new Bench().start();
    bench.keyboard.stop();
    assert.equal(bench.board.open + bench.ticker.running, 0);
    bench.start().types(0x64);
    bench.start().types(0x65);
    assert.equal(words(bench.presses), "'d 'e");
    assert.equal(bench.board.open, 1);
    assert.equal(bench.ticker.running, 1);
  });
});
