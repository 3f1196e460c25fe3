import assert from "node:assert/strict";
import { sensorTouch } from "../../../hosts/esp32/keypad/sensorTouch.js";
import {
  classicTouch,
  hostTouch,
  turned90,
  turned270,
  unturned,
} from "../../../hosts/esp32/keypad/touchSenses.js";
import { caps, type Layer, nearest } from "../../../src/device/display/colour/keyboard.js";
import { keyboardTop, large } from "../../../src/device/display/colour/metrics.js";
import { type Point, TouchKeypad } from "../../../src/device/display/colour/touchKeypad.js";
import type { KeypadState } from "../../../src/device/keypad/keypad.js";
import type { PneCommand, PneView } from "../../../src/pne/ports.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { Ui } from "../../../src/ui/ui.js";
import { ManualTicker, states, words } from "../../hosts/esp32/keypad/mocks.js";
import { ManualClock } from "../../support/manualClock.js";
import { enrolledView, joinedView, nearView } from "../../support/uiBench.js";
import { fakeColour } from "./fakes.js";

/** The core's UI on a display that is touched. */
class Bench {
  readonly ticker = new ManualTicker();
  readonly presses: KeyPress[] = [];
  readonly commands: PneCommand[] = [];
  readonly states: KeypadState[] = [];
  readonly colour = fakeColour();
  readonly ui: Ui;
  readonly keypad: TouchKeypad;
  finger: Point | undefined;
  fails = false;
  /** The display is dark: a finger wakes it. */
  wakes = false;

  constructor(view: PneView = nearView) {
    const { display } = this.colour;
    this.ui = new Ui({
      clock: new ManualClock(),
      keypad: "touch",
      firmware: "1",
      show: (screen) => display.show(screen),
      command: (command) => this.commands.push(command),
    });
    this.ui.notify({ kind: "state", view });
    const sense = {
      sample: () => {
        if (this.fails) throw new Error("read failed");
        return this.finger;
      },
      close() {},
    };
    this.keypad = new TouchKeypad({ sense: () => sense, display, ticker: this.ticker });
    this.keypad.start(
      (press) => {
        this.presses.push(press);
        this.ui.press(press);
      },
      (state) => this.states.push(state),
      () => this.wakes,
    );
  }

  get screen(): Screen {
    return this.ui.screen;
  }

  touch(x: number, y: number, time = 80): this {
    this.finger = { x, y };
    this.ticker.pass(time);
    this.finger = undefined;
    this.ticker.pass(80);
    return this;
  }

  soft(index: number, time = 80): this {
    return this.touch(40 + 80 * index, 224, time);
  }

  cap(find: (cap: ReturnType<typeof caps>[number]) => boolean, time = 80): this {
    const list = caps(this.colour.display.layer, keyboardTop(this.screen), large.bodyBottom);
    const cap = list.find(find);
    if (cap === undefined) assert.fail("no such key");
    return this.touch(cap.x + (cap.w >> 1), cap.y + (cap.h >> 1), time);
  }

  types(text: string): this {
    for (const letter of text) {
      this.cap(({ action }) => action.does === "type" && String.fromCharCode(action.code) === letter);
    }
    return this;
  }

  layer(layer: Layer): this {
    return this.cap(({ action }) => action.does === "layer" && action.layer === layer);
  }
}

