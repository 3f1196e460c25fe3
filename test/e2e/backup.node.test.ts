import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Household } from "../support/household.js";
import type { Ended } from "../support/operator.js";
import { unlessFew } from "../support/sampled.js";

let home: Household;

const program = fileURLToPath(new URL("../../hosts/server/server.js", import.meta.url));

/** A command of `cpns server` as a process of its own, as an operator runs it. */
const operate = (...command: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    execFile(process.execPath, [program, ...command, ...home.data], (error, out, errors) => {
      done({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });

async function done(...command: readonly string[]): Promise<string> {
  const { code, out, errors } = await operate(...command);
  assert.equal(code, 0, errors);
  return out;
}

async function refused(words: RegExp, ...command: readonly string[]): Promise<void> {
  const { code, errors } = await operate(...command);
  assert.equal(code, 1, command.join(" "));
  assert.match(errors, words);
  assert.equal(errors.trim().split("\n").length, 1, errors);
}

describe("a back-up of a Server that runs", function () {
  this.timeout(120_000);
  before(function () {
    unlessFew(this, "a back-up by programs");
  });
  beforeEach(() => {
    home = new Household();
  });
  afterEach(() => home.close());

  it("is put back after devices went on: they are in their networks at once, with the keys that they have (C-25)", async () => {
    const server = await home.server();
    await home.user("alice");
    await home.gateway();
    assert.equal((await home.ask("enrol")).code, 0);
    const lamp = home.device();
    await lamp.enrol();
    lamp.enter();
    const file = join(home.folder, "monday.backup");
    const [held] = /^\d+ rows/.exec(await done("backup", file)) ?? assert.fail("no number");
    await lamp.startsNetwork();
    await home.user("bob");
    await refused(/in use by another process: stop that Server/, "restore", file, "--replace");
    await server.kill("SIGTERM");
    await refused(/--replace/, "restore", file);
    assert.ok((await done("restore", file, "--replace")).startsWith(`${held} of `), "as many as it had");
    assert.equal(await done("users"), (await done("users")).replace(/bob.*\n/, ""), "as it was then");
    await home.server();
    assert.equal((await home.ask("connect")).code, 0);
    lamp.enter();
    await lamp.reads(/^error: Session ended/);
    lamp.escape();
    // It takes part anew as soon as nobody uses it.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    // The Server's next LocalEUKey id by the back-up alone would be the one that the lamp has had since.
    await lamp.persists("alice", /^message: From the Server/);
    assert.match(await done("check"), /every row opens/);
  });
});
