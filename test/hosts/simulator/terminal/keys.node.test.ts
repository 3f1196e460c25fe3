import assert from "node:assert/strict";
import { isEnd, pressesOf } from "../../../../hosts/simulator/terminal/keys.js";
import { textOf } from "../../../../hosts/simulator/terminal/textScreen.js";

const named = (...keys: readonly string[]) => keys.map((key) => ({ kind: "named", key }));
const typed = (text: string) => [...text].map((one) => ({ kind: "character", code: one.charCodeAt(0) }));

describe("a device on a terminal", () => {
  it("takes what a keyboard has, in one piece or many", () => {
    assert.deepEqual(pressesOf("al~ "), typed("al~ "));
    assert.deepEqual(pressesOf("\r"), named("enter"));
    assert.deepEqual(pressesOf("a\r\nb\n"), [
      ...typed("a"),
      ...named("enter"),
      ...typed("b"),
      ...named("enter"),
    ]);
    assert.deepEqual(pressesOf("\x1b[A\x1b[B\x1bOA\x1bOB"), named("up", "down", "up", "down"));
    assert.deepEqual(pressesOf("\x7f\b\t\x1b"), named("backspace", "backspace", "tab", "escape"));
    assert.deepEqual(pressesOf("\x1bx"), [...named("escape"), ...typed("x")]);
  });

  it("leaves out what no key of it sends", () => {
    assert.deepEqual(pressesOf("\x1b[15~\x1b[1;5Cé日\x00"), []);
    assert.equal(isEnd("a\x03"), true);
    assert.equal(isEnd("\x04"), true);
    assert.equal(isEnd("abc"), false);
  });

  it("says everything that is on its screen", () => {
    const text = textOf({
      id: "x",
      title: "Password",
      tone: "error",
      lines: ["For alice"],
      field: { label: "Password", text: "**a", masked: true },
      progress: { label: "Meanwhile", fraction: 0.256 },
      menu: { items: ["One", "Two"], selected: 1 },
      hint: "Tab shows it",
      softKeys: ["Back", "", "OK"],
    });
    assert.deepEqual(text, [
      "Password ✗",
      "────────",
      "For alice",
      "Password: **a_",
      "Meanwhile 26 %",
      "  One",
      "▸ Two",
      "Tab shows it",
      "[Back] [OK]",
    ]);
  });
});
