import assert from "node:assert/strict";
import type { PNView, PneNotice } from "../../src/pne/ports.js";
import type { KeyPress, Keypad } from "../../src/ui/keys.js";
import { english } from "../../src/ui/strings/english.js";
import type { UiBench } from "../support/uiBench.js";
import { UiBench as Bench, enrolledView, joinedView } from "../support/uiBench.js";
import { at, button, keypads, matrix, named, screens } from "../support/uiScreens.js";

/** The keys that the labels of a screen stand for, in their order. */
function softKeys(keypad: Keypad, typing: boolean): readonly KeyPress[] {
  if (keypad === "buttons") return [button("left"), button("middle"), button("right")];
  if (keypad !== "keyboard") return [matrix("A"), matrix("B"), matrix("C"), matrix("D")];
  return (
    typing ? (["backspace", "tab", "escape", "enter"] as const) : (["up", "down", "escape", "enter"] as const)
  ).map(named);
}

const shown = (bench: UiBench): string => JSON.stringify([bench.screen, bench.commands.length]);

const pn = joinedView.pn as PNView;
const alone = { ...joinedView, pn: { ...pn, members: pn.members.slice(0, 1) } };
const failed: PneNotice = { kind: "failed", code: "timeout" };

/** Screens that are only read, and menus in which there is nothing. */
const more: Readonly<Record<string, (keypad: Keypad) => UiBench>> = {
  "members, alone": (keypad) => new Bench(keypad, alone).press(named("down"), named("down"), named("enter")),
  message: (keypad) =>
    new Bench(keypad, joinedView)
      .notify({ kind: "message", from: "member", name: "Hall", text: "Hi" })
      .after(1),
  invited: (keypad) =>
    new Bench(keypad, { ...enrolledView, invitation: { from: "Hall" } }).notify({ kind: "invited" }).after(1),
  "error, tried again": (keypad) =>
    new Bench(keypad, enrolledView).press(named("down"), named("enter")).notify(failed),
  "error by itself": (keypad) => new Bench(keypad, enrolledView).notify(failed).after(1),
  progress: (keypad) =>
    new Bench(keypad, enrolledView)
      .press(named("down"), named("enter"))
      .notify({ kind: "progress", step: "join" }),
  success: (keypad) => new Bench(keypad, joinedView).notify({ kind: "joined" }).after(1),
  diagnostics: (keypad) =>
    new Bench(keypad, enrolledView, { lines: ["one"] }).press(
      ...[named("down"), named("down"), named("enter")],
      ...[named("down"), named("down"), named("down"), named("enter")],
    ),
};

const every = (): readonly (readonly [name: string, make: (keypad: Keypad) => UiBench])[] => [
  ...Object.keys(screens).map((name) => [name, (keypad: Keypad) => at(keypad, name)] as const),
  ...Object.entries(more),
];

const { back, no, ok, cancel } = english.keys;
const leads: readonly string[] = [back, no, ok, cancel];

describe("the keys that a screen names", () => {
  for (const keypad of Object.keys(keypads) as Keypad[]) {
    for (const [name, make] of every()) {
      it(`each do something (${name}, ${keypad})`, () => {
        const { screen } = make(keypad);
        screen.softKeys.forEach((label, i) => {
          const bench = make(keypad);
          const before = shown(bench);
          const held = label === english.reset.erase;
          const key = held
            ? matrix("D", true)
            : (softKeys(keypad, screen.field !== undefined)[i] as KeyPress);
          if (label !== "") assert.notEqual(shown(bench.press(key)), before, label);
        });
      });

      it(`lead back to the first screen, by their labels alone (${name}, ${keypad})`, () => {
        const bench = make(keypad);
        for (let presses = 0; presses < 60; presses++) {
          const { id, softKeys: labels, menu, field } = bench.screen;
          if (id === "home" || id === "welcome") return;
          const keys = softKeys(keypad, field !== undefined);
          let way = labels.findIndex((label) => leads.includes(label));
          // Nobody knows what a held button does: the last row, or what is among the letters.
          if (way < 0 && keypad === "buttons" && menu !== undefined)
            way = menu.items[menu.selected] === back ? 1 : 2;
          else if (way < 0 && keypad === "buttons") way = labels[0] === english.controls.delete ? 0 : 2;
          if (id === "progress")
            bench.press(keys[way] as KeyPress).notify({ kind: "failed", code: "cancelled" });
          else bench.press(keys[way] as KeyPress);
        }
        assert.fail(`no way back from ${bench.screen.id}`);
      });
    }
  }
});
