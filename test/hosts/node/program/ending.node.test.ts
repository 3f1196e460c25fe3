import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

const ending = new URL("../../../../hosts/node/program/ending.js", import.meta.url).href;
/** Ends in good order a while after it was told to. */
const program = `
  const { toldToEnd } = await import(${JSON.stringify(ending)});
  const told = toldToEnd(Number(process.argv[1]));
  setInterval(() => undefined, 1_000);
  process.stdout.write("ready");
  await told;
  process.stdout.write(" told");
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.stdout.write(" stopped");
  process.exit(0);
`;

/** What it said and ended with; it is told so many times at once, and once more when it has heard it. */
async function ended(same: number, times: number): Promise<readonly [out: string, code: number | null]> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, String(same)]);
  let out = "";
  child.stdout.on("data", (data) => {
    out += String(data);
    if (String(data).includes("ready")) for (let i = 0; i < times; i++) child.kill("SIGINT");
    if (String(data).includes("told")) child.kill("SIGINT");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return [out, code];
}

describe("a program that is told to end", () => {
  it("ends in good order, however often one Ctrl-C comes to it", async () => {
    assert.deepEqual(await ended(60_000, 3), ["ready told stopped", 0]);
  });

  it("ends there and then for who tells it once more", async () => {
    assert.deepEqual(await ended(0, 1), ["ready told", 130]);
  });
});
