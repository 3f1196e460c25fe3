import assert from "node:assert/strict";
import { asciiText } from "../../src/pne/text.js";
import type { KeyPress } from "../../src/ui/keys.js";
import { UiBench } from "../support/uiBench.js";

const field = (bench: UiBench): string => bench.screen.field?.text ?? "";

describe("typing on a 4×4 keypad (EUK-UI-11)", () => {
  it("cycles a key's letters, and begins another letter after a pause or with another key", () => {
    const bench = new UiBench().taps("D44 4 33");
    assert.equal(field(bench), "hge");
  });

  it("types digits last in a key's cycle, space before 0, and symbols on 1 and *", () => {
    assert.equal(field(new UiBench().taps("D2222 0 00 1 11 *")), "2 0.,*");
  });

  it("changes case with #: one capital, then capitals, then digits", () => {
    assert.equal(field(new UiBench().taps("D#2 2")), "Aa");
    assert.equal(field(new UiBench().taps("D##2 2")), "AA");
    assert.equal(field(new UiBench().taps("D###2255")), "2255");
  });

  it("types a key's digit when it is held, in place of the letter of its press", () => {
    const bench = new UiBench().taps("D2");
    const hold = (key: "2" | "3" | "#"): void => void bench.press({ kind: "matrix", key, long: true });
    hold("2");
    bench.taps("2");
    assert.equal(field(bench), "2a");
    hold("3");
    assert.equal(field(bench), "2a3", "held without a press before, as on the panel");
    hold("#");
    bench.taps(" ###5");
    bench.press({ kind: "matrix", key: "5", long: true });
    assert.equal(field(bench), "2a35");
  });

  it("deletes with A, clears with A held, goes back with C", () => {
    const bench = new UiBench().taps("D2 3 4A");
    assert.equal(field(bench), "ad");
    bench.press({ kind: "matrix", key: "A", long: true });
    assert.equal(field(bench), "");
    bench.taps("C");
    assert.equal(bench.screen.id, "welcome");
  });

  it("says so when the User ID is full, and takes no more", () => {
    const bench = new UiBench().taps("D###");
    for (let i = 0; i < 33; i++) bench.taps("7");
    assert.equal(field(bench).length, 32);
    assert.match(bench.screen.hint ?? "", /At most 32/);
  });
});

describe("typing a password", () => {
  const atPassword = (): UiBench => new UiBench().taps("D2 D");

  it("shows the last letter for a moment, then masks it", () => {
    const bench = atPassword().taps("2 3");
    assert.equal(field(bench), "*d");
    bench.taps(" ");
    assert.equal(field(bench), "**");
  });

  it("can be revealed and hidden again", () => {
    const bench = atPassword().taps("2 3 B");
    assert.equal(field(bench), "ad");
    bench.taps("B");
    assert.equal(field(bench), "**");
  });

  it("goes to the command and stays nowhere else (SEC: wiped)", () => {
    const bench = atPassword().taps("2 3 D");
    const [command] = bench.commands;
    assert.ok(command?.kind === "enrol");
    assert.equal(asciiText(command.userID), "a");
    assert.equal(asciiText(command.password), "ad");
    assert.ok(bench.ui.wiped);
    assert.ok(!bench.screens.some((screen) => JSON.stringify(screen).includes('"ad"')));
  });

  it("is wiped when the person goes back", () => {
    const bench = atPassword().taps("2 3 C");
    assert.equal(bench.screen.id, "userID");
    assert.equal(field(bench), "");
  });
});

describe("typing on a full keyboard", () => {
  it("takes printable characters, Backspace, Enter and Escape", () => {
    const bench = new UiBench("keyboard").press({ kind: "named", key: "enter" }).types("al ice!");
    assert.equal(field(bench), "al ice!");
    bench.press({ kind: "named", key: "backspace" });
    assert.equal(field(bench), "al ice");
    bench.press({ kind: "character", code: 0xe9 }, { kind: "character", code: 10 });
    assert.equal(field(bench), "al ice");
    bench.press({ kind: "named", key: "enter" });
    assert.equal(bench.screen.id, "password");
    bench.press({ kind: "named", key: "escape" });
    assert.equal(bench.screen.id, "userID");
  });

  it("takes the first letter of a person who types at once", () => {
    assert.equal(field(new UiBench("keyboard").types("bob")), "bob");
  });
});

describe("typing with three buttons", () => {
  const left: KeyPress = { kind: "button", button: "left" };
  const middle: KeyPress = { kind: "button", button: "middle" };
  const right: KeyPress = { kind: "button", button: "right" };
  const hold = (button: "left" | "middle" | "right"): KeyPress => ({ kind: "button", button, long: true });

  it("picks letters from a strip; holding deletes, changes the strip, and is done", () => {
    const bench = new UiBench("buttons").press(middle, right, right, middle, left, middle);
    assert.equal(field(bench), "cb");
    assert.equal(bench.screen.field?.picker?.length, 15);
    bench.press(hold("left"), hold("right"), middle);
    assert.equal(field(bench), "cA");
    bench.press(hold("middle"));
    assert.equal(bench.screen.id, "password");
    bench.press(hold("left"));
    assert.equal(bench.screen.id, "userID");
  });
});
