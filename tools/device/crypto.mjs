// The vectors and contracts of every back end, run on the device's native crypto inside a build of the Moddable SDK.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildProgram, missingSdk } from "./program.mjs";

const say = (line) => process.stdout.write(`${line}\n`);

/** The lines of test/xs/mocha.ts. What breaks off is a failed test. */
function results({ stdout, stderr, status, signal }) {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => JSON.parse(line));
  const tests = parsed.filter((line) => "passed" in line);
  if (status !== 0 || !parsed.some((line) => line.ended) || tests.length === 0) {
    const error = `${stderr.trim()}\nexit ${status ?? signal}, after: ${tests.at(-1)?.title ?? "its start"}`;
    tests.push({ passed: false, title: "the program runs to its end", error });
  }
  return tests;
}

/** Each of XS's chunks in a block of its own, so that an octet too far is seen. */
const sanitizer = "gcc -w -g -fsanitize=address -fno-omit-frame-pointer -DmxNoChunks=1";

/**
 * Says what failed and how many passed; false when a test failed. `sanitized`: XS and our C under gcc's address
 * sanitizer, which takes a minute to build. Without the SDK: one line that says "skipped".
 */
export function testCrypto({ sanitized = false } = {}) {
  const missing = missingSdk();
  if (missing !== undefined) {
    say(`skipped: native crypto in the Moddable SDK, because ${missing}`);
    return true;
  }
  const program = buildProgram({
    name: sanitized ? "sanitized" : "crypto",
    entries: ["test/xs/mocha.js", "test/hosts/esp32/crypto/onDevice.js", "test/xs/run.js"],
    manifests: ["hosts/esp32/crypto/manifest.json"],
    compiler: sanitized ? sanitizer : undefined,
  });
  const tests = results(spawnSync(program, { encoding: "utf8", maxBuffer: 1 << 26, timeout: 300_000 }));
  const failed = tests.filter((one) => !one.passed);
  for (const { title, error } of failed)
    say(`FAIL ${title}\n       ${String(error).split("\n").join("\n       ")}`);
  const how = sanitized ? ", sanitized" : "";
  say(
    `native crypto in the Moddable SDK${how}: ${tests.length - failed.length} passed, ${failed.length} failed`,
  );
  return failed.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = testCrypto({ sanitized: process.argv.includes("--sanitized") }) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`cpns: ${error.message}\n`);
    process.exitCode = 1;
  }
}
