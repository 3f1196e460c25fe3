// The device's native crypto against noble, measured inside a build of the Moddable SDK.
import { spawnSync } from "node:child_process";
import { buildProgram, missingSdk } from "./program.mjs";

/** { skipped } with the reason, or for each operation the microseconds of each back end. */
export function benchCrypto() {
  const skipped = missingSdk();
  if (skipped !== undefined) return { skipped };
  const program = buildProgram({
    name: "bench",
    entries: ["bench/onDevice.js"],
    manifests: ["hosts/esp32/crypto/manifest.json"],
    modules: ["$(MODDABLE)/modules/crypt/arith/*"],
    external: ["ec", "ecp"],
  });
  const { status, stdout, stderr } = spawnSync(program, { encoding: "utf8", timeout: 300_000 });
  if (status !== 0)
    throw new Error(`the figures of native crypto could not be measured:\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
