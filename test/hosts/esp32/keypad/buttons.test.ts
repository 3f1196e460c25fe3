import assert from "node:assert/strict";
import { digitalButton, ThreeButtons } from "../../../../hosts/esp32/keypad/buttons.js";
import { hostButton } from "../../../../hosts/esp32/keypad/hostButton.js";
import { I2cKeyboard } from "../../../../hosts/esp32/keypad/i2cKeyboard.js";
import { cardKB } from "../../../../hosts/esp32/keypad/keyCodes.js";
import { Keypads } from "../../../../hosts/esp32/keypad/keypads.js";
import { NoKeypad } from "../../../../hosts/esp32/keypad/none.js";
import { OneButton } from "../../../../hosts/esp32/keypad/oneButton.js";
import type { Keypad, KeypadState } from "../../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { UiBench } from "../../../support/uiBench.js";
import { fakeButton, I2CBoard, ManualTicker, sourceOf, states, words } from "./mocks.js";

class Bench {
  readonly ticker = new ManualTicker();
  readonly presses: KeyPress[] = [];
  readonly states: KeypadState[] = [];
  readonly left = fakeButton();
  readonly middle = fakeButton();
  readonly right = fakeButton();
  readonly buttons = new ThreeButtons({
    left: sourceOf(this.left),
    middle: sourceOf(this.middle),
    right: sourceOf(this.right),
    ticker: this.ticker,
  });

  start(): this {
    this.buttons.start(
      (press) => this.presses.push(press),
      (state) => this.states.push(state),
    );
    return this;
  }

  hold(button: "left" | "middle" | "right", time: number): this {
    this[button].down = true;
    this.ticker.pass(time);
    this[button].down = false;
    this.ticker.pass(100);
    return this;
  }
}

describe("the one button of a board without keypad", () => {
  const held = (milliseconds: number): readonly KeyPress[] => {
    const ticker = new ManualTicker();
    const button = fakeButton();
    const presses: KeyPress[] = [];
    const keypad = new OneButton(sourceOf(button), ticker);
    keypad.start((press) => presses.push(press));
    assert.equal(keypad.kind, "none");
    button.down = true;
    ticker.pass(milliseconds);
    button.down = false;
    ticker.pass(1_000);
    keypad.stop();
    assert.equal(ticker.running, 0);
    return presses;
  };

  it("erases when it is held for ten seconds, once, and does nothing when it is held for nine", () => {
    assert.equal(words(held(60)), "");
    assert.equal(words(held(9_000)), "");
    assert.equal(words(held(10_500)), "right+");
    assert.equal(words(held(60_000)), "right+");
  });

  it("is absent, and no crash, where its pin is taken", () => {
    const keypad = new OneButton(() => {
      throw new Error("in use");
    }, new ManualTicker());
    keypad.start(() => assert.fail("nobody can press it"));
    assert.deepEqual(keypad.state, { is: "absent", why: "in use" });
  });

  it("is lost, and no crash, once it cannot be read", () => {
    const ticker = new ManualTicker();
    const button = fakeButton();
    const heard: KeypadState[] = [];
    const keypad = new OneButton(sourceOf(button), ticker);
    keypad.start(
      () => assert.fail("nobody presses it"),
      (state) => heard.push(state),
    );
    button.fails = true;
    ticker.pass(200);
    assert.deepEqual(heard, [{ is: "lost", why: "can't read output" }]);
    assert.deepEqual([ticker.running, button.closed], [0, 1]);
  });
});

