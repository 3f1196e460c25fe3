import assert from "node:assert/strict";
import { epoch, VirtualClock } from "../../../hosts/simulator/world/clock.js";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import type { Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { codeOf } from "../../support/codeOf.js";

const ms = Milliseconds;
const codeOfRun = async (run: Promise<unknown>): Promise<string | undefined> => {
  try {
    await run;
  } catch (error) {
    return codeOf(() => {
      throw error;
    });
  }
  return undefined;
};

describe("the virtual clock", () => {
  it("counts whole milliseconds, whatever part of one somebody waits for", async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    for (const delay of [0.25, 1.5, 30_000 / 7])
      clock.after(Milliseconds(delay), () => times.push(clock.now()));
    await clock.runFor(Milliseconds(5_000));
    assert.deepEqual(
      times.map((time) => time - epoch),
      [1, 2, 4_286],
    );
  });

  it("fires in order of time, and of making at the same time", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    for (const [name, delay] of [
      ["c", 30],
      ["a", 10],
      ["d", 30],
      ["b", 20],
      ["e", 30],
    ] as const) {
      clock.after(ms(delay), () => fired.push(`${name} ${clock.now() - epoch}`));
    }
    await clock.runFor(ms(29));
    assert.deepEqual(fired, ["a 10", "b 20"]);
    await clock.runFor(ms(1));
    assert.deepEqual(fired, ["a 10", "b 20", "c 30", "d 30", "e 30"]);
    assert.equal(clock.now(), epoch + 30);
  });

  it("agrees with a plain sort about 2000 random timers of which half are cancelled", async () => {
    const random = new SeededRandom("timers");
    const clock = new VirtualClock(ms(0));
    const fired: number[] = [];
    const made: { at: number; id: number; timer: Timer }[] = [];
    for (let id = 0; id < 2000; id++) {
      const at = random.below(500);
      made.push({ at, id, timer: clock.after(ms(at), () => fired.push(id)) });
    }
    const kept = made.filter(() => random.chance(0.5));
    for (const one of made) if (!kept.includes(one)) one.timer.cancel();
    await clock.runUntilIdle(ms(500));
    const wanted = kept.sort((a, b) => a.at - b.at || a.id - b.id).map(({ id }) => id);
    assert.deepEqual(fired, wanted);
    assert.ok(wanted.length > 800 && wanted.length < 1200);
  });

  it("never fires before `after` has returned, nor what was cancelled, even by an event of the same time", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(ms(0), () => fired.push("at once"));
    clock.after(ms(-5), () => fired.push("past"));
    assert.equal(fired.length, 0);
    clock.after(ms(5), () => second.cancel());
    const second = clock.after(ms(5), () => fired.push("cancelled"));
    const first = clock.after(ms(1), () => fired.push("fired"));
    await clock.runFor(ms(10));
    assert.deepEqual(fired, ["at once", "past", "fired"]);
    first.cancel();
    await clock.runFor(ms(10));
    assert.equal(fired.length, 3);
  });

  it("lets time stand until promises of an event have settled, however long their chain", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.after(ms(10), () => {
      let chain = Promise.resolve();
      for (let i = 0; i < 50; i++) chain = chain.then(() => {});
      void chain.then(() => log.push(`chain ${clock.now() - epoch}`));
    });
    clock.after(ms(11), () => log.push("next"));
    await clock.runFor(ms(20));
    assert.deepEqual(log, ["chain 10", "next"]);
  });

  it("lets time stand for tracked work that takes real time, and for what that work sets off", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const slowly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    clock.after(ms(10), () => {
      clock.track(
        slowly().then(() => {
          log.push(`first ${clock.now() - epoch}`);
          clock.track(slowly().then(() => log.push(`second ${clock.now() - epoch}`)));
        }),
      );
    });
    clock.after(ms(10), () => log.push("next"));
    clock.after(ms(10), async () => {
      await slowly();
      log.push("async event");
    });
    clock.after(ms(10), () => log.push("last"));
    await clock.runFor(ms(20));
    assert.deepEqual(log, ["first 10", "second 10", "next", "async event", "last"]);
  });

  it("rejects the run with what an event throws, and goes on after it", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(ms(1), () => {
      throw new Error("broken event");
    });
    clock.after(ms(2), async () => {
      throw new Error("broken async event");
    });
    clock.after(ms(3), () => clock.track(Promise.reject(new Error("broken work"))));
    clock.after(ms(4), () => fired.push("after all"));
    await assert.rejects(clock.runFor(ms(10)), /broken event/);
    await assert.rejects(clock.runFor(ms(10)), /broken async event/);
    await assert.rejects(clock.runFor(ms(10)), /broken work/);
    await clock.runFor(ms(10));
    assert.deepEqual(fired, ["after all"]);
  });

  it("rejects the next run with tracked work that failed between two runs", async () => {
    const clock = new VirtualClock();
    clock.track(Promise.reject(new Error("failed meanwhile")));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await assert.rejects(clock.runFor(ms(1)), /failed meanwhile/);
    await clock.runFor(ms(1));
  });

  it("refuses to be run by one of its own events, and delays that are no numbers", async () => {
    const clock = new VirtualClock();
    clock.after(ms(1), () => clock.runFor(ms(1)) as unknown as undefined);
    assert.equal(await codeOfRun(clock.runFor(ms(2))), "clock.running");
    assert.equal(
      codeOf(() => clock.after(ms(Number.NaN), () => {})),
      "clock.delay",
    );
    assert.equal(
      codeOf(() => clock.after(ms(Number.POSITIVE_INFINITY), () => {})),
      "clock.delay",
    );
  });

  it("runs until nothing is left, or the limit", async () => {
    const clock = new VirtualClock();
    let beats = 0;
    const beat = (): void => {
      if (++beats < 5) clock.after(ms(10), beat);
    };
    clock.after(ms(10), beat);
    assert.equal(await clock.runUntilIdle(ms(1000)), true);
    assert.equal(clock.now(), epoch + 50);
    const forever = (): void => void clock.after(ms(10), forever);
    forever();
    assert.equal(await clock.runUntilIdle(ms(95)), false);
    assert.equal(clock.now(), epoch + 145);
  });

  it("runs while a condition holds, no event further", async () => {
    const clock = new VirtualClock();
    let count = 0;
    for (let i = 0; i < 3; i++) clock.after(ms(5), () => count++);
    assert.equal(await clock.runWhile(() => count < 2, ms(100)), true);
    assert.equal(count, 2);
    assert.equal(clock.now(), epoch + 5);
    assert.equal(await clock.runWhile(() => count < 9, ms(100)), false);
    assert.equal(clock.now(), epoch + 105);
  });

  it("fires late and in order what fell due while time was advanced, and never goes back", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(ms(20), () => fired.push(`b ${clock.now() - epoch}`));
    clock.after(ms(10), () => fired.push(`a ${clock.now() - epoch}`));
    clock.advance(ms(50));
    assert.deepEqual(fired, []);
    await clock.runFor(ms(0));
    assert.deepEqual(fired, ["a 50", "b 50"]);
    await clock.runUntil(epoch);
    assert.equal(clock.now(), epoch + 50);
  });
});
