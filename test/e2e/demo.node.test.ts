import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unlessFew } from "../support/sampled.js";
import { until } from "../support/until.js";

const demo = new URL("../../../tools/demo.mjs", import.meta.url).href;

describe("npm run demo", function () {
  this.timeout(120_000);

  it("has a device enrol at a Server and a gateway of their own, and leaves nothing behind", async function () {
    unlessFew(this, "the demo");
    const folder = mkdtempSync(join(tmpdir(), "cpns-demo-test-"));
    const start = `(await import(${JSON.stringify(demo)})).demo()`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", start], {
      env: { ...process.env, TMPDIR: folder },
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        out += String(data);
      });
    try {
      await until(
        () => /This device is not yet yours/.test(out) || child.exitCode !== null,
        "the first screen",
      );
      const [, user = "", password = ""] = /User ID: (\S+), password: (.+)\n/.exec(out) ?? assert.fail(out);
      assert.match(out, /pages are at https:\/\/127\.0\.0\.1:\d+\//);
      child.stdin.write("\r");
      await until(() => /User ID: _/.test(out), "the question");
      child.stdin.write(`${user}\r`);
      await until(() => /Password: _/.test(out), "the next question");
      child.stdin.write(`${password}\r`);
      await until(() => /Ready/.test(out), "its key");
      assert.equal(readdirSync(folder).length, 1);
    } finally {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
});
