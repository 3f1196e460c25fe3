import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readDevices } from "../../hosts/factory/devicesFile.js";
import { type Disk, realDisk } from "../../hosts/factory/disk.js";
import { NamedError } from "../../src/base/errors.js";
import { FactoryBench, withBench } from "../hosts/factory/bench.js";
import { SeededRandom } from "../support/seededRandom.js";

const key = (which: string): string => createHash("sha256").update(which).digest("hex");

function refusal(text: string): string {
  try {
    readDevices(new TextEncoder().encode(text));
  } catch (error) {
    if (error instanceof NamedError) return error.message;
    throw error;
  }
  return "taken";
}

describe("attacks by the file of devices (SEC-06)", () => {
  it("an Entity ID that is a path names no file", () => {
    for (const id of [
      "../../aa",
      "/etc/passwd",
      "aa/bb",
      "..",
      "aa\0",
      "aa%2f",
      "C:",
      "aa ",
      " aa",
      "aa\t",
    ]) {
      assert.match(refusal(`entityID\n${id}\n`), /line 2: the Entity ID is not/);
    }
  });

  it("one Entity ID written in another way is the same, or none", () => {
    assert.match(refusal("entityID\nabcd\nABCD\n"), /line 3: the Entity ID of line 2 again/);
    assert.match(refusal('entityID\nabcd\n"aBcD"\n'), /line 3: the Entity ID of line 2 again/);
    for (const id of ["ａｂｃｄ", "аbcd", "ab\u200bcd", "ab\u0301cd", "１２", "١٢", "ab:cd", "0xabcd"]) {
      assert.match(refusal(`entityID\nabcd\n${id}\n`), /line 3: the Entity ID is not/);
    }
  });

  it("a name that a spreadsheet would compute is refused, in whatever letters", () => {
    for (const name of [
      "=1+1",
      "+1",
      "-1",
      "@SUM(A1)",
      '"=HYPERLINK(""http://x"",""y"")"',
      "＝1",
      "＋1",
      "－1",
      "＠x",
    ]) {
      assert.match(refusal(`entityID,name\naa,${name}\n`), /line 2: the name begins with/);
    }
    for (const name of ["\t=1", "\r=1", "\u00a0=1", " =1"]) {
      assert.match(refusal(`entityID,name\naa,${name}\n`), /line 2: the name/);
    }
  });

  it("a name that shows as another is refused: turned around, hidden, broken over lines", () => {
    for (const name of [
      "\ufeffa",
      "a\u202eb",
      "a\u2066b",
      "a\u200bb",
      "a\u0007b",
      "a\u2028b",
      "a\u00adb",
      "a\ufeffb",
      "a\u0000b",
    ]) {
      assert.match(
        refusal(`entityID,name\naa,${name}\n`),
        /line 2: the name has characters that cannot be seen/,
      );
    }
  });

  it("a name is no drawing of its own on a label", () =>
    withBench((bench) => {
      const file = bench.write("in.csv", 'entityID,name\naa,</text><script>\nbb,) Tj (x\ncc,"a""b"\n');
      assert.equal(bench.batch("one", "--devices", file), 0, bench.errors.join());
      assert.match(bench.text("one", "aa.svg"), />&lt;\/text&gt;&lt;script&gt;<\/text>/);
    }));

  it("columns named as what every object has are unknown", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      assert.match(refusal(`entityID,${name}\naa,x\n`), /line 1: does not name the columns/);
    }
  });
});

describe("attacks by what stands where the factory writes (SEC-06)", () => {
  const refusesAndKeeps = (prepare: (bench: FactoryBench) => void): void =>
    withBench((bench) => {
      mkdirSync(bench.path("elsewhere"));
      prepare(bench);
      assert.equal(bench.batch("one", "--count", "1"), 2);
      assert.match(bench.errors[0] ?? "", /something is there already/);
      assert.deepEqual(bench.names("elsewhere"), []);
      assert.ok(!bench.names().includes("ledger"));
    });

  it("a link to a folder, to nowhere, a file, an empty folder: none is written to", () => {
    refusesAndKeeps((bench) => symlinkSync(bench.path("elsewhere"), bench.path("one")));
    refusesAndKeeps((bench) => symlinkSync(bench.path("nowhere"), bench.path("one")));
    refusesAndKeeps((bench) => void bench.write("one", "mine"));
    refusesAndKeeps((bench) => mkdirSync(bench.path("one")));
  });

  it("a file, or a link to one or to nowhere, is never written through", () =>
    withBench((bench) => {
      const mine = bench.write("mine", "mine");
      symlinkSync(mine, bench.path("link"));
      symlinkSync(bench.path("nowhere"), bench.path("dangling"));
      for (const name of ["mine", "link", "dangling"]) {
        assert.throws(() => realDisk.writeNew(bench.path(name), new Uint8Array(9)), { code: "EEXIST" });
        assert.throws(() => realDisk.link(mine, bench.path(name)), { code: "EEXIST" });
        assert.throws(() => realDisk.makeFolder(bench.path(name)), { code: "EEXIST" });
      }
      assert.equal(bench.text("mine"), "mine");
      assert.ok(!bench.names().includes("nowhere"));
    }));

  it("a link in the ledger's folder is damage, whatever it leads to", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "1"), 0);
      symlinkSync(bench.path("ledger", "000001"), bench.path("ledger", "000002"));
      assert.equal(bench.batch("two", "--count", "1"), 2);
      assert.match(bench.errors[0] ?? "", /the ledger is damaged.*000002/);
    }));
});

