import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Misuse } from "../../../../hosts/node/program/misuse.js";
import {
  describedSettings,
  placeOf,
  printedSettings,
  readSettings,
  type Setting,
  wholeNumber,
} from "../../../../hosts/node/program/settings.js";

const settings: readonly Setting[] = [
  { name: "data", value: "FOLDER", about: "where it keeps its data", otherwise: "data" },
  { name: "listen", value: "PORT", about: "where it listens", otherwise: "7443" },
  { name: "open", about: "everybody may register" },
  { name: "database", value: "URL", about: "another database", secret: true },
];

describe("settings of a program", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-settings-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const read = (args: readonly string[], environment: Record<string, string> = {}) =>
    readSettings(settings, { args, environment });
  const config = (text: string): string => {
    const path = join(folder, "config.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("come from flags, else the environment, else the file, else what is usual", () => {
    const path = config("data: from-file\nlisten: 1\nopen: true\n");
    const { values } = read(["--data", "from-flag", "--config", path], { CPNS_LISTEN: "2", CPNS_DATA: "no" });
    assert.deepEqual(values, { data: "from-flag", listen: "2", open: "yes", database: undefined });
    assert.equal(read([]).values.data, "data");
  });

  it("keep what is secret off the command line and out of what is printed", () => {
    assert.throws(() => read(["--database", "postgres://u:pw@h/d"]), /CPNS_DATABASE/);
    assert.throws(
      () => read(["--database=postgres://u:pw@h/d"]),
      (error: Error) => !error.message.includes("pw"),
    );
    const { values } = read([], { CPNS_DATABASE: "postgres://u:pw@h/d" });
    assert.equal(printedSettings(settings, values).includes("pw"), false);
    assert.match(printedSettings(settings, values), /^database: \(secret\)$/m);
  });

  for (const [name, args] of [
    ["an unknown flag", ["--nothing"]],
    ["a flag twice", ["--data", "a", "--data", "b"]],
    ["a flag without its value", ["--data"]],
    ["a file that is not there", ["--config", "/nowhere/at/all"]],
  ] as const) {
    it(`refuse ${name} in one line`, () => {
      assert.throws(
        () => read(args),
        (error: Error) => error.constructor.name === "Misuse" && !error.message.includes("\n"),
      );
    });
  }

  for (const [name, text] of [
    ["an unknown name", "nothing: 1\n"],
    ["a list", "- data\n"],
    ["what is no YAML", "data: [\n"],
    ["a value that is none", "data: [a, b]\n"],
  ] as const) {
    it(`refuse a file with ${name} in one line`, () => {
      const path = config(text);
      assert.throws(
        () => read(["--config", path]),
        (error: Error) => error.constructor.name === "Misuse" && !error.message.includes("\n"),
      );
    });
  }

  it("describe themselves", () => {
    assert.match(describedSettings(settings), /--data FOLDER\s+where it keeps its data \(default: data\)/);
    assert.match(describedSettings(settings), /CPNS_DATABASE/);
    assert.equal(read(["--help"]).help, true);
  });

  it("take whole numbers within bounds", () => {
    assert.equal(wholeNumber("--listen", "7443", 0, 65_535), 7443);
    for (const text of ["", "-1", "1.5", "65536", "1e3", "0x10"]) {
      assert.throws(() => wholeNumber("--listen", text, 0, 65_535), /whole number from 0 to 65535/);
    }
  });

  it("say where something listens: a port, or a name or address and a port, IPv6 in brackets", () => {
    assert.deepEqual(placeOf("--page", "7445"), { port: 7445 });
    assert.deepEqual(placeOf("--page", "192.168.1.5:7445"), { host: "192.168.1.5", port: 7445 });
    assert.deepEqual(placeOf("--page", "[::1]:7445"), { host: "::1", port: 7445 });
    assert.deepEqual(placeOf("--page", "[2001:DB8::1:2]:80"), { host: "2001:DB8::1:2", port: 80 });
    for (const text of ["", ":1", "a", "[::1]", "[]:1", "[::1]:", "[localhost]:1", "[::1:1", "::1]:1"]) {
      assert.throws(() => placeOf("--page", text), { message: "--page takes PORT or HOST:PORT" }, text);
    }
    assert.throws(() => placeOf("--page", "[::1]:65536"), Misuse);
  });
});
