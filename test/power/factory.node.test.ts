import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type Disk, realDisk } from "../../hosts/factory/disk.js";
import { FactoryBench } from "../hosts/factory/bench.js";
import { PowerCut } from "../support/memoryStore.js";

const hows = ["before", "half", "after"] as const;

/** A disk whose power is cut at its n-th operation, and then nothing works. */
function cutting(
  at: number,
  how: (typeof hows)[number],
): { readonly disk: Disk; readonly operations: () => number } {
  let operations = 0;
  const wrap =
    <Args extends readonly unknown[]>(work: (...args: Args) => void, half?: (...args: Args) => void) =>
    (...args: Args): void => {
      operations++;
      if (operations < at) return work(...args);
      if (operations === at && how === "after") work(...args);
      if (operations === at && how === "half") half?.(...args);
      throw new PowerCut();
    };
  const disk: Disk = {
    makeFolder: wrap(realDisk.makeFolder),
    writeNew: wrap(realDisk.writeNew, (path, content) =>
      writeFileSync(path, content.slice(0, content.length / 2)),
    ),
    link: wrap(realDisk.link),
    rename: wrap(realDisk.rename),
    remove: wrap(realDisk.remove),
    sync: wrap(realDisk.sync),
  };
  return { disk, operations: () => operations };
}

function onBench(work: (bench: FactoryBench) => void): void {
  const bench = new FactoryBench(11);
  try {
    work(bench);
  } finally {
    bench.close();
  }
}

/** Entity IDs and fingerprints in the ledger. */
const issuedOn = (bench: FactoryBench): readonly string[] =>
  bench.names().includes("ledger")
    ? bench
        .names("ledger")
        .filter((name) => !name.startsWith("."))
        .flatMap((name) => bench.text("ledger", name).split("\n").slice(2, -2))
    : [];

const listOf = (bench: FactoryBench, batch: string) => bench.devices(batch).map(({ entityID }) => entityID);

describe("the factory under power cuts (SEC-06)", () => {
  const args = ["--count", "2", "--encrypt", "flash"] as const;
  let operations = 0;
  onBench((bench) => {
    const { disk, operations: done } = cutting(Number.POSITIVE_INFINITY, "before");
    bench.batchOn(disk, "one", ...args);
    operations = done();
  });

  it("is cut at every write there is", () => assert.ok(operations > 15, `${operations}`));

  for (const how of hows) {
    it(`issues a batch whole or not at all, ${how} each of its writes, and goes on when it is told again`, () => {
      for (let at = 1; at <= operations; at++) {
        onBench((bench) => {
          assert.throws(() => bench.batchOn(cutting(at, how).disk, "one", ...args), PowerCut);
          const before = issuedOn(bench);
          assert.ok(before.length === 0 || before.length === 2, `${at}: ${before.length}`);
          const whole = bench.names().includes("one");
          assert.ok(!whole || before.length === 2, "nothing is there that was not issued");
          assert.equal(bench.batch("one", ...args), whole ? 2 : 0, bench.errors.join());
          const listed = listOf(bench, "one");
          assert.deepEqual(
            issuedOn(bench).map((line) => line.split(" ")[0]),
            listed,
          );
          assert.equal(bench.names("one").length, 2 * 3 + 2);
          if (before.length === 0) return;
          assert.deepEqual(before, issuedOn(bench), "what was issued is what comes to its place");
          if (!whole) assert.match(bench.out.at(-1) ?? "", /it is whole now, and no new devices were made/);
        });
      }
    });

    it(`never issues a maker's own Entity ID twice, cut ${how} each write`, () => {
      for (let at = 1; at <= operations; at += 2) {
        onBench((bench) => {
          const file = bench.write("in.csv", "entityID\naa\nbb\n");
          assert.throws(
            () => bench.batchOn(cutting(at, how).disk, "one", "--devices", file, "--encrypt", "flash"),
            PowerCut,
          );
          const issued = issuedOn(bench).length > 0;
          assert.equal(bench.batch("two", "--devices", file), issued ? 2 : 0);
          assert.equal(issuedOn(bench).length, 2);
        });
      }
    });
  }

  it("tells of what was never issued, and leaves it to the maker", () =>
    onBench((bench) => {
      assert.throws(() => bench.batchOn(cutting(4, "after").disk, "one", ...args), PowerCut);
      const [left = ""] = bench.names();
      assert.match(left, /^\.one\.[0-9a-f]{16}$/);
      assert.equal(bench.batch("one", ...args), 0);
      assert.ok(bench.out.some((line) => line.includes(left) && /none of it is issued/.test(line)));
      assert.ok(bench.names().includes(left));
    }));
});

describe("the factory on a disk that fails (SEC-06)", () => {
  it("leaves nothing behind and issues nothing when a write is refused, and says which", () => {
    for (let at = 1; ; at++) {
      let operations = 0;
      const full = (path: string, content: Uint8Array): void => {
        if (++operations === at) throw Object.assign(new Error("full"), { code: "ENOSPC", path });
        realDisk.writeNew(path, content);
      };
      let refused = true;
      onBench((bench) => {
        refused = bench.batchOn({ ...realDisk, writeNew: full }, "one", "--count", "2") === 2;
        if (!refused) return;
        assert.match(bench.errors[0] ?? "", /cannot be used: ENOSPC$/);
        assert.deepEqual(issuedOn(bench), []);
        assert.ok(bench.names().every((name) => name === "ledger"));
      });
      if (!refused) break;
      assert.ok(at < 20);
    }
  });

  it("needs hard links for the ledger, and says so", () =>
    onBench((bench) => {
      const link = (): never => {
        throw Object.assign(new Error("no links"), { code: "EPERM" });
      };
      assert.equal(bench.batchOn({ ...realDisk, link }, "one", "--count", "1"), 2);
      assert.match(bench.errors[0] ?? "", /the ledger's file system has no hard links; .*--ledger/);
      assert.deepEqual(bench.names(), ["ledger"]);
      assert.deepEqual(bench.names("ledger"), []);
    }));

  const broken = (path: string): never => {
    throw Object.assign(new Error("broken"), { code: "EIO", path });
  };
  const sync = (path: string): void => (path.endsWith("ledger") ? broken(path) : realDisk.sync(path));
  for (const [what, failing] of [
    ["its renaming", { rename: broken }],
    ["what makes the ledger durable", { sync }],
  ] as const) {
    it(`keeps a batch that was issued when only ${what} fails, and brings it to its place later`, () =>
      onBench((bench) => {
        assert.equal(bench.batchOn({ ...realDisk, ...failing }, "one", "--count", "2"), 2);
        assert.equal(issuedOn(bench).length, 2);
        assert.equal(bench.batch("one", "--count", "2"), 0);
        assert.equal(listOf(bench, "one").length, 2);
        assert.equal(issuedOn(bench).length, 2);
      }));
  }
});