describe("the keyboard on the display", () => {
  it("has every character that a User ID or password may have, each within reach of the others' layers", () => {
    const found = new Set<number>();
    for (const layer of ["lower", "upper", "capitals", "digits", "symbols"] as const) {
      for (const { action } of caps(layer, 74, 206)) if (action.does === "type") found.add(action.code);
    }
    assert.equal(found.size, 95);
    for (let code = 0x20; code <= 0x7e; code++) assert.ok(found.has(code), String.fromCharCode(code));
  });

  it("has keys that do not overlap, and takes a finger between two of them for the nearer one", () => {
    for (const layer of ["lower", "upper", "capitals", "digits", "symbols"] as const) {
      const list = caps(layer, 74, 206);
      for (const [index, cap] of list.entries()) {
        assert.ok(cap.x >= 0 && cap.x + cap.w <= 320 && cap.y >= 74 && cap.y + cap.h <= 206);
        assert.equal(nearest(list, cap.x, cap.y), cap);
        assert.equal(nearest(list, cap.x + cap.w - 1, cap.y + cap.h - 1), cap);
        for (const other of list.slice(index + 1)) {
          const apart =
            cap.x + cap.w <= other.x ||
            other.x + other.w <= cap.x ||
            cap.y + cap.h <= other.y ||
            other.y + other.h <= cap.y;
          assert.ok(apart, `${cap.label} ${other.label}`);
        }
      }
    }
    assert.equal(nearest(caps("lower", 74, 206), 160, 10), undefined);
  });
});

describe("a finger on a dark display", () => {
  it("wakes it and does nothing else, wherever it is and however long it stays", () => {
    const bench = new Bench();
    bench.wakes = true;
    for (const time of [80, 2_000]) bench.soft(3, time);
    bench.touch(160, 120);
    assert.deepEqual(bench.presses, []);
    assert.equal(bench.screen.id, "welcome");
    bench.wakes = false;
    bench.soft(3);
    assert.equal(bench.presses.length, 1);
  });
});

describe("a display that is touched (EUK-UI-11)", () => {
  it("enrols: soft keys, letters, capitals once and for long, digits, signs", () => {
    const bench = new Bench().soft(3).types("al.x").soft(3);
    assert.equal(bench.screen.id, "password");
    bench.types("a").layer("upper").types("Bc").layer("upper").layer("capitals").types("DE");
    bench.layer("lower").layer("digits").types("1").layer("symbols").types("#").layer("lower").types(" z");
    bench.soft(3);
    const [command] = bench.commands;
    assert.ok(command?.kind === "enrol");
    assert.equal(String.fromCharCode(...command.userID), "al.x");
    assert.equal(String.fromCharCode(...command.password), "aBcDE1# z");
  });

  it("begins each new screen with small letters", () => {
    const bench = new Bench().soft(3).layer("digits").types("7").soft(3);
    assert.equal(bench.colour.display.layer, "lower");
  });

  it("types once for a finger that rests, and deletes on and on", () => {
    const bench = new Bench().soft(3).types("abcdefgh");
    bench.cap(({ action }) => action.does === "type" && action.code === 0x69, 3_000);
    assert.equal(bench.screen.field?.text, "abcdefghi");
    bench.cap(({ action }) => action.does === "delete", 1_200);
    assert.ok((bench.screen.field?.text.length ?? 9) < 5);
  });

  it("takes the row that is touched, above or below the chosen one", () => {
    const bench = new Bench(joinedView).touch(100, 44 + 2 * 29);
    assert.equal(bench.screen.id, "members");
    assert.equal(words(bench.presses), "B B D");
    const up = new Bench(joinedView);
    up.ui.press({ kind: "matrix", key: "B" });
    up.ui.press({ kind: "matrix", key: "B" });
    up.touch(100, 44);
    assert.deepEqual(up.commands, [{ kind: "sendToServer", text: "Hello, Server!" }]);
  });

  it("forgets a touch that is drawn away, and one where nothing is", () => {
    const bench = new Bench(enrolledView);
    bench.finger = { x: 280, y: 224 };
    bench.ticker.pass(60);
    bench.touch(100, 150);
    bench.touch(100, 190).touch(200, 224);
    assert.equal(words(bench.presses), "");
    assert.equal(bench.screen.id, "home");
  });

  it("erases only when the soft key is held", () => {
    const bench = new Bench(enrolledView).touch(100, 44 + 2 * 29);
    assert.equal(bench.screen.id, "settings");
    bench.soft(1).soft(1).soft(1).soft(3);
    assert.equal(bench.screen.id, "reset");
    bench.soft(3);
    assert.equal(bench.commands.length, 0);
    bench
      .touch(100, 44 + 2 * 29)
      .soft(1)
      .soft(1)
      .soft(3)
      .soft(3, 1_000);
    assert.deepEqual(bench.commands, [{ kind: "factoryReset" }]);
  });

  it("takes a finger that flickers for one touch", () => {
    const bench = new Bench().soft(3);
    bench.finger = { x: 16, y: 90 };
    bench.ticker.pass(40);
    bench.finger = undefined;
    bench.ticker.pass(20);
    bench.finger = { x: 16, y: 90 };
    bench.ticker.pass(40);
    assert.equal(bench.screen.field?.text, "q");
  });

  it("is absent without its chip, lost when the chip goes, and ready when it is back", () => {
    const { display } = fakeColour();
    const missing = new TouchKeypad({
      sense: () => {
        throw new Error("unexpected chip");
      },
      display,
      ticker: new ManualTicker(),
    });
    missing.start(() => {});
    assert.deepEqual(missing.state, { is: "absent", why: "unexpected chip" });
    const bench = new Bench().soft(3);
    bench.finger = { x: 16, y: 90 };
    bench.ticker.pass(40);
    bench.fails = true;
    bench.ticker.pass(1_000);
    assert.equal(bench.keypad.state.is, "lost");
    bench.fails = false;
    bench.finger = undefined;
    bench.ticker.pass(100);
    assert.equal(states(bench.states), "lost ready");
    assert.equal(bench.types("w").screen.field?.text, "qw");
    bench.keypad.stop();
    assert.equal(bench.ticker.running, 0);
  });

  it("stays as it is for touches anywhere, also outside of the display", () => {
    const bench = new Bench(joinedView);
    for (let x = -40; x < 360; x += 23) {
      for (let y = -40; y < 280; y += 17) bench.touch(x, y, 40);
    }
    assert.equal(bench.colour.display.state.is, "ready");
    assert.equal(bench.keypad.state.is, "ready");
  });
});

