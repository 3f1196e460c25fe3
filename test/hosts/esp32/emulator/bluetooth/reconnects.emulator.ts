import assert from "node:assert/strict";
import { told } from "../emulatedChip.js";
import { BluetoothBench } from "./bench.js";

/** The first links grow what grows once; then nothing may. */
const first = 5;
const between = 5;
/** Octets a link. */
const steepest = 1;

/** Of the line through them by least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return over / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

describe("the heap of a chip in QEMU over many links", () => {
  const bench = new BluetoothBench();
  const count = Number(told("CPNS_EMULATOR_RECONNECTS"));

  before(() => bench.start({ alone: true }));

  after(() => bench.close());

  it(`does not shrink: ${count} centrals connect, ask for the MTU, look for the service, and go or vanish`, async function () {
    this.timeout(60_000 + 10_000 * count);
    const { chip } = bench;
    await chip.shows("welcome");
    const free: [number, number][] = [];
    const since = performance.now();
    for (let i = 1; i <= count; i++) {
      const central = await bench.connect();
      await central.exchangeMtu();
      await central.find();
      if (i % 10 === 0) central.vanish();
      else central.disconnect();
      await bench.advertises();
      if (i >= first && i % between === 0) free.push([i, (await chip.memory()).free]);
    }
    const rate = (1_000 * count) / (performance.now() - since);
    const least = Math.min(...free.map(([, octets]) => octets));
    const falls = -slope(free);
    process.stdout.write(
      `${rate.toFixed(1)} links a second; ${least} octets free at the least, ${falls.toFixed(2)} less each\n`,
    );
    assert.ok(falls <= steepest, `each link takes ${falls} octets`);
    assert.equal(chip.restarts, 0);
    assert.deepEqual(bench.faults, []);
  });
});
