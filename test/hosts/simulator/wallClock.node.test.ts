import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { WallClock } from "../../../hosts/simulator/world/clock.js";
import { Milliseconds } from "../../../src/base/units.js";
import { codeOf } from "../../support/codeOf.js";

const ms = Milliseconds;
const module = new URL("../../../hosts/simulator/world/clock.js", import.meta.url).href;

/** Runs a program of its own with a WallClock `clock`; its exit code and output. */
function program(body: string): { status: number | null; stdout: string; stderr: string } {
  const code = `import { WallClock } from ${JSON.stringify(module)}; const clock = new WallClock(); ${body}`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
}

/** The timeouts that `run` asks Node for, none of which comes by itself. */
function timeouts(run: () => void): { readonly delay: number; fire(): void }[] {
  const real = globalThis.setTimeout;
  const asked: { delay: number; fire(): void }[] = [];
  const fake = (fire: () => void, delay: number): void => void asked.push({ delay, fire });
  globalThis.setTimeout = fake as unknown as typeof real;
  try {
    run();
  } finally {
    globalThis.setTimeout = real;
  }
  return asked;
}

describe("the wall clock", () => {
  it("is Unix time and does not fire early, at a thousand times the speed either", async () => {
    for (const clock of [new WallClock(), new WallClock({ speed: 1000 })]) {
      assert.ok(Math.abs(clock.now() - Date.now()) < 60_000);
      const due = clock.now() + 20;
      const at = await new Promise<number>((resolve) => clock.after(ms(20), () => resolve(clock.now())));
      assert.ok(at >= due);
      clock.stop();
    }
  });

  it("runs at its speed", async () => {
    const clock = new WallClock({ speed: 1000 });
    const [start, started] = [clock.now(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 5));
    const elapsed = performance.now() - started;
    assert.ok(clock.now() - start >= elapsed * 1000 - 1);
    assert.deepEqual(
      timeouts(() => clock.after(ms(20_000), () => {})).map(({ delay }) => delay <= 20),
      [true],
    );
    clock.stop();
  });

  it("waits on when a timeout of Node's comes early, as it does for delays that are too long for one", () => {
    const clock = new WallClock();
    let fired = 0;
    const seen = timeouts(() => clock.after(ms(2 ** 40), () => fired++));
    assert.deepEqual(
      seen.map(({ delay }) => delay),
      [0x7fffffff],
    );
    assert.equal(timeouts(() => seen[0]?.fire()).length, 1);
    assert.equal(fired, 0);
    clock.stop();
  });

  it("fires nothing that was cancelled, nor anything after it has stopped", async () => {
    const clock = new WallClock({ speed: 1000 });
    const fired: string[] = [];
    clock.after(ms(1), () => fired.push("cancelled")).cancel();
    await new Promise<void>((resolve) => clock.after(ms(3), resolve));
    clock.after(ms(2), () => fired.push("too late"));
    clock.stop();
    clock.after(ms(0), () => fired.push("after the end"));
    await clock.finished;
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(fired, []);
  });

  it("stops at the first error of an event, and tells it", async () => {
    for (const broken of [
      (clock: WallClock) =>
        clock.after(ms(0), () => {
          throw new Error("broken");
        }),
      (clock: WallClock) =>
        clock.after(ms(0), async () => {
          throw new Error("broken");
        }),
      (clock: WallClock) => clock.track(Promise.reject(new Error("broken"))),
    ]) {
      const clock = new WallClock();
      broken(clock);
      await assert.rejects(clock.finished, /broken/);
    }
  });

  it("lets the process end when it has stopped, with 0", () => {
    const { status, stdout } = program(
      "clock.after(1e6, () => {}); clock.after(1, () => { console.log('stopping'); clock.stop(); });",
    );
    assert.equal(status, 0);
    assert.equal(stdout, "stopping\n");
  });

  it("ends the process with an error that nobody waits for", () => {
    const { status, stderr } = program("clock.after(1, () => { throw new Error('broken event'); });");
    assert.equal(status, 1);
    assert.match(stderr, /broken event/);
  });

  it("refuses speeds and delays that are no numbers", () => {
    for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => new WallClock({ speed }), RangeError);
    }
    const clock = new WallClock();
    assert.equal(
      codeOf(() => clock.after(ms(Number.NaN), () => {})),
      "clock.delay",
    );
  });
});
