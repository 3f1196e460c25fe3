import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("main.js", import.meta.url));

/** `npm run fuzz`: what it says, and its exit code; ended by a signal after its first line when that is wanted. */
async function fuzz(args: readonly string[], ended = false): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const hear = (part: Buffer): void => {
    said += part.toString();
    if (ended && said === "seed 7\n") child.kill("SIGTERM");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

describe("a long run of the fuzzer, in pieces", () => {
  it("goes on where the one before has ended, and says from where to where", async () => {
    const piece = ["records", "--seed", "7", "--from", "1000", "--inputs", "500"];
    const { code, said } = await fuzz(piece);
    assert.equal(code, 0, said);
    assert.match(said, /^seed 7\nrecords +500 inputs 1000 to 1500, \d+ behaviours, no fault\n$/);
    assert.equal((await fuzz(piece)).said, said, "the same again");
    const whole = await fuzz(["records", "--seed", "7", "--inputs", "500"]);
    assert.match(whole.said, /^seed 7\nrecords +500 inputs, \d+ behaviours, no fault\n$/);
  });

  it("says how far it came when it is ended", async () => {
    const { code, said } = await fuzz(["records", "--seed", "7", "--minutes", "5"], true);
    assert.equal(code, 0, said);
    assert.match(said, /^seed 7\nrecords +\d+ inputs 0 to \d+, \d+ behaviours, no fault\n$/);
  });

  it("takes no piece that is none", async () => {
    for (const from of ["0.5", "soon"]) assert.equal((await fuzz(["records", "--from", from])).code, 2);
  });
});