describe("attacks on the ledger (SEC-06)", () => {
  const damaged = (harm: (bench: FactoryBench) => void, which: string): void =>
    withBench((bench) => {
      const file = bench.write("in.csv", "entityID\naa\nbb\n");
      assert.equal(bench.batch("one", "--devices", file), 0);
      assert.equal(bench.batch("two", "--count", "1"), 0);
      harm(bench);
      assert.equal(bench.batch("three", "--devices", file), 2);
      assert.match(bench.errors[0] ?? "", new RegExp(`the ledger is damaged.*${which}`));
      assert.ok(!bench.names().includes("three"));
    });

  it("an entry that is missing, empty, cut, altered or exchanged stops the factory", () => {
    damaged((bench) => rmSync(bench.path("ledger", "000001")), "000001");
    damaged((bench) => void bench.write("ledger/000001", ""), "000001");
    damaged(
      (bench) => void bench.write("ledger/000001", bench.text("ledger", "000001").slice(0, -1)),
      "000001",
    );
    damaged(
      (bench) => void bench.write("ledger/000001", bench.text("ledger", "000001").replace("aa ", "ac ")),
      "000001",
    );
    damaged((bench) => void bench.write("ledger/000001", bench.text("ledger", "000002")), "000001");
    damaged((bench) => void bench.write("ledger/000003", bench.text("ledger", "000002")), "000003");
    damaged((bench) => void bench.write("ledger/000004", "x"), "000003");
  });

  it("an entry made up whole, but for the entries before it, stops the next", () =>
    damaged((bench) => {
      const lines = bench
        .text("ledger", "000001")
        .split("\n")
        .filter((line) => !line.startsWith("aa"));
      const body = `${lines.slice(0, -2).join("\n")}\n`;
      bench.write(
        "ledger/000001",
        `${body}check ${createHash("sha256").update("").update(body).digest("hex")}\n`,
      );
    }, "000002"));

  it("says nothing of a key", () =>
    withBench((bench) => {
      assert.equal(bench.batch("one", "--count", "3"), 0);
      const text = bench.text("ledger", "000001");
      for (const device of bench.devices("one")) {
        for (let at = 0; at < 64; at += 8) assert.ok(!text.includes(device.key.slice(at, at + 8)));
      }
    }));
});

describe("attacks on secrecy in the factory (SEC-06)", () => {
  it("no key is on a label, in a name of a file, or on the terminal, refused or not", () =>
    withBench((bench) => {
      const file = bench.write("in.csv", `entityID,temporaryKey\naa,${key("a")}\nbb,${key("b")}\n`);
      assert.equal(bench.batch("one", "--devices", file), 0);
      assert.equal(bench.batch("two", "--devices", file), 2);
      const shown = [
        ...bench.out,
        ...bench.errors,
        ...bench.names("one"),
        ...bench
          .names("one")
          .filter((name) => /svg|pdf/.test(name))
          .map((name) => bench.text("one", name)),
      ].join("\n");
      for (const one of [key("a"), key("b")]) {
        assert.ok(!shown.toLowerCase().includes(one.slice(0, 12)));
        assert.ok(bench.text("one", "devices.csv").includes(one));
      }
    }));

  it("what was to be written is wiped, and so are the keys, whether it was written or not", () => {
    for (const failing of [false, true]) {
      withBench((bench) => {
        const written: Uint8Array[] = [];
        const drawn: Uint8Array[] = [];
        const writeNew: Disk["writeNew"] = (path, content) => {
          written.push(content);
          if (failing && path.endsWith("devices.csv"))
            throw Object.assign(new Error(), { code: "ENOSPC", path });
          realDisk.writeNew(path, content);
        };
        const seeded = new SeededRandom(3);
        const random = {
          fill(into: Uint8Array): void {
            seeded.fill(into);
            if (into.length >= 32) drawn.push(into);
          },
        };
        const args = [
          "--ledger",
          bench.path("ledger"),
          "--out",
          bench.path("one"),
          "--count",
          "2",
          "--encrypt",
          "flash",
        ];
        assert.equal(bench.runAlone(args, { ...realDisk, writeNew }, random), failing ? 2 : 0);
        assert.equal(drawn.length, 4, "two Temporary Keys, two keys of flash");
        // Image, keys and label of each, all labels, the import file.
        for (const one of [...drawn, ...written.slice(0, 8)]) assert.ok(one.every((octet) => octet === 0));
      });
    }
  });

  it("a generator that gives no random octets makes no devices", () =>
    withBench((bench) => {
      const stuck = { fill: (into: Uint8Array) => void into.fill(7) };
      assert.equal(bench.runAlone(["--out", bench.path("one"), "--count", "1"], realDisk, stuck), 2);
      assert.match(bench.errors[0] ?? "", /the generator of random numbers gives none/);
      assert.deepEqual(bench.names(), []);
    }));
});

