import assert from "node:assert/strict";
import { pathOf } from "../../hosts/simulator/scenario/presses.js";
import { asciiText } from "../../src/pne/text.js";
import type { KeyPress } from "../../src/ui/keys.js";
import { enrolledView, UiBench } from "../support/uiBench.js";

const named = (key: "enter" | "escape" | "backspace" | "tab"): KeyPress => ({ kind: "named", key });
const [enter, leave, backspace, tab] = [named("enter"), named("escape"), named("backspace"), named("tab")];
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
    assert.match(bench.screen.lines[0] ?? "", /At most 32/);
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

  it("goes to the command, and stays nowhere once it has been accepted (SEC: wiped)", () => {
    const bench = atPassword().taps("2 3 D");
    const [command] = bench.commands;
    assert.ok(command?.kind === "enrol");
    assert.equal(asciiText(command.userID), "a");
    assert.equal(asciiText(command.password), "ad");
    bench.notify({ kind: "state", view: enrolledView }).notify({ kind: "enrolled" });
    assert.ok(bench.ui.wiped);
    assert.ok(!bench.screens.some((screen) => JSON.stringify(screen).includes('"ad"')));
  });

  it("is wiped when the person leaves the enrolment", () => {
    const bench = atPassword().taps("2 3 C");
    assert.equal(bench.screen.id, "userID");
    assert.equal(field(bench), "a");
    bench.taps("C");
    assert.equal(bench.screen.id, "welcome");
    assert.ok(bench.ui.wiped);
  });
});

describe("typing on a full keyboard", () => {
  it("is drawn once a letter where nothing is hidden, and once more where a letter is", () => {
    const bench = new UiBench("keyboard").press(enter);
    const drawn = (letters: string): number => {
      const before = bench.screens.length;
      bench.types(letters).after(2);
      return bench.screens.length - before;
    };
    assert.equal(drawn("a"), 1);
    bench.press(enter);
    assert.equal(drawn("b"), 2);
    assert.equal(field(bench), "*");
  });

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

const left: KeyPress = { kind: "button", button: "left" };
const middle: KeyPress = { kind: "button", button: "middle" };
const right: KeyPress = { kind: "button", button: "right" };
const hold = (button: "left" | "middle" | "right"): KeyPress => ({ kind: "button", button, long: true });

describe("typing with three buttons", () => {
  const atField = (): UiBench => new UiBench("buttons").press(middle);

  it("takes one of three groups with each press, until a letter is left", () => {
    const bench = atField();
    assert.deepEqual(bench.screen.field?.groups, ["abc def ghi", "jkl mno pqr", "stu vwx yz\u2026"]);
    assert.deepEqual(bench.screen.softKeys, ["a..i", "j..r", "s..z"]);
    bench.press(middle, left);
    assert.deepEqual(bench.screen.softKeys, ["j", "k", "l"]);
    bench.press(middle);
    assert.equal(field(bench), "k");
    assert.deepEqual(bench.screen.softKeys, ["a..i", "j..r", "s..z"]);
  });

  it("keeps the kind of letters, goes back a group, deletes, and is done by holding", () => {
    const bench = atField().press(hold("right"), left, left, left, left, left, middle);
    assert.equal(field(bench), "AB");
    bench.press(left, hold("left"));
    assert.equal(field(bench), "AB", "the group was left, nothing is deleted");
    bench.press(hold("left"));
    assert.equal(field(bench), "A");
    bench.press(hold("middle"));
    assert.equal(bench.screen.id, "password");
    bench.press(hold("left"));
    assert.equal(bench.screen.id, "userID");
    assert.equal(field(bench), "A");
  });

  it("has delete, done, show, other letters and the space among the groups, for who holds nothing", () => {
    const more = [right, right, right];
    const bench = atField().press(left, left, left, left, left, middle);
    assert.equal(field(bench), "ab");
    bench.press(...more);
    assert.deepEqual(bench.screen.softKeys, ["Delete", "Done", "More"]);
    bench.press(left);
    assert.equal(field(bench), "a");
    bench.press(...more, right, right, ...more, right, middle, left, left, left);
    assert.equal(field(bench), "a A");
    bench.press(...more, middle);
    assert.equal(bench.screen.id, "password");
    bench.press(left, left, left).after(2);
    assert.equal(field(bench), "*");
    bench.press(...more, right, left);
    assert.equal(field(bench), "a");
    assert.equal(bench.screen.field?.masked, false);
  });

  it("can type every character that a User ID or password may have", () => {
    for (let code = 0x20; code <= 0x7e; code++) {
      const character = String.fromCharCode(code);
      const bench = atField();
      const first = (bench.screen.field?.groups?.[0] ?? "").split(" ").join("");
      for (const name of pathOf(character, first)) {
        bench.press(name === "hold-right" ? hold("right") : { kind: "button", button: name as "left" });
      }
      assert.equal(field(bench), character);
    }
  });
});

describe("what is typed", () => {
  it("is not changed by a key that the full field has refused", () => {
    const bench = new UiBench().taps("D2D###").types("x".repeat(63));
    bench.taps("#2 3");
    assert.equal(field(bench).length, 64);
    bench.taps("B");
    assert.equal(field(bench), `${"x".repeat(63)}a`);
    bench.taps("222");
    assert.equal(field(bench), `${"x".repeat(63)}a`, "the same key again begins no other letter");
    assert.match(bench.screen.lines[0] ?? "", /At most 64/);
  });

  it("stays on the password's page while somebody corrects the User ID, which is in sight there", () => {
    const bench = new UiBench("keyboard").types("alicee").press(enter).types("wonderland").after(2);
    assert.match(bench.screen.lines[0] ?? "", /alicee/);
    bench.press(leave, backspace, enter);
    assert.match(bench.screen.lines[0] ?? "", /alice$/);
    assert.equal(field(bench), "**********");
    bench.press(enter);
    const [command] = bench.commands;
    assert.ok(command?.kind === "enrol");
    assert.equal(asciiText(command.userID), "alice");
    assert.equal(asciiText(command.password), "wonderland");
  });

  it("leaves screen and memory when nobody has pressed a key for a minute, and says so", () => {
    const bench = new UiBench("keyboard").types("al").press(enter).types("secret").press(tab);
    assert.equal(field(bench), "secret");
    bench.after(59).press(tab).press(tab);
    assert.equal(field(bench), "secret");
    bench.after(61);
    assert.equal(field(bench), "");
    assert.ok(bench.ui.wiped);
    assert.match(bench.screen.lines[0] ?? "", /minute/);
    bench.types("secret");
    assert.match(bench.screen.lines[0] ?? "", /al$/);
  });

  it("is not wiped while it is being used, nor kept longer than a minute after it has failed", () => {
    const bench = new UiBench("keyboard").types("al").press(enter).types("secret").press(enter);
    bench.notify({ kind: "progress", step: "connect" }).after(90);
    bench.notify({ kind: "failed", code: "gatewayNotFound" });
    assert.ok(!bench.ui.wiped);
    bench.after(61);
    assert.ok(bench.ui.wiped);
    bench.press(enter);
    assert.equal(bench.screen.id, "password", "there is nothing to try again with: it is asked for");
    assert.equal(bench.commands.length, 1);
  });
});
