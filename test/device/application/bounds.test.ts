import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { ApplicationPage } from "../../../src/device/application/page.js";
import { Timers } from "../../../src/device/application/timers.js";
import type { Value } from "../../../src/protocols/topics/message.js";
import { decodeTopicMessage, encodeTopicMessage, isOfKind } from "../../../src/protocols/topics/message.js";
import { english } from "../../../src/ui/strings/english.js";
import { codeOf } from "../../support/codeOf.js";
import { ManualClock } from "../../support/manualClock.js";

const letters = (length: number): string => "x".repeat(length);
const lines = (shown: readonly string[]): readonly string[] => {
  const page = new ApplicationPage(() => ({ name: "Remote", lines: shown, keys: [], stopped: undefined }));
  return page.draw({ keypad: "buttons", strings: english, back() {} } as never).lines;
};
/** Whether it is of its kind, and comes back whole. */
function passes(kind: Parameters<typeof isOfKind>[0], value: Value): boolean {
  if (!isOfKind(kind, value)) return false;
  assert.deepEqual(decodeTopicMessage(encodeTopicMessage({ number: 1, topic: "t", value })).value, value);
  return true;
}
function timers(count: number): boolean {
  const open = new Timers(new ManualClock(), (work) => work());
  for (let n = 1; n < count; n++) open.after(1_000, () => {});
  return codeOf(() => open.after(1_000, () => {})) === undefined;
}
const numbered = (number: number): boolean =>
  codeOf(() => encodeTopicMessage({ number, topic: "t", value: true })) === undefined;

/** What an application has so much of, and whether that is all taken; the most that is. */
const bounds: readonly (readonly [string, number, (n: number) => boolean])[] = [
  ["timers", 16, timers],
  ["lines of its page", 6, (n) => lines(new Array<string>(n).fill("x")).length === n],
  ["letters of a line", 64, (n) => lines([letters(n)])[0] === letters(n)],
  ["octets of a text", 512, (n) => passes("text", letters(n))],
  ["octets of a text with letters of two", 512, (n) => passes("text", `é${letters(n - 2)}`)],
  ["octets", 512, (n) => passes("octets", new Uint8Array(n))],
  ["letters of an event", 16, (n) => passes("event", letters(n))],
  ["a number", 9_000_000_000, (n) => passes("number", n)],
  ["a number below zero", 9_000_000_000, (n) => passes("number", -n)],
  ["the number of a message", 0xffffffff, numbered],
];

describe("the bounds of what an application says and shows", () => {
  for (const [what, most, taken] of bounds)
    it(`${what}: ${most}, tried with the numbers beside it`, () => {
      assert.deepEqual([most - 1, most, most + 1].map(taken), [true, true, false]);
    });

  it("six digits behind the point: a seventh is rounded", () => {
    const said = (value: number): Value =>
      decodeTopicMessage(encodeTopicMessage({ number: 1, topic: "t", value })).value;
    assert.deepEqual([0.12345, 0.123456, 0.1234567].map(said), [0.12345, 0.123456, 0.123457]);
  });

  it("a timer that is over, or was cancelled, makes room for another one", () => {
    const clock = new ManualClock();
    const open = new Timers(clock, (work) => work());
    let fired = 0;
    const first = open.after(1_000, () => fired++);
    for (let n = 1; n < 16; n++) open.after(2_000, () => fired++);
    assert.equal(
      codeOf(() => open.every(1_000, () => {})),
      "application.timers",
    );
    first.cancel();
    open.after(500, () => fired++);
    clock.advance(Milliseconds(600));
    assert.equal(fired, 1);
    open.after(500, () => {});
    assert.equal(
      codeOf(() => open.after(500, () => {})),
      "application.timers",
    );
    open.clear();
    assert.equal(clock.armed, 0);
  });

  it("a tenth of a second between two turns of what is done again and again", () => {
    for (const [period, turns] of [
      [99, 100],
      [100, 100],
      [101, 99],
    ] as const) {
      const clock = new ManualClock();
      let fired = 0;
      new Timers(clock, (work) => work()).every(period, () => fired++);
      clock.advance(Milliseconds(10_000));
      assert.equal(fired, turns, `${period}`);
    }
  });
});
