import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "../../../../hosts/node/program/folderLock.js";
import { FolderKeyValue } from "../../../../hosts/node/storage/folderKeyValue.js";
import { ascii } from "../../../../src/base/octets.js";

describe("key-value storage in a folder", () => {
  let base: string;
  before(() => {
    base = mkdtempSync(join(tmpdir(), "cpns-folder-"));
  });
  after(() => rmSync(base, { recursive: true }));
  let next = 0;
  const fresh = (): string => join(base, `state-${next++}`);

  it("keeps values over a restart, each under its own name, and gives fresh copies", () => {
    const folder = fresh();
    const first = new FolderKeyValue(folder);
    for (const name of ["a", "A", "../x", "key.0", "%41", "ü"])
      first.write(name, ascii(name.replace("ü", "u")));
    first.write("a", ascii("second"));
    first.delete("A");
    first.delete("never");
    const again = new FolderKeyValue(folder);
    assert.deepEqual(again.names(), ["%41", "../x", "a", "key.0", "ü"]);
    assert.deepEqual(again.read("a"), ascii("second"));
    again.read("a")?.fill(0);
    assert.deepEqual(again.read("a"), ascii("second"));
    assert.equal(again.read("A"), undefined);
  });

  it("lets nobody but its owner read it, even in a folder that was open", () => {
    const folder = fresh();
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(folder, 0o755);
    const store = new FolderKeyValue(folder);
    store.write("key", ascii("secret"));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, "key.value")).mode & 0o777, 0o600);
  });

  it("has the old value after a write that was cut, and forgets what was left of it", () => {
    const folder = fresh();
    new FolderKeyValue(folder).write("key", ascii("old"));
    writeFileSync(join(folder, "key.value.new"), "ne");
    const again = new FolderKeyValue(folder);
    assert.deepEqual(again.read("key"), ascii("old"));
    assert.deepEqual(again.names(), ["key"]);
    again.write("key", ascii("new"));
    assert.deepEqual(again.read("key"), ascii("new"));
  });

  it("names what it cannot do, and keeps the old value", () => {
    const folder = fresh();
    const store = new FolderKeyValue(folder);
    store.write("key", ascii("old"));
    store.write("whole", new Uint8Array(4_000));
    assert.throws(() => store.write("key", new Uint8Array(4_001)), { code: "store.full" });
    store.write("n".repeat(15), ascii("taken"));
    assert.throws(() => store.write("n".repeat(16), ascii("not")), { code: "store.broken" });
    mkdirSync(join(folder, "key.value.new"));
    assert.throws(() => store.write("key", ascii("new")), { code: "store.broken" });
    assert.deepEqual(store.read("key"), ascii("old"));
    writeFileSync(join(base, "file"), "");
    assert.throws(() => new FolderKeyValue(join(base, "file", "below")), /cannot be used \(ENOTDIR\)/);
  });

  it("is locked by the program that works on it, until that ends however it ends", async () => {
    const folder = fresh();
    new FolderKeyValue(folder);
    const held = await lockFolder(folder, (socket) => socket.destroy());
    await assert.rejects(
      lockFolder(folder, () => undefined),
      /in use by another process/,
    );
    await new Promise<void>((resolve) => held.close(() => resolve()));
    // A process that was killed leaves its socket.
    const { spawnSync } = await import("node:child_process");
    const left = `require("net").createServer().listen(${JSON.stringify(join(folder, "control.sock"))}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", left]);
    const again = await lockFolder(folder, () => undefined);
    again.close();
  });

  it("is one program's alone when several start at once where one was killed, whoever is quicker", async () => {
    const folder = fresh();
    new FolderKeyValue(folder);
    // What is left of it answers nobody.
    writeFileSync(join(folder, "control.sock"), "");
    const starts = Array.from({ length: 8 }, () => lockFolder(folder, (socket) => socket.destroy()));
    const held = (await Promise.allSettled(starts)).filter((one) => one.status === "fulfilled");
    assert.equal(held.length, 1);
    assert.deepEqual(readdirSync(folder), ["control.sock"]);
    await assert.rejects(
      lockFolder(folder, () => undefined),
      /in use by another process/,
    );
    for (const { value } of held) value.close();
  });
});
