import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped, skippedFor } from "../../../support/skipped.js";
import { missingCompiler } from "../crypto/core.js";

const root = join(import.meta.dirname, "../../../../..");
const file = join(root, "hosts/esp32/link/c/cpnsBle.c");
const stubs = join(root, "test/hosts/esp32/link/nimble");
const what = "the SDK's GATT server behind our functions";

/** What the SDK declares of the functions that its JavaScript names, as far as they are used before they are defined. */
const natives = "void xs_gattservercharacteristic_destructor(void *data);";
const idsIn = (text: string): string[] => [...new Set(text.match(/xsID_\w+/g))].sort();

describe("the SDK's GATT server behind our functions", () => {
  const sdk = process.env.MODDABLE ?? "";
  const server = join(sdk, "modules/io/ble/server/esp32");
  const folder = mkdtempSync(join(tmpdir(), "cpns-ble-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(function () {
    if (sdk === "")
      skippedFor(this, what, "MODDABLE is not set; install the Moddable SDK with: npx xs-dev setup");
    if (missingCompiler([]) !== undefined) skipped(this, what, "a C compiler", "gcc");
  });

  /** As the SDK compiles it: it has ids for the names that it finds in this file alone. */
  function compile(source: string): { status: number | null; said: string } {
    const ids = idsIn(source).map((id) => `\t${id},\n`);
    writeFileSync(join(folder, "mc.xs.h"), `#pragma once\nenum {\n${ids.join("")}};\n${natives}\n`);
    writeFileSync(join(folder, "cpnsBle.c"), source);
    const includes = [folder, stubs, join(sdk, "xs/includes"), server].map((one) => `-I${one}`);
    const flags = ["-fsyntax-only", "-Wall", "-Wno-pointer-sign", "-Wno-unused-variable"];
    const { status, stderr } = spawnSync("gcc", [...flags, ...includes, join(folder, "cpnsBle.c")]);
    return { status, said: stderr.toString() };
  }

  it("answers NimBLE: pairs anew with who has forgotten us, and lets nothing weaker than a comparison in", () => {
    compile(`#include "${file}"\n`);
    const ids = idsIn(readFileSync(file, "utf8")).map((id) => `\t${id},\n`);
    writeFileSync(join(folder, "mc.xs.h"), `#pragma once\nenum {\n${ids.join("")}};\n${natives}\n`);
    const program = join(folder, "events");
    const includes = [folder, stubs, join(sdk, "xs/includes"), server, join(root, "hosts/esp32/link/c")];
    const flags = ["-w", "-no-pie", "-Wl,--unresolved-symbols=ignore-all", "-o", program];
    const source = join(root, "test/hosts/esp32/link/nimble/events.c");
    const made = spawnSync("gcc", [...flags, ...includes.map((one) => `-I${one}`), source]);
    assert.equal(made.status, 0, made.stderr.toString());
    const { status, stdout } = spawnSync(program);
    assert.equal(stdout.toString(), "");
    assert.equal(status, 0);
  });

  it("compiles, with the ids of all names that the SDK's file uses", () => {
    const source = readFileSync(file, "utf8");
    const used = idsIn(readFileSync(join(server, "bleserver.c"), "utf8"));
    assert.deepEqual(
      used.filter((id) => !idsIn(source).includes(id)),
      [],
    );
    assert.deepEqual(compile(source), { status: 0, said: "" });
  });

  it("does not compile when the SDK no longer calls one of its functions by our name", () => {
    for (const name of ["handleGAPEvent", "accessCharacteristic", "deliverSubscribe", "deliverDisconnect"]) {
      // Ours under another name is what a renamed one of the SDK's comes to.
      const source = readFileSync(file, "utf8").replaceAll(new RegExp(`\\b${name}\\(`, "g"), `${name}Ours(`);
      const { status, said } = compile(source);
      assert.equal(status, 1, name);
      assert.match(
        said,
        new RegExp(`${name}Ours.*(defined but not used|declared .static. but never defined)`),
      );
    }
  });
});
