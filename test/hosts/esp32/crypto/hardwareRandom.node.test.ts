import assert from "node:assert/strict";
import { hardwareRandom } from "../../../../hosts/esp32/crypto/hardwareRandom.js";
import { allZero, concat, hex } from "../../../../src/base/octets.js";
import { codeOf } from "../../../support/codeOf.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { withDriver } from "./core.js";

/** Of `length` octets none of which the health tests mind. */
const stream = (length: number): Uint8Array => new SeededRandom(90).octets(length);
const startup = 1024;

describe("random numbers of the device", () => {
  const driver = withDriver(["-m64"]);
  const replay = (octets: Uint8Array): void => void driver().ask("stream", octets);
  const draw = (length: number): Uint8Array => {
    const into = new Uint8Array(length).fill(1);
    hardwareRandom.fill(into);
    return into;
  };
  const refused = (octets: Uint8Array, length = 32): void => {
    replay(octets);
    const into = new Uint8Array(length).fill(1);
    assert.equal(
      codeOf(() => hardwareRandom.fill(into)),
      "crypto.random",
    );
    assert.ok(allZero(into), "no weak octet is left");
  };

  it("gives out what the generator gives after the 1024 octets of its start-up test", () => {
    const octets = stream(startup + 48);
    replay(octets);
    assert.equal(hex(draw(32)), hex(octets.subarray(startup, startup + 32)));
    assert.equal(hex(draw(16)), hex(octets.subarray(startup + 32)));
  });

  it("refuses a generator that is stuck, at its start or later, and never takes it back", () => {
    refused(new Uint8Array(4096));
    refused(new Uint8Array(4096).fill(0xff));
    const stuck = stream(startup + 500);
    stuck.fill(7, startup + 100, startup + 108);
    replay(stuck);
    draw(64);
    for (const length of [64, 1, 0]) {
      assert.equal(
        codeOf(() => draw(length)),
        "crypto.random",
      );
    }
  });

  it("refuses the eighth equal octet in a row and takes seven", () => {
    const seven = stream(startup);
    const before = seven[99] as number;
    seven.fill(before ^ 1, 100, 107);
    seven[107] = before;
    replay(concat(seven, stream(32)));
    assert.equal(draw(32).length, 32);
    const eight = seven.slice();
    eight[107] = before ^ 1;
    eight[108] = before;
    refused(concat(eight, stream(32)));
  });

  it("refuses an octet that comes 35 times in 512, and takes one that comes 34 times", () => {
    for (const times of [34, 35]) {
      // Where the first octet stands again, and nowhere else.
      const octets = stream(512).map((octet) => (octet === 9 ? 8 : octet));
      for (let i = 0; i < times; i++) octets[i * 14] = 9;
      const rest = concat(stream(startup - 512), stream(32));
      if (times === 35) refused(concat(octets, rest));
      else {
        replay(concat(octets, rest));
        assert.equal(draw(32).length, 32);
      }
    }
  });

  it("refuses short periods, a counter of few bits, and octets with few values", () => {
    const period = (length: number) => Uint8Array.from({ length: 4096 }, (_, i) => i % length);
    for (const length of [1, 2, 3, 4, 7, 8, 12, 14]) refused(period(length));
    const random = new SeededRandom(3);
    for (const values of [2, 4, 8]) refused(Uint8Array.from({ length: 4096 }, () => random.below(values)));
  });

  it("refuses an octet that comes too often in what is given out, soon after its start", () => {
    const random = new SeededRandom(3);
    replay(Uint8Array.from({ length: 40_000 }, () => (random.below(10) === 0 ? 0 : random.below(256))));
    let given = 0;
    const code = codeOf(() => {
      for (; given < 38_000; given += 32) draw(32);
    });
    assert.equal(code, "crypto.random");
    assert.ok(given < 20_000, `after ${given} octets`);
  });

  it("says that there are none while the generator gives none, and goes on when it does", () => {
    refused(new Uint8Array(0));
    refused(stream(1000));
    refused(stream(startup + 31));
    replay(stream(startup + 31));
    assert.equal(
      codeOf(() => draw(32)),
      "crypto.random",
    );
    assert.equal(draw(31).length, 31);
  });

  it("makes a draw of nothing the start-up test alone", () => {
    replay(stream(startup));
    assert.equal(draw(0).length, 0);
    refused(new Uint8Array(startup), 0);
  });

  it("takes this machine's own generator", () => {
    replay(new Uint8Array(0));
    driver().ask("hardware");
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) seen.add(hex(draw(16)));
    assert.equal(seen.size, 200);
    assert.equal(new Set(draw(70_000)).size, 256);
  });
});
