import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../../hosts/factory/command.js";
import { type Disk, realDisk } from "../../../hosts/factory/disk.js";
import type { Run } from "../../../hosts/factory/flash.js";
import type { Random } from "../../../src/base/ports.js";
import { SeededRandom } from "../../support/seededRandom.js";

/** The factory's command in a folder of its own, which `close` removes. */
export class FactoryBench {
  readonly root = mkdtempSync(join(tmpdir(), "cpns-factory-"));
  readonly out: string[] = [];
  readonly errors: string[] = [];
  readonly #random: SeededRandom;

  constructor(seed = 1) {
    this.#random = new SeededRandom(seed);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** With these arguments and no others; returns the exit code. */
  runAlone(
    args: readonly string[],
    disk: Disk = realDisk,
    random: Random = this.#random,
    run: Run = () => assert.fail("nothing is run"),
  ): number {
    return command(args, {
      disk,
      random,
      run,
      terminal: { out: (line) => this.out.push(line), error: (line) => this.errors.push(line) },
    });
  }

  /** Into the folder `name`, with the bench's ledger. */
  batch(name: string, ...more: readonly string[]): number {
    return this.batchOn(realDisk, name, ...more);
  }

  batchOn(disk: Disk, name: string, ...more: readonly string[]): number {
    return this.runAlone(["--ledger", this.path("ledger"), "--out", this.path(name), ...more], disk);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  text(...names: readonly string[]): string {
    return readFileSync(this.path(...names), "utf8");
  }

  octets(...names: readonly string[]): Buffer {
    return readFileSync(this.path(...names));
  }

  names(...folder: readonly string[]): readonly string[] {
    return readdirSync(this.path(...folder)).sort();
  }

  /** Permissions, in octal. */
  mode(...names: readonly string[]): string {
    return (statSync(this.path(...names)).mode & 0o777).toString(8);
  }

  /** Entity ID and key of each device in a batch's import file, in hexadecimal. */
  devices(
    batch: string,
  ): readonly { readonly entityID: string; readonly key: string; readonly name: string }[] {
    const [, ...lines] = this.text(batch, "devices.csv").trimEnd().split("\n");
    return lines.map((line) => {
      const [entityID = "", key = "", name = ""] = line.split(",");
      return { entityID, key, name };
    });
  }
}

/** Runs `work` on a bench that is removed afterwards. */
export function withBench(work: (bench: FactoryBench) => void): void {
  const bench = new FactoryBench();
  try {
    work(bench);
  } finally {
    bench.close();
  }
}
