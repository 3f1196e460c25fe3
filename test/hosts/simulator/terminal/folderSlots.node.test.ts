import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { makeImage, versionOn } from "../../../../hosts/simulator/network/images.js";
import { FolderSlots } from "../../../../hosts/simulator/terminal/folderSlots.js";
import { VirtualSlots } from "../../../../hosts/simulator/world/slots.js";
import { blockLength } from "../../../../src/pne/updatePorts.js";

describe("the images of a device on a terminal, in its folder", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "cpns-slots-")), "firmware");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  /** The same folder, seen by the next program. */
  const opened = (): VirtualSlots => new VirtualSlots(undefined, new FolderSlots(folder));
  const boot = (slots: VirtualSlots) => slots.boot(nodeSuite, () => {});
  const { image } = makeImage({ version: "0.2.0" }, 3 * blockLength - 100);
  const blocks = [0, 1, 2].map(
    (n) => [n * blockLength, image.slice(n * blockLength, (n + 1) * blockLength)] as const,
  );

  it("are there after its end: the new one starts on trial, and gives way to the one before unless it is confirmed", () => {
    const first = boot(opened());
    for (const [at, octets] of blocks) first.write(at, octets);
    first.activate();
    const second = opened();
    assert.equal(versionOn(second), "0.2.0");
    const trial = boot(second);
    assert.deepEqual([trial.current, trial.trial], [1, true]);
    const third = opened();
    const back = boot(third);
    assert.deepEqual([back.current, back.trial, versionOn(third)], [0, false, "0.1.0 simulator"]);
    assert.deepEqual(back.hash(image.length), nodeSuite.sha256(image));
    back.activate();
    boot(opened()).confirm();
    const last = boot(opened());
    assert.deepEqual([last.current, last.trial], [1, false]);
  });

  it("have erased flash where nothing was written, and take blocks in any order", () => {
    const first = boot(opened());
    const [, , [at, octets] = assert.fail()] = blocks;
    first.write(at, octets);
    const erased = new Uint8Array(2 * blockLength).fill(0xff);
    assert.deepEqual(opened().read("other", at + octets.length), Uint8Array.of(...erased, ...octets));
    for (const one of blocks.slice(0, 2)) first.write(...one);
    assert.deepEqual(boot(opened()).hash(image.length), nodeSuite.sha256(image));
  });

  it("begin with the first one when the folder is empty, or its note is none", () => {
    assert.deepEqual(boot(opened()).current, 0);
    assert.deepEqual(readdirSync(folder), []);
    writeFileSync(join(folder, "starts"), "2 good\n");
    assert.equal(new FolderSlots(folder).note, undefined);
    assert.equal(boot(opened()).current, 0);
  });
});