/** The program itself, as another process. */
function start(args: readonly string[]): Promise<number | null> {
  const program = fileURLToPath(new URL("../../hosts/factory/factory.js", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: "ignore" });
  return new Promise((resolve) => child.on("exit", resolve));
}

describe("several factories at one time (SEC-06)", () => {
  it("issue the same devices once, and others one after the other", async () => {
    const bench = new FactoryBench();
    try {
      const file = bench.write("in.csv", "entityID\naa\nbb\n");
      const of = (name: string, ...more: readonly string[]) =>
        start(["--ledger", bench.path("ledger"), "--out", bench.path(name), ...more]);
      const same = await Promise.all(["1", "2", "3", "4"].map((name) => of(name, "--devices", file)));
      assert.deepEqual([...same].sort(), [0, 2, 2, 2]);
      const others = await Promise.all(["5", "6", "7", "8"].map((name) => of(name, "--count", "3")));
      assert.deepEqual(others, [0, 0, 0, 0]);
      assert.deepEqual(bench.names("ledger"), ["000001", "000002", "000003", "000004", "000005"]);
      assert.equal(await of("9", "--count", "1"), 0, "the ledger is whole");
    } finally {
      bench.close();
    }
  });

  it("notice what another has issued at the last moment", () =>
    withBench((bench) => {
      const file = bench.write("in.csv", "entityID\naa\n");
      let raced = false;
      const link: Disk["link"] = (path, name) => {
        if (!raced) {
          raced = true;
          assert.equal(bench.batch("first", "--devices", file), 0);
        }
        realDisk.link(path, name);
      };
      assert.equal(bench.batchOn({ ...realDisk, link }, "second", "--devices", file), 2);
      assert.match(bench.errors[0] ?? "", /issued before, and never twice.*Entity ID aa.*000001/);
      assert.deepEqual(bench.names(), ["first", "in.csv", "ledger"]);
      assert.equal(readFileSync(bench.path("first", "devices.csv"), "utf8").split("\n").length, 3);
    }));

  it("do not mind when another brings what they have just issued to its place", () =>
    withBench((bench) => {
      const link: Disk["link"] = (path, name) => {
        realDisk.link(path, name);
        assert.equal(bench.batch("one", "--count", "1"), 0);
        assert.match(bench.out.at(-1) ?? "", /it is whole now/);
      };
      assert.equal(bench.batchOn({ ...realDisk, link }, "one", "--count", "2"), 0, bench.errors.join());
      assert.equal(bench.devices("one").length, 2);
      assert.deepEqual(bench.names("ledger"), ["000001"]);
    }));

  it("leave a batch whose place another took beside it, and say where", () =>
    withBench((bench) => {
      const link: Disk["link"] = (path, name) => {
        realDisk.link(path, name);
        mkdirSync(bench.path("one"));
      };
      assert.equal(bench.batchOn({ ...realDisk, link }, "one", "--count", "1"), 2);
      assert.match(
        bench.errors[0] ?? "",
        /the batch is issued, and its place is taken; rename \(.*\.one\.[0-9a-f]{16} to /,
      );
      assert.equal(bench.batch("one", "--count", "1"), 2);
      rmSync(bench.path("one"), { recursive: true });
      assert.equal(bench.batch("one", "--count", "1"), 0);
      assert.equal(bench.devices("one").length, 1);
    }));
});
