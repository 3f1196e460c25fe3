import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { screenData } from "../../src/device/console/picture.js";
import { UiBench } from "../support/uiBench.js";

interface Tool {
  lastScreen(text: string): { display: string; screen: { id: string } } | undefined;
  drawn(found: unknown): Promise<Buffer>;
}
const tool = (await import("../../../tools/device/screenshot.mjs" as string)) as Tool;

const sizeOf = (file: Buffer): number[] => [file.readUInt32BE(16), file.readUInt32BE(20)];
const { screen } = new UiBench("matrix");

describe("npm run firmware:screenshot", () => {
  it("finds the last screen in what a terminal has shown", () => {
    const shown = (id: string): string => screenData({ ...screen, id }, "128x64");
    const text = `cpns> screenshot data\r\n${shown("a")}\r\ncpns> x\r\n${shown("b")}\r\ncpns> `;
    assert.equal(tool.lastScreen(text)?.screen.id, "b");
    assert.equal(tool.lastScreen("cpns> state\r\n"), undefined);
    assert.equal(tool.lastScreen(shown("cut off").slice(0, -4)), undefined);
  });

  it("draws it as the display does, in its size", async () => {
    for (const [display, size] of [
      ["320x240", [320, 240]],
      ["240x135", [240, 135]],
      ["128x64", [128, 64]],
    ] as const) {
      const file = await tool.drawn({ display, screen });
      assert.deepEqual(sizeOf(file), size);
      assert.ok(file.length > 300, "something is drawn");
    }
  });

  it("writes a file, and says in one line what is wrong", () => {
    const folder = mkdtempSync(join(tmpdir(), "cpns-"));
    const run = (input: string, ...args: string[]) =>
      spawnSync(process.execPath, ["tools/run.mjs", "firmware:screenshot", ...args], {
        input,
        encoding: "utf8",
      });
    try {
      const file = join(folder, "a.png");
      const good = run(screenData(screen, "320x240"), file);
      assert.deepEqual([good.status, good.stdout], [0, `${file}: welcome\n`]);
      assert.deepEqual(sizeOf(readFileSync(file)), [320, 240]);
      for (const [input, args, status] of [
        ["", [file], 1],
        ["", [], 2],
        ["", [file, join(folder, "none")], 1],
        ['screen: {"display":"320x240"}', [file], 1],
      ] as const) {
        const bad = run(input, ...args);
        assert.equal(bad.status, status);
        assert.match(bad.stderr, /^cpns: [^\n]*\n$/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
