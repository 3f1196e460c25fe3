import assert from "node:assert/strict";
import { Firmware } from "../../../src/device/firmware.js";
import { StoreError } from "../../../src/keystore/errors.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import { euKey } from "../../support/storedKeys.js";
import { TestBoard } from "../board.js";
import { Terminal } from "./terminal.js";

/** A board that is switched on with a console. */
function switchedOn(board: TestBoard): Terminal {
  const terminal = new Terminal();
  const { console } = terminal;
  const parts = {
    display: console.watch(board.display),
    log: console,
    notice: (notice: Parameters<typeof console.notice>[0]) => console.notice(notice),
  };
  const firmware = new Firmware(Object.assign(board, parts));
  console.attach(firmware);
  firmware.boot();
  return terminal;
}

function owned(board: TestBoard): TestBoard {
  const store = new KeyStore(board.store, board.suite);
  store.stage(euKey(1));
  store.commit(euKey(1).id);
  return board;
}

describe("a firmware with a console", () => {
  it("is named by it, and says so", () => {
    const board = new TestBoard();
    const terminal = switchedOn(board);
    assert.deepEqual(terminal.ask("name K\u00fcchenlampe"), ["named K\u00fcchenlampe"]);
    assert.ok(terminal.ask("state").includes("name     K\u00fcchenlampe"));
    assert.deepEqual(terminal.ask("name"), ["named CPNS"]);
  });

  it("is erased by it, and says so", () => {
    const board = owned(new TestBoard());
    const terminal = switchedOn(board);
    assert.ok(terminal.ask("state").includes("key      enrolled"));
    terminal.ask("reset");
    assert.deepEqual(terminal.ask("yes"), ["erased"]);
    assert.ok(terminal.ask("state").includes("key      empty"));
  });

  it("is erased by it where it has stopped, and starts anew", () => {
    const board = new TestBoard();
    const works = board.random;
    board.random = () => {
      throw new StoreError("store.broken", "page");
    };
    const terminal = switchedOn(board);
    assert.ok(terminal.ask("state")[1]?.startsWith("state    halted by store.broken"));
    terminal.ask("reset");
    terminal.ask("yes");
    assert.equal(board.restarts, 1);
    board.random = works;
  });
});
