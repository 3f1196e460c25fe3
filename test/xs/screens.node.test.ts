import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildXs, here, root } from "./build.js";
import { XsDevice, type XsLimits, type XsReport } from "./device.js";

interface Cost {
  readonly meter: number;
  readonly areas: number;
  readonly pixels: number;
}

type Costs = Readonly<Record<"letter" | "masked" | "step" | "home" | "row", Cost>>;

/** UI and display need no more than these beside their preloaded modules; what a device has is several times as much. */
const tight = {
  colour: { chunks: 6144, slots: 512, stack: 448 },
  mono: { chunks: 6144, slots: 512, stack: 448 },
} as const satisfies Record<string, XsLimits>;

describe("the screens on XS, the device's engine, with a device's memory", function () {
  this.timeout(180_000);
  let xs: string;
  let width: number;

  before(async function () {
    const built = await buildXs();
    if ("skipped" in built) this.skip();
    else ({ path: xs, width } = built);
  });

  async function run(kind: number, limits: XsLimits): Promise<{ costs: Costs; report: XsReport }> {
    const device = new XsDevice(xs, [`${here}fixtures/screens.js`], limits);
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
    if (width !== 32) return;
    mkdirSync(join(root, "build/xs"), { recursive: true });
    writeFileSync(join(root, "build/xs/screens.json"), `${JSON.stringify(figures, undefined, 2)}\n`);
  });
});
