import assert from "node:assert/strict";
import { NodeClock, steadyTime } from "../../../hosts/node/nodeClock.js";
import { Milliseconds } from "../../../src/base/units.js";

const hour = 3_600_000;
const calendars: readonly (readonly [string, (now: number) => number])[] = [
  ["1970", () => 5_000],
  ["an hour ago", (now) => now - hour],
  ["in an hour", (now) => now + hour],
  ["2038", () => Date.UTC(2038, 0, 20)],
  ["2106", () => Date.UTC(2106, 1, 8)],
];

/** Whatever `work` does, by a calendar that is set to another time. */
function setTo<T>(at: number, work: () => T): T {
  const real = Date.now;
  Date.now = () => at;
  try {
    return work();
  } finally {
    Date.now = real;
  }
}

describe("the time of a PN GW that runs", () => {
  for (const [name, of] of calendars) {
    it(`goes on as before when the calendar is set to ${name}, and back`, () => {
      const began = Date.now();
      const clock = new NodeClock(() => {}, steadyTime());
      const set = setTo(of(began), () => clock.now());
      const back = clock.now();
      assert.ok(
        Math.abs(set - began) < 5_000 && set <= back && back - began < 5_000,
        `${began} ${set} ${back}`,
      );
    });

    it(`begins with the calendar that there is: ${name}`, () => {
      const began = of(Date.now());
      const clock = new NodeClock(() => {}, setTo(began, steadyTime));
      assert.ok(Math.abs(clock.now() - began) < 5_000);
    });
  }

  it("is no calendar of the Server's, which follows the machine's", () => {
    const clock = new NodeClock(() => {});
    assert.equal(
      setTo(12_345, () => clock.now()),
      12_345,
    );
  });
});

describe("a timer of a PN GW or a Server", () => {
  it("is one of Node's up to 2^31 - 1 ms, which is as long as that can be, and more than one beyond", () => {
    const real = globalThis.setTimeout;
    for (const [delay, spans] of [
      [0x7fffffff, [0x7fffffff]],
      [0x80000000, [0x7fffffff, 1]],
      [0xffffffff, [0x7fffffff, 0x7fffffff, 1]],
    ] as const) {
      const asked: { readonly span: number; fire(): void }[] = [];
      let fired = 0;
      const fake = (fire: () => void, span: number): void => void asked.push({ span, fire });
      globalThis.setTimeout = fake as unknown as typeof real;
      try {
        new NodeClock((error) => assert.fail(String(error))).after(Milliseconds(delay), () => fired++);
        for (let n = 0; n < asked.length; n++) {
          assert.equal(fired, 0);
          asked[n]?.fire();
        }
      } finally {
        globalThis.setTimeout = real;
      }
      assert.deepEqual([asked.map(({ span }) => span), fired], [spans, 1]);
    }
  });
});
