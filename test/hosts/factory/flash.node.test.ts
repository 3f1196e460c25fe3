import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realDisk } from "../../../hosts/factory/disk.js";
import type { Run } from "../../../hosts/factory/flash.js";
import { SeededRandom } from "../../support/seededRandom.js";
import { type FactoryBench, withBench } from "./bench.js";

const root = join(import.meta.dirname, "../../../..");

/** The image of the one device of a batch. */
function imageOf(bench: FactoryBench, ...more: readonly string[]): string {
  assert.equal(bench.batch("one", "--count", "1", ...more), 0);
  bench.out.length = 0;
  return bench.path("one", `${bench.devices("one")[0]?.entityID}.nvs.bin`);
}

const flash = (bench: FactoryBench, run: Run, ...args: readonly string[]): number =>
  bench.runAlone(["flash", ...args], realDisk, new SeededRandom(1), run);

const nobody: Run = () => assert.fail("esptool is called");

describe("cpns factory flash (SEC-06)", () => {
  it("has esptool write the image to the boards' partition nvs, and looks whether it did", () =>
    withBench((bench) => {
      const image = imageOf(bench);
      const calls: string[] = [];
      const answering =
        (code: number): Run =>
        (program, args) => {
          calls.push([program, ...args].join(" "));
          return code;
        };
      assert.equal(flash(bench, answering(0), "--image", image), 0);
      assert.equal(flash(bench, answering(0), "--image", image, "--port", "/dev/ttyUSB0"), 0);
      assert.deepEqual(calls, [
        `esptool write_flash 0x9000 ${image}`,
        `esptool --port /dev/ttyUSB0 write_flash 0x9000 ${image}`,
      ]);
      assert.match(bench.out.join("\n"), /is in the board/);
      assert.equal(flash(bench, answering(1), "--image", image), 2);
      assert.match(bench.errors.join("\n"), /esptool did not write it/);
    }));

  it("takes esptool by its older name, and says how to install it where there is none", () =>
    withBench((bench) => {
      const image = imageOf(bench);
      const older: Run = (program) => (program === "esptool.py" ? 0 : undefined);
      assert.equal(flash(bench, older, "--image", image), 0);
      assert.equal(
        flash(bench, () => undefined, "--image", image),
        2,
      );
      assert.match(bench.errors.join("\n"), /pip install esptool/);
    }));

  it("writes nothing that is no image for the boards, or whose keys have to be written with it", () =>
    withBench((bench) => {
      const image = imageOf(bench);
      const octets = bench.octets("one", image.split("/").at(-1) ?? "");
      const altered = Buffer.from(octets);
      altered[5] = 1;
      const files = [
        bench.write("short.nvs.bin", octets.subarray(0, 0x5000)),
        bench.write("altered.nvs.bin", altered),
        bench.write("empty.nvs.bin", Buffer.alloc(0x6000, 0xff)),
      ];
      for (const file of files) assert.equal(flash(bench, nobody, "--image", file), 2, file);
      assert.equal(bench.errors.filter((line) => /no image for the partition nvs/.test(line)).length, 3);
      assert.equal(flash(bench, nobody, "--image", bench.path("none")), 2);
      assert.equal(flash(bench, nobody), 2);
      assert.equal(flash(bench, nobody, "--image", image, "--port", "--erase-all"), 2);
      assert.equal(bench.batch("two", "--count", "1", "--encrypt", "flash"), 0);
      const encrypted = bench.path("two", `${bench.devices("two")[0]?.entityID}.nvs.bin`);
      assert.equal(flash(bench, nobody, "--image", encrypted), 2);
      assert.match(bench.errors.at(-1) ?? "", /its keys lie beside it/);
    }));

  it("as a program, calls the esptool in PATH, and shows nothing of a key", () =>
    withBench((bench) => {
      const image = imageOf(bench);
      const fake = bench.write("esptool", '#!/bin/sh\necho "fake $*"\n');
      chmodSync(fake, 0o755);
      const call = (code: string) => {
        writeFileSync(fake, `#!/bin/sh\necho "fake $*"\nexit ${code}\n`);
        return spawnSync(
          process.execPath,
          [join(root, "build/hosts/factory/factory.js"), "flash", "--image", image, "--port", "COM3"],
          { env: { ...process.env, PATH: `${bench.root}:${process.env.PATH}` }, encoding: "utf8" },
        );
      };
      const good = call("0");
      assert.equal(good.status, 0);
      assert.match(good.stdout, new RegExp(`^fake --port COM3 write_flash 0x9000 ${image}\\n`));
      const bad = call("3");
      assert.equal(bad.status, 2);
      const key = bench.devices("one")[0]?.key ?? assert.fail("no key");
      for (const said of [good.stdout, good.stderr, bad.stdout, bad.stderr])
        assert.ok(!said.toLowerCase().includes(key));
    }));
});