describe("what feels the finger", () => {
  it("turns a panel's coordinates into the display's", () => {
    assert.deepEqual(turned90({ x: 0, y: 0 }), { x: 0, y: 239 });
    assert.deepEqual(turned90({ x: 239, y: 319 }), { x: 319, y: 0 });
    assert.deepEqual(turned270({ x: 0, y: 0 }), { x: 319, y: 0 });
    assert.deepEqual(turned270({ x: 239, y: 319 }), { x: 0, y: 239 });
  });

  it("reads drivers in ECMA-419's manner, also those that tell changes alone", () => {
    const answers: (readonly Point[] | undefined)[] = [undefined, [{ x: 1, y: 2 }], undefined, [], undefined];
    const sense = sensorTouch({ sample: () => answers.shift() }, unturned);
    const seen = [1, 2, 3, 4, 5].map(() => sense.sample());
    assert.deepEqual(seen, [undefined, { x: 1, y: 2 }, { x: 1, y: 2 }, undefined, undefined]);
  });

  it("reads drivers of the SDK's older kind", () => {
    let state = 1;
    const sense = classicTouch({ read: ([point]) => void Object.assign(point ?? {}, { state, x: 5, y: 6 }) });
    assert.deepEqual(sense.sample(), { x: 5, y: 6 });
    state = 3;
    assert.equal(sense.sample(), undefined);
  });

  it("hears the simulator's mouse, also a click between two looks", () => {
    interface Context {
      onTouchBegan(id: number, x: number, y: number): void;
      onTouchEnded(id: number, x: number, y: number): void;
    }
    const screen: { context?: unknown } = {};
    const sense = hostTouch(screen);
    const context = screen.context as Context;
    context.onTouchBegan(0, 7, 8);
    context.onTouchEnded(0, 7, 8);
    assert.deepEqual(sense.sample(), { x: 7, y: 8 });
    assert.equal(sense.sample(), undefined);
    sense.close();
    assert.equal(screen.context, undefined);
  });
});
