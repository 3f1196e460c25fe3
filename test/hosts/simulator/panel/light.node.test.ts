import assert from "node:assert/strict";
import { type BoardName, boardNames, boardOf } from "../../../../hosts/simulator/panel/boards.js";
import { boardBody } from "../../../../hosts/simulator/panel/body.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { switchOn } from "../../../../src/device/firmware.js";
import { darkTime } from "../../../../src/device/rest.js";
import { TestBoard } from "../../../device/board.js";

/** A board of the panel, switched on, and what a browser is sent of it. */
function onPanel(name: BoardName) {
  const lights: (string | undefined)[] = [];
  const board = new TestBoard();
  const body = boardBody(name, ({ light }) => void lights.push(light))(board.clock);
  switchOn(Object.assign(board, { display: body.display, keypad: body.keypad }));
  const pass = (time: number): void => board.clock.advance(Milliseconds(time));
  pass(darkTime);
  assert.equal(lights.at(-1), "dark", name);
  return { body, lights, pass };
}

describe("a board of the panel that nobody uses", () => {
  it("is dark after two minutes, and wakes on a key", () => {
    for (const name of boardNames) {
      if (boardOf(name).keypad === "none") continue;
      const { body, lights } = onPanel(name);
      body.press({ kind: "named", key: "escape" });
      assert.equal(lights.at(-1), undefined, name);
    }
  });

  it("wakes on a finger, wherever that is", () => {
    const { body, lights, pass } = onPanel("m5stack_core2");
    body.touch?.({ x: 160, y: 120 });
    pass(100);
    assert.equal(lights.at(-1), undefined);
  });
});
