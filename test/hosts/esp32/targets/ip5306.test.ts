import assert from "node:assert/strict";
import { ip5306Battery } from "../../../../hosts/esp32/targets/shared/ip5306.js";
import { silentLog } from "../../../../src/base/ports.js";
import { Diagnostics } from "../../../../src/device/diagnostics.js";
import { english } from "../../../../src/ui/strings/english.js";
import { ManualClock } from "../../../support/manualClock.js";
import { Chip } from "./chip.js";

/** A board's IP5306 that answers, or does not, and the last line of its diagnostics. */
class Board {
  readonly chip = new Chip({});
  answers = true;
  opened = 0;
  asked: number[] = [];
  readonly #diagnostics: Diagnostics;

  constructor() {
    const battery = ip5306Battery(() => {
      this.opened++;
      return this.chip;
    });
    this.chip.readUint8 = (register) => {
      this.asked.push(register);
      if (!this.answers) throw new Error("writeRead failed");
      return this.chip.registers[register] as number;
    };
    this.#diagnostics = new Diagnostics(new ManualClock(), silentLog, battery);
  }

  shows(lights: number): string | undefined {
    this.chip.registers[0x78] = lights;
    this.asked = [];
    return this.#diagnostics.lines(english).find((line) => line.startsWith("Battery"));
  }
}

describe("the battery behind an IP5306, of an M5Stack and a Fire", () => {
  it("is as full as the lights that are lit, whatever else is in their register", () => {
    const board = new Board();
    assert.deepEqual(
      [0xf0, 0xe0, 0xc5, 0x8f, 0x00].map((lights) => board.shows(lights)),
      ["Battery: 0 %", "Battery: 25 %", "Battery: 50 %", "Battery: 75 %", "Battery: 100 %"],
    );
    assert.equal(board.opened, 1);
    assert.deepEqual(board.chip.done, [], "nothing is written to what supplies the board");
  });

  it("says the same while it is charged, and once it is full", () => {
    const board = new Board();
    for (const [charging, charged] of [
      [0x19, 0x70],
      [0x19, 0xa8],
    ] as const) {
      board.chip.registers[0x70] = charging;
      board.chip.registers[0x71] = charged;
      assert.equal(board.shows(0x80), "Battery: 75 %");
    }
  });

  it("has no level where the lights are lit in no order of theirs", () => {
    const board = new Board();
    const none = Array.from({ length: 16 }, (_, at) => at).filter(
      (at) => ![0xf, 0xe, 0xc, 0x8, 0x0].includes(at),
    );
    assert.equal(none.length, 11);
    for (const at of none) assert.equal(board.shows(at << 4), undefined, `${at}`);
    assert.equal(board.shows(0xc0), "Battery: 50 %");
  });

  it("is not mentioned where the chip has no I2C, and is asked for once a look", () => {
    const board = new Board();
    board.answers = false;
    for (let i = 0; i < 3; i++) {
      assert.equal(board.shows(0), undefined);
      assert.deepEqual(board.asked, [0x78]);
    }
    assert.equal(board.opened, 1);
  });

  it("is not mentioned while the chip does not answer any more, and is there again when it does", () => {
    const board = new Board();
    assert.equal(board.shows(0xe0), "Battery: 25 %");
    board.answers = false;
    assert.equal(board.shows(0xe0), undefined);
    board.answers = true;
    assert.equal(board.shows(0xc0), "Battery: 50 %");
    assert.equal(board.opened, 1);
  });

  it("is not mentioned while its bus cannot be had, and no bus is looked for before somebody asks", () => {
    let opened = 0;
    const battery = ip5306Battery(() => {
      if (opened++ === 0) throw new Error("can't create bus");
      return new Chip({ 120: 0x80 });
    });
    assert.equal(opened, 0);
    const diagnostics = new Diagnostics(new ManualClock(), silentLog, battery);
    const without = diagnostics.lines(english);
    assert.deepEqual(diagnostics.lines(english), [...without, "Battery: 75 %"]);
  });
});
