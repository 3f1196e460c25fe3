import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildXsOrSkip, here, root } from "./build.js";
import { scaled, XsDevice, type XsLimits, type XsReport } from "./device.js";

interface Cost {
  readonly meter: number;
  readonly areas: number;
  readonly pixels: number;
}

type Costs = Readonly<Record<"letter" | "masked" | "step" | "home" | "row", Cost>>;

/** Figures of the bench are a device's, which has 32 bits. */
const figuresSkipped = (width: number): void =>
  void process.stderr.write(
    `skipped: figures of the screens on XS, because they are of 32 bits, not ${width}; install what compiles for those with: apt-get install gcc-multilib\n`,
  );

/** UI and display need no more than these beside their preloaded modules; what a device has is several times as much. */
const tight = {
  colour: { chunks: 6144, slots: 544, stack: 448 },
  mono: { chunks: 6144, slots: 544, stack: 448 },
} as const satisfies Record<string, XsLimits>;

describe("the screens on XS, the device's engine, with a device's memory", function () {
  this.timeout(180_000);
  let xs: string;
  let width: 32 | 64;

  before(async function () {
    ({ path: xs, width } = await buildXsOrSkip(this, "the screens on XS"));
  });

  async function run(kind: number, limits: XsLimits): Promise<{ costs: Costs; report: XsReport }> {
    const device = new XsDevice(xs, [`${here}fixtures/screens.js`], scaled(limits, width));
    const answer = new Promise<Costs>((resolve) => {
      device.onFrame = (frame) => resolve(JSON.parse(String.fromCharCode(...frame)) as Costs);
    });
    device.send(Uint8Array.of(kind));
    const first = await Promise.race([answer, device.exit]);
    device.close();
    const exit = await device.exit;
    assert.equal(exit.text, "");
    assert.equal(exit.code, 0);
    assert.ok("letter" in first && exit.report !== undefined);
    return { costs: first, report: exit.report };
  }

  it("are drawn in a few kilobytes, only where they change, at a price per key that is written down", async () => {
    const figures: Record<string, number> = {};
    for (const [kind, name, all] of [
      [0, "colour", 320 * 240],
      [1, "mono", 128 * 64],
    ] as const) {
      const { costs, report } = await run(kind, tight[name]);
      for (const what of ["letter", "masked", "row", "step", "home"] as const) {
        assert.ok(costs[what].pixels > 0 && costs[what].pixels <= all, `${name} ${what}`);
        figures[`${name}.${what}.pixels`] = costs[what].pixels;
        figures[`${name}.${what}.meter`] = costs[what].meter;
      }
      assert.ok(costs.row.pixels < all / 2 && costs.letter.pixels < all / 40 && costs.step.pixels < all / 20);
      figures[`${name}.memory`] = report.slots + report.chunks + report.stack;
    }
    if (width !== 32) return figuresSkipped(width);
    mkdirSync(join(root, "build/xs"), { recursive: true });
    writeFileSync(join(root, "build/xs/screens.json"), `${JSON.stringify(figures, undefined, 2)}\n`);
  });
});
