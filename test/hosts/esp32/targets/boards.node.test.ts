import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { maximumBoard } from "../../../../src/protocols/update/header.js";
import { boardOf } from "../../../../src/protocols/update/image.js";

const root = join(import.meta.dirname, "../../../../..");
const folders = (path: string): string[] => readdirSync(join(root, path)).sort();
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

describe("the board that images are signed for", () => {
  const targets = folders("hosts/esp32/targets").flatMap((name) => {
    const file = join(root, "hosts/esp32/targets", name, "target.ts");
    const said = existsSync(file) ? /"(esp32\/\w+)"/.exec(readFileSync(file, "utf8")) : null;
    return said === null ? [] : [said[1] as string];
  });
  const modules = folders("apps").flatMap((name) => {
    const file = `apps/${name}/esp32/manifest.json`;
    return existsSync(join(root, file)) ? [json(file).config.application as string] : [];
  });

  it("is another one for each target, application and kind of NVS, and fits a header", () => {
    assert.ok(targets.length >= 9 && modules.length >= 4);
    const names = targets.flatMap((target) =>
      [undefined, ...modules].flatMap((module) =>
        [false, true].map((encrypted) => boardOf(target, module, encrypted)),
      ),
    );
    assert.equal(new Set(names).size, targets.length * (modules.length + 1) * 2);
    for (const name of names) assert.ok(name.length <= maximumBoard, name);
  });

  it("is the target alone for firmware that is nothing else", () => {
    const lamp = "apps/lamp/esp32/application";
    assert.deepEqual(
      [false, true].flatMap((encrypted) => [
        boardOf("esp32/a", undefined, encrypted),
        boardOf("esp32/a", lamp, encrypted),
      ]),
      ["esp32/a", "esp32/a+lamp", "esp32/a#", "esp32/a#lamp"],
    );
    for (const module of modules) assert.match(module, /^apps\/[^/]+\/esp32\/application$/);
  });

  it("is told apart by what each build is configured with", () => {
    assert.equal(json("hosts/esp32/board/encrypted.json").config.encrypted, 1);
    assert.equal(json("hosts/esp32/board/manifest.json").config?.encrypted, undefined);
    const start = readFileSync(join(root, "hosts/esp32/composition.ts"), "utf8");
    assert.match(
      start,
      /boardOf\(board, config\.application as string \| undefined, config\.encrypted !== undefined\)/,
    );
  });
});
