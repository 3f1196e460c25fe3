import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { switchOn } from "../../src/device/firmware.js";
import { darkTime, dimTime, type Light, Rest } from "../../src/device/rest.js";
import type { KeyPress } from "../../src/ui/keys.js";
import { secretTime } from "../../src/ui/pages.js";
import { ManualClock } from "../support/manualClock.js";
import { TestBoard } from "./board.js";

const enter = Object.freeze({ kind: "named", key: "enter" } as const);
const matrix = (long?: true): KeyPress =>
  long ? { kind: "matrix", key: "7", long } : { kind: "matrix", key: "7" };
const button = (more: object = {}): KeyPress => ({ kind: "button", button: "left", ...more });

class Bench {
  readonly clock = new ManualClock();
  readonly lights: Light[] = [];
  darkens = true;
  readonly rest = new Rest(
    this.clock,
    (light) => void this.lights.push(light),
    () => this.darkens,
  );

  dark(): this {
    this.clock.advance(darkTime);
    assert.equal(this.lights.at(-1), "dark");
    return this;
  }
}

describe("a display that nobody uses", () => {
  it("dims after half a minute, and is dark after two", () => {
    const { clock, lights } = new Bench();
    clock.advance(Milliseconds(dimTime - 1));
    assert.deepEqual(lights, []);
    clock.advance(Milliseconds(1));
    assert.deepEqual(lights, ["dim"]);
    clock.advance(Milliseconds(darkTime - dimTime - 1));
    assert.deepEqual(lights, ["dim"]);
    clock.advance(Milliseconds(1));
    assert.deepEqual(lights, ["dim", "dark"]);
    assert.equal(clock.armed, 0, "a dark display waits for nothing");
  });

  it("is dark only after what is secret has left it", () => {
    assert.ok(darkTime > secretTime);
  });

  it("does what a key says while it is dimmed, and begins anew", () => {
    const { clock, lights, rest } = new Bench();
    clock.advance(dimTime);
    assert.equal(rest.press(enter), false);
    assert.deepEqual(lights, ["dim", "full"]);
    clock.advance(Milliseconds(dimTime - 1));
    assert.equal(rest.press(enter), false);
    assert.equal(lights.length, 2);
    assert.equal(clock.armed, 1);
  });

  it("takes a key that wakes it for nothing else, however long it is held", () => {
    const { rest } = new Bench().dark();
    assert.equal(rest.press(matrix()), true);
    assert.equal(rest.press(matrix(true)), true);
    assert.equal(rest.press(matrix(true)), true);
    assert.equal(rest.press(matrix()), false);
    assert.equal(rest.press(matrix(true)), false);
  });

  it("takes a held button that wakes it for nothing else until it is let go", () => {
    const { rest } = new Bench().dark();
    assert.equal(rest.press(button({ long: true })), true);
    assert.equal(rest.press(button({ long: true, repeat: true })), true);
    assert.equal(rest.press(button({ long: true })), false);
    assert.equal(rest.press(button({ long: true, repeat: true })), false);
  });

  it("stays dimmed where no key could wake it", () => {
    const bench = new Bench();
    bench.darkens = false;
    bench.clock.advance(Milliseconds(10 * darkTime));
    assert.deepEqual(bench.lights, ["dim"]);
  });
});

/** A board with a light, and its device, both switched on. */
function lit(keypad: ConstructorParameters<typeof TestBoard>[0] = "keyboard") {
  const lights: Light[] = [];
  const board = new TestBoard(keypad);
  Object.assign(board.display, { light: (light: Light) => void lights.push(light) });
  const firmware = switchOn(board);
  const sleep = (): void => {
    board.clock.advance(darkTime);
    assert.equal(lights.at(-1), "dark");
  };
  return { board, lights, firmware, sleep };
}

describe("a device whose display is dark", () => {
  it("wakes on a key, and goes on with the next one", () => {
    const { board, lights, sleep } = lit();
    sleep();
    board.press(enter);
    assert.equal(lights.at(-1), "full");
    assert.equal(board.screen?.id, "welcome");
    board.press(enter);
    assert.notEqual(board.screen?.id, "welcome");
  });

  it("wakes on a finger, which then is no touch", () => {
    const { board, lights, sleep } = lit("touch");
    sleep();
    assert.equal(board.keypad.onTouch(), true);
    assert.equal(lights.at(-1), "full");
    assert.equal(board.keypad.onTouch(), false);
  });

  it("wakes for a gateway's number that is to be compared, and answers it with the first key", () => {
    const { board, lights, sleep } = lit();
    sleep();
    const answers: boolean[] = [];
    board.pairing.compare(7, (same) => answers.push(same));
    assert.equal(lights.at(-1), "full");
    board.clock.advance(Milliseconds(1_500));
    board.press(enter);
    assert.deepEqual(answers, [true]);
  });

  it("wakes for an error, but not for what passes by itself", () => {
    const { board, lights, firmware, sleep } = lit();
    sleep();
    firmware.pne?.command({ kind: "setLanguage", language: "de" });
    assert.equal(lights.at(-1), "dark");
    firmware.pne?.command({ kind: "sendToServer", text: "hello" });
    board.clock.advance(Milliseconds(60_000));
    assert.ok(lights.lastIndexOf("full") > lights.lastIndexOf("dark"), lights.join(" "));
  });

  it("wakes when it cannot work any more", () => {
    const board = new TestBoard();
    const lights: Light[] = [];
    Object.assign(board.display, { light: (light: Light) => void lights.push(light) });
    board.radio.works = false;
    const firmware = switchOn(board);
    board.clock.advance(Milliseconds(5_000));
    assert.equal(firmware.halted, "radio.silent");
    board.clock.advance(Milliseconds(darkTime - 1));
    assert.equal(lights.at(-1), "dim", "two minutes from when it was said");
  });

  it("is not where it has no keys, for nothing but its power would wake it", () => {
    const { board, lights } = lit("none");
    board.clock.advance(Milliseconds(10 * darkTime));
    assert.deepEqual(lights, ["dim"]);
  });
});
