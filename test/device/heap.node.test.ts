import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Milliseconds } from "../../src/base/units.js";
import { switchOn } from "../../src/device/firmware.js";
import { unlessFew } from "../support/sampled.js";
import { SeededRandom } from "../support/seededRandom.js";
import { TestBoard } from "./board.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const rounds = 5;
const reconnects = 10_000;
/** Octets for each reconnect: above what the engine is up or down by, below the least object that is forgotten. */
const slope = 10;

describe("the firmware's heap", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("does not grow with gateways that come, write garbage or nothing, and go", function () {
    this.timeout(60_000);
    const board = new TestBoard("keyboard");
    const firmware = switchOn(board);
    const random = new SeededRandom(4);
    const used = (): number => {
      board.screens.length = 0;
      board.events.length = 0;
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    const round = (): number => {
      const before = used();
      for (let i = 0; i < reconnects; i++) {
        const write = (_: Uint8Array, sent: () => void): void => sent();
        board.radio.events?.connected({ maximumWrite: 182, secure: false, write, disconnect: () => {} });
        for (let writes = i % 4; writes > 0; writes--)
          board.radio.events?.received(random.octets(1 + (i % 182)));
        board.clock.advance(Milliseconds(i % 500));
        board.radio.events?.disconnected();
      }
      return used() - before;
    };
    // The engine's own caches and compiled code fill first.
    round();
    const growth = Array.from({ length: rounds }, round).sort((a, b) => a - b);
    // The middle one: single rounds are a little up or down.
    assert.ok((growth[rounds >> 1] ?? 0) <= slope * reconnects, `${growth}`);
    assert.equal(firmware.halted, undefined);
  });
});
