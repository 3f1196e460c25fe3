import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { hex } from "../../../src/base/octets.js";
import { factoryName, factoryNamespace, readFactoryData } from "../../../src/keystore/factoryData.js";
import { type FactoryBench, withBench } from "./bench.js";
import { readNvs } from "./nvsReader.js";

/** What the firmware reads of a device's flash. */
function flashed(bench: FactoryBench, batch: string, entityID: string, keys?: Uint8Array) {
  const entries = readNvs(bench.octets(batch, `${entityID}.nvs.bin`), keys);
  assert.deepEqual(
    entries.map(({ namespace, name }) => [namespace, name]),
    [[factoryNamespace, factoryName]],
  );
  const data = readFactoryData(nodeSuite, { read: () => Uint8Array.from(entries[0]?.value ?? []) });
  return {
    entityID: hex(data.factoryEntityID ?? new Uint8Array(0)),
    key: hex(data.temporaryKey?.() ?? new Uint8Array(0)),
    name: data.name ?? "",
  };
}

describe("npm run factory (SEC-06, C-12)", () => {
  it("makes devices: flash, label and the Server's import file tell the same of each", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "5"), 0);
      const devices = bench.devices("one");
      assert.equal(devices.length, 5);
      assert.equal(new Set(devices.flatMap(({ entityID, key }) => [entityID, key])).size, 10);
      for (const device of devices) {
        assert.match(`${device.entityID} ${device.key}`, /^[0-9a-f]{32} [0-9a-f]{64}$/);
        assert.deepEqual(flashed(bench, "one", device.entityID), device);
        const spaced = device.entityID.toUpperCase().match(/.{4}/g)?.slice(0, 4).join(" ") ?? "";
        assert.ok(bench.text("one", `${device.entityID}.svg`).includes(spaced));
      }
      const files = devices.flatMap(({ entityID }) => [`${entityID}.nvs.bin`, `${entityID}.svg`]);
      assert.deepEqual(bench.names("one"), [...files, "devices.csv", "labels.pdf"].sort());
    }));

  it("leaves no file that anybody else may read, and no other file", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "2", "--encrypt", "flash"), 0);
      for (const folder of ["one", "ledger"]) {
        assert.equal(bench.mode(folder), "700");
        for (const name of bench.names(folder)) assert.equal(bench.mode(folder, name), "600");
      }
      assert.deepEqual(bench.names(), ["ledger", "one"]);
      assert.deepEqual(bench.names("ledger"), ["000001"]);
    }));

  it("begins Entity IDs with a prefix", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "3", "--prefix", "00C0FFEE"), 0);
      for (const { entityID } of bench.devices("one")) assert.match(entityID, /^00c0ffee[0-9a-f]{24}$/);
    }));

  it("takes Entity IDs, keys and names of the maker's own, and makes the keys that are missing", () =>
    withBench((bench) => {
      const key = createHash("sha256").update("a maker's key").digest("hex");
      const file = bench.write(
        "in.csv",
        `\ufeffname,entityID,temporaryKey\r\n"Oven, left",0A0B,${key.toUpperCase()}\r\nKüche,ff,\r\n\r\n,${"12".repeat(32)}\r\n`,
      );
      assert.equal(bench.batch("one", "--devices", file), 0);
      const [first, second, third] = bench.text("one", "devices.csv").split("\n").slice(1);
      assert.equal(first, `0a0b,${key},"Oven, left"`);
      assert.match(second ?? "", /^ff,[0-9a-f]{64},Küche$/);
      assert.match(third ?? "", /^(12){32},[0-9a-f]{64},$/);
      assert.deepEqual(flashed(bench, "one", "0a0b"), { entityID: "0a0b", key, name: "Oven, left" });
      assert.equal(flashed(bench, "one", "12".repeat(32)).name, "");
    }));

  it("takes back the file that it has written, when the ledger is another", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "3"), 0);
      const again = ["--devices", bench.path("one", "devices.csv")];
      assert.equal(bench.batch("two", ...again), 2);
      assert.match(bench.errors[0] ?? "", /issued before, and never twice .*entry 000001 of the ledger/);
      assert.equal(
        bench.runAlone(["--out", bench.path("two"), ...again, "--ledger", bench.path("other")]),
        0,
      );
      assert.equal(bench.text("two", "devices.csv"), bench.text("one", "devices.csv"));
    }));

  for (const [scheme, suffix] of [
    ["flash", "nvs-keys"],
    ["hmac", "hmac-key"],
  ] as const) {
    it(`encrypts flash by the scheme ${scheme}, each device with keys of its own`, () =>
      withBench((bench) => {
        assert.equal(bench.batch("one", "--count", "2", "--encrypt", scheme), 0);
        const keys = bench.devices("one").map((device) => {
          const file = bench.octets("one", `${device.entityID}.${suffix}.bin`);
          const made =
            scheme === "flash"
              ? file.subarray(0, 64)
              : Buffer.concat(
                  ["5a5abeae", "a5a5dece"].map((seed) =>
                    nodeSuite.hmac(file, Buffer.from(seed.repeat(8), "hex")),
                  ),
                );
          assert.deepEqual(flashed(bench, "one", device.entityID, made), device);
          return hex(made);
        });
        assert.notEqual(keys[0], keys[1]);
      }));
  }

  it("makes images of the size that is told", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "1", "--size", "0x4000"), 0);
      assert.equal(bench.batch("two", "--count", "1"), 0);
      const lengths = ["one", "two"].map((batch) => {
        const [device] = bench.devices(batch);
        return bench.octets(batch, `${device?.entityID}.nvs.bin`).length;
      });
      assert.deepEqual(lengths, [0x4000, 0x6000]);
    }));

  it("says how it is used", () =>
    withBench((bench) => {
      assert.equal(bench.runAlone(["--help"]), 0);
      assert.match(bench.out.join("\n"), /example: npm run factory -- --out factory\/batch-1 --count 20/);
      assert.deepEqual(bench.names(), []);
    }));

  it("says when a name is not on a label, and which", () =>
    withBench((bench) => {
      const file = bench.write("in.csv", "entityID,name\naa,台所\nbb,Küche\n");
      assert.equal(bench.batch("one", "--devices", file), 0);
      assert.ok(bench.out.some((line) => /label of aa is without its name/.test(line)));
      assert.equal(flashed(bench, "one", "aa").name, "台所");
      assert.match(bench.text("one", "bb.svg"), /Küche/);
    }));
});

