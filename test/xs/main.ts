import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { buildXs, here, root } from "./build.js";
import { type FileResult, runFile } from "./runner.js";

/**
 * `node build/test/xs/main.js [filter]`: runs every test that is not only for Node on XS. Exits with 0 only when tests
 * ran and all passed, or when there is no compiler to build XS with, which is said.
 */
const parallel = 2;

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (path.endsWith(".test.js") && !path.endsWith(".node.test.js")) yield path;
  }
}

function tell({ file, results, seconds }: FileResult): void {
  const failed = results.filter((one) => !one.passed);
  process.stdout.write(
    `${failed.length === 0 ? "ok  " : "FAIL"} ${relative(root, file)} (${results.length}, ${seconds.toFixed(1)} s)\n`,
  );
  for (const { title, error } of failed) {
    process.stdout.write(`     ${title}\n`);
    if (error !== undefined) process.stdout.write(`       ${error.trim().split("\n").join("\n       ")}\n`);
  }
}

async function main(filter: string | undefined): Promise<number> {
  const built = await buildXs();
  if ("skipped" in built) {
    process.stdout.write(`skipped: XS tests, because ${built.skipped}\n`);
    return 0;
  }
  const queue = [...files(join(here, ".."))]
    .filter((file) => filter === undefined || file.includes(filter))
    .sort();
  let [passed, failed] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runFile(built.path, file, relative(root, file));
      tell(result);
      for (const one of result.results) one.passed ? passed++ : failed++;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (passed + failed === 0) process.stdout.write("no XS tests were found\n");
  process.stdout.write(`XS (${built.width}-bit): ${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
