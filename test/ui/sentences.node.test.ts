import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { english } from "../../src/ui/strings/english.js";

/** Sentences that only say what is, or ask. */
const statements = [
  ...["welcome.lines.0", "questions.dissolve.lines.0", "forgotten", "named", "sent", "erased.title"],
  ...[
    "invited.byPNE",
    "invited.byGateway",
    "invited.alias",
    "invited.over",
    "hints.full",
    "dissolved.lines.0",
  ],
  ...["keypadMissing.lines.0", "enrolled.lines.0", "joined.lines.0", "joined.lines.1", "started.lines.0"],
  ...["alone.lines.0", "alone.lines.1", "update.question", "update.meanwhile"],
];

const screensTest = "ui/screens.test.ts";
const entryTest = "ui/entry.test.ts";
const firmwareTest = "device/firmware.node.test.ts";
const erasing = [screensTest, "erase everything only after a key that nobody presses by habit"] as const;
const halted = [
  firmwareTest,
  "offers to erase flash that cannot even be started, as a whole, and starts anew",
] as const;

/** The others tell a person what to do: which test does it. */
const done: Readonly<Record<string, readonly [by: string, title: string]>> = {
  "welcome.lines.1": ["e2e/programs.node.test.ts", "enrol a device that a person types at"],
  "reset.what": [screensTest, "erase everything only after a key that nobody presses by habit"],
  "reset.how.matrix": erasing,
  "reset.how.keyboard": [firmwareTest, "erases flash that newer firmware wrote only when the person says so"],
  "reset.how.buttons": [firmwareTest, "erases everything at once by the button of a board without keypad"],
  "reset.how.touch": [screensTest, "erase on a display that is touched only when the soft key is held"],
  "questions.leave.lines.0": [
    "protocols/network/comingBack.node.test.ts",
    "after its person had left the PN, or it had ended, stays out",
  ],
  optional: [screensTest, "ask for the name of a network before all are invited; it may be left out"],
  "halted.matrix": halted,
  "halted.keyboard": halted,
  "halted.buttons": halted,
  "halted.touch": halted,
  "keypadMissing.lines.1": [firmwareTest, "restarts with a UI when a first keyboard is plugged in"],
  "pairing.otherwise": [firmwareTest, "is not when the person says no, or is asked anew before"],
  "enrolled.lines.1": [screensTest, "say that the device is enrolled, then offer a network by themselves"],
  "hints.matrix": [entryTest, "changes case with #: one capital, then capitals, then digits"],
  "hints.keyboard": [entryTest, "takes printable characters, Backspace, Enter and Escape"],
  "hints.touch": ["device/display/touchKeypad.test.ts", "touch"],
  "hints.buttons": [
    entryTest,
    "keeps the kind of letters, goes back a group, deletes, and is done by holding",
  ],
  retryIn: [screensTest, "count down before another try, and take none before"],
};

describe("every other sentence on the device", () => {
  const { errors: _, ...others } = english;
  const sentences = (value: unknown, path: string): readonly string[] =>
    typeof value === "string"
      ? value.endsWith(".")
        ? [path]
        : []
      : Object.entries(value as object).flatMap(([key, one]) =>
          sentences(one, path === "" ? key : `${path}.${key}`),
        );

  it("says what is, or what a person can do, which a test does", () => {
    assert.deepEqual([...sentences(others, "")].sort(), [...statements, ...Object.keys(done)].sort());
    for (const [path, [by, title]] of Object.entries(done))
      assert.ok(readFileSync(`test/${by}`, "utf8").includes(title), path);
  });
});