describe("npm run factory, told wrong (SEC-06)", () => {
  const refused = (args: readonly string[], line: RegExp) =>
    it(`refuses ${args.join(" ").slice(0, 60) || "nothing"}`, () =>
      withBench((bench) => {
        assert.equal(bench.runAlone(args.map((arg) => arg.replace("OUT", bench.path("one")))), 2);
        assert.equal(bench.errors.length, 1);
        assert.match(bench.errors[0] ?? "", line);
        assert.deepEqual(bench.out, []);
        assert.deepEqual(bench.names(), []);
      }));
  refused([], /--out is missing; usage: /);
  refused(["--out", "OUT"], /one of --count and --devices/);
  refused(["--out", "OUT", "--count", "1", "--devices", "x"], /one of --count and --devices/);
  refused(["--out", "", "--count", "1"], /--out is missing/);
  for (const [out, ledger] of [
    ["OUT", "OUT"],
    ["OUT/a", "OUT"],
    ["OUT", "OUT/a"],
  ] as const) {
    refused(["--out", out, "--count", "1", "--ledger", ledger], /--out and --ledger are one/);
  }
  refused(["--out", "/", "--count", "1"], /--out is no name for a folder/);
  refused(["--out", "OUT", "--out", "OUT", "--count", "1"], /--out stands twice/);
  refused(["--out", "OUT", "--count", "0"], /1 to 10000 devices/);
  refused(["--out", "OUT", "--count", "10001"], /1 to 10000 devices/);
  refused(["--out", "OUT", "--count", "1e3"], /1 to 10000 devices/);
  for (const count of ["0", "10001"])
    it(`looks at --count ${count} before the ledger and at what was cut short`, () =>
      withBench((bench) => {
        assert.equal(
          bench.runAlone(["--out", bench.path("one"), "--ledger", "/dev/null", "--count", count]),
          2,
        );
        assert.match(bench.errors[0] ?? "", /1 to 10000 devices/);
      }));
  refused(["--out", "OUT", "--count", "-1"], /usage/);
  refused(["--out", "OUT", "--count", "1", "--prefix", "0"], /at most 8 octets/);
  refused(["--out", "OUT", "--count", "1", "--prefix", "00".repeat(9)], /at most 8 octets/);
  refused(["--out", "OUT", "--devices", "x", "--prefix", "00"], /--prefix is for --count/);
  refused(["--out", "OUT", "--count", "1", "--size", "24577"], /multiple of 4096/);
  refused(["--out", "OUT", "--count", "1", "--size", "8192"], /multiple of 4096/);
  refused(["--out", "OUT", "--count", "1", "--encrypt", "aes"], /--encrypt is flash or hmac/);
  refused(["--out", "OUT", "--count", "1", "more"], /usage/);
  refused(["--out", "OUT", "--count", "1", "--key"], /usage/);
  refused(["--out", "OUT", "--devices", "/nowhere.csv"], /\/nowhere\.csv cannot be used: ENOENT/);
  refused(["--out", "OUT", "--devices", "/"], /\/ cannot be used: EINVAL/);
  refused(["--out", "OUT", "--devices", "/dev/zero"], /\/dev\/zero cannot be used: EINVAL/);
});
