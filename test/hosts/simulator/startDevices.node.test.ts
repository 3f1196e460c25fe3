import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { FactoryBench } from "../factory/bench.js";

const program = new URL("../../../hosts/simulator/start.js", import.meta.url).pathname;

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [program, "--no-open", ...args], { stdio: ["ignore", "pipe", "pipe"] });

/** All that the program says until it ends, with its exit code. */
async function refusal(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = start(args);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk));
  await once(child, "close");
  return { code: child.exitCode, text };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : assert.fail();
}

describe("npm start with the factory's import file (SEC-06)", () => {
  const bench = new FactoryBench();
  before(() => assert.equal(bench.batch("one", "--count", "2"), 0));
  after(() => bench.close());

  it("refuses a bad line with its number, one without a key, and a missing file, in one line", async () => {
    const good = bench.text("one", "devices.csv");
    const cases = [
      [`${good}zz,,\n`, /in\.csv: the file of devices is not taken \(line 4: the Entity ID is not/],
      [`${good}aa,,Oven\n`, /line 4: no Temporary Key/],
      [`${good}${good.split("\n")[1]}\n`, /line 4: the Entity ID of line 2 again/],
    ] as const;
    for (const [text, line] of cases) {
      const said = await refusal(["--devices", bench.write("in.csv", text)]);
      assert.equal(said.code, 2);
      assert.match(said.text, line);
      assert.equal(said.text.trimEnd().split("\n").length, 1);
    }
    const missing = await refusal(["--devices", bench.path("none.csv")]);
    assert.deepEqual([missing.code, /cannot be used: ENOENT/.test(missing.text)], [2, true]);
    assert.equal((await refusal(["--devices"])).code, 2);
  });

  it("has the Server import it, and says so", async () => {
    const child = start(["--port", String(await freePort()), "--devices", bench.path("one", "devices.csv")]);
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk;
      if (/2 devices of .*devices\.csv/.test(text)) child.kill("SIGTERM");
    });
    await once(child, "close");
    assert.match(text, /the Server has 2 devices of .*devices\.csv; the first two are sensor and lamp/);
  });
});