describe("three buttons (EUK-UI-11)", () => {
  it("are short when let go, long when held, and never both", () => {
    const bench = new Bench().start().hold("left", 60).hold("middle", 700).hold("right", 5_000);
    assert.equal(words(bench.presses), "left middle+ right+");
  });

  it("delete letter after letter while the left one is held, and leave an empty field only when it is held anew", () => {
    const ui = new UiBench("buttons");
    const bench = new Bench();
    bench.buttons.start((press) => void ui.press(press));
    bench.hold("middle", 60);
    for (let i = 0; i < 15; i++) bench.hold("left", 60);
    assert.equal(ui.screen.field?.text, "aaaaa");
    bench.hold("left", 600 + 40 + 150);
    assert.equal(ui.screen.field?.text, "aaa");
    bench.hold("left", 5_000);
    assert.equal(ui.screen.id, "userID");
    assert.equal(ui.screen.field?.text, "");
    bench.hold("left", 700);
    assert.equal(ui.screen.id, "welcome");
  });

  it("are not pressed by pulses as the radio makes on inputs 36 to 39", () => {
    const bench = new Bench().start();
    for (let i = 0; i < 200; i++) bench.hold("left", 10);
    assert.equal(words(bench.presses), "");
  });

  it("are absent when one cannot be opened, and lost when one cannot be read", () => {
    const ticker = new ManualTicker();
    const left = fakeButton();
    const missing = (): never => {
      throw new Error("in use");
    };
    const absent = new ThreeButtons({ left: sourceOf(left), middle: missing, right: sourceOf(left), ticker });
    absent.start(() => {});
    assert.deepEqual(absent.state, { is: "absent", why: "in use" });
    assert.equal(left.closed, 1);
    const bench = new Bench().start();
    bench.right.fails = true;
    bench.ticker.pass(20);
    assert.equal(states(bench.states), "lost");
    assert.equal(bench.left.closed + bench.middle.closed + bench.right.closed, 3);
  });

  it("read a pin that is low as pressed", () => {
    let level = 1;
    class Pin {
      static readonly Input = 0;
      read(): number {
        return level;
      }
      close(): void {}
    }
    const button = digitalButton(Pin, 39)();
    assert.equal(button.pressed(), false);
    level = 0;
    assert.equal(button.pressed(), true);
  });

  it("see a click of the simulator that ends before anybody looks", () => {
    let push: (pressed: number | boolean) => void = () => {};
    class Host {
      constructor(options: { onPush(pressed: number | boolean): void }) {
        push = options.onPush;
      }
    }
    const ticker = new ManualTicker();
    const presses: KeyPress[] = [];
    const left = hostButton(Host);
    const other = sourceOf(fakeButton());
    new ThreeButtons({ left, middle: other, right: other, ticker }).start((press) => presses.push(press));
    push(1);
    push(0);
    ticker.pass(200);
    assert.equal(words(presses), "left");
    push(1);
    ticker.pass(700);
    push(0);
    ticker.pass(200);
    assert.equal(words(presses), "left left+");
  });
});

describe("several keypads of a board, and none", () => {
  it("ask of a finger on any of them whether that is all there is to it", () => {
    const touched: (() => boolean)[] = [];
    const felt = (): Keypad => ({
      kind: "touch",
      state: { is: "ready" },
      start: (_onKey, _onState, onTouch) => void (onTouch && touched.push(onTouch)),
      stop() {},
    });
    new Keypads([felt(), felt()]).start(
      () => {},
      () => {},
      () => true,
    );
    assert.deepEqual(
      touched.map((ask) => ask()),
      [true, true],
    );
  });

  it("type together; the first that is ready gives the UI its words, as it comes and goes", () => {
    const { ticker, buttons, presses, states: heard, left } = new Bench();
    const board = new I2CBoard();
    board.plugged = false;
    const bus = { data: 21, clock: 22, hz: 100_000 };
    const keypads = new Keypads([new I2cKeyboard({ io: board.io, bus, model: cardKB, ticker }), buttons]);
    assert.equal(keypads.state.is, "stopped");
    keypads.start(
      (press) => presses.push(press),
      (state) => heard.push(state),
    );
    assert.equal(keypads.kind, "buttons");
    assert.equal(states(keypads.states), "absent ready");
    board.plugged = true;
    ticker.pass(1_100);
    assert.equal(keypads.kind, "keyboard");
    board.codes.push(0x71);
    left.down = true;
    ticker.pass(60);
    left.down = false;
    ticker.pass(60);
    assert.equal(words(presses), "'q left");
    board.plugged = false;
    ticker.pass(200);
    assert.equal(keypads.kind, "buttons");
    assert.equal(heard.length, 2);
    keypads.stop();
    assert.equal(keypads.kind, "none");
    assert.equal(ticker.running, 0);
  });

  it("without any keypad is a state that says so", () => {
    const none = new NoKeypad();
    none.start(() => assert.fail("nobody can press"));
    none.stop();
    assert.equal(none.state.is, "absent");
    assert.equal(none.kind, "none");
    const keypads = new Keypads([none]);
    keypads.start(() => {});
    assert.equal(keypads.state.is, "absent");
    assert.equal(keypads.kind, "none");
  });
});
