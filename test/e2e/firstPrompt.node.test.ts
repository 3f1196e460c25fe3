import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gatewayFile, Household, password } from "../support/household.js";
import { unlessFew } from "../support/sampled.js";
import { skipped } from "../support/skipped.js";
import { until } from "../support/until.js";

const program = fileURLToPath(new URL(`../../hosts/${gatewayFile}`, import.meta.url));
const script = "/usr/bin/script";

describe("a gateway that is started on a terminal for the first time", function () {
  this.timeout(120_000);
  const home = new Household();
  let child: ChildProcess;
  let out = "";

  before(async function () {
    unlessFew(this, "a gateway on a terminal");
    if (!existsSync(script)) skipped(this, "a gateway on a terminal", "script", "bsdutils");
    await home.server();
    await home.user("alice");
  });
  // Where a test failed before its end.
  afterEach(() => void (child.exitCode === null && child.kill()));
  after(() => home.close());

  /** On a terminal of its own, until it asks. */
  async function asks(state: string): Promise<void> {
    const at = [
      "--server",
      `https://127.0.0.1:${home.port}`,
      "--pin",
      home.pin,
      "--page",
      "no",
      "--state",
      state,
    ];
    const line = [process.execPath, program, ...at, "--radio", `virtual:${state}-air`].join(" ");
    out = "";
    child = spawn(script, ["-qec", `echo pid $$; exec ${line}`, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdout?.on("data", (data) => {
      out += String(data);
    });
    await until(() => /User ID:/.test(out), "the question");
  }

  /** What stays on the screen, without the log's lines, which go above the question. */
  const typed = (): string =>
    out
      .split("\r\x1b[K")
      .map((part, i, all) => (i < all.length - 1 ? part.slice(0, part.lastIndexOf("\n") + 1) : part))
      .join("")
      .replaceAll("\r", "")
      .replaceAll(/\{"time".*\}\n/g, "");

  async function endsWell(): Promise<void> {
    if (child.exitCode === null) await once(child, "exit");
    assert.equal(child.exitCode, 0, out);
    assert.match(out, /cpns gateway: stopped/);
    assert.doesNotMatch(out, /nothing was typed/);
  }

  it("ends in good order by Ctrl-C at its question", async () => {
    await asks(`${home.folder}/one`);
    child.stdin?.write("al\u0003");
    await endsWell();
  });

  it("ends when it is told to, though nobody has typed", async () => {
    await asks(`${home.folder}/two`);
    process.kill(Number(/pid (\d+)/.exec(out)?.[1]), "SIGTERM");
    await endsWell();
  });

  it("asks no more once its key was got at another terminal, and is as any other then", async () => {
    await asks(`${home.folder}/gw`);
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 0, errors);
    await until(() => /it has its key/.test(out), "the question to go");
    const connected = await home.ask("connect");
    assert.equal(connected.code, 0, connected.errors);
    assert.equal(child.exitCode, null);
    // What is typed now is nobody's answer, and Ctrl-C is the program's.
    child.stdin?.write("alice\r\u0003");
    await endsWell();
    assert.equal(typed().match(/User ID:/g)?.length, 1, out);
    // Not even below a line that was written since.
    assert.doesNotMatch(out.slice(out.indexOf("it has its key")), /User ID:/);
    assert.doesNotMatch(out, /Password:/);
    assert.equal(out.match(/it has its key/g)?.length, 1, out);
  });

  it("takes User ID and password that are pasted at once, and shows the User ID alone (C-37)", async () => {
    await asks(`${home.folder}/pasted`);
    child.stdin?.write(`alice\n${password}\nmore`);
    await until(() => /it has its key/.test(out), "the key");
    assert.match(typed(), /User ID: alice\nPassword: \n/);
    child.stdin?.write("\u0003");
    await endsWell();
    assert.ok(!out.includes(password), out);
  });

  it("asks anew after a paste that was wrong, and takes nothing left of it (C-37)", async () => {
    await asks(`${home.folder}/wrong`);
    child.stdin?.write("alice\r\nwonder lamp\r\nalice\r\n");
    await until(() => typed().split("User ID:").length === 3, "the question again");
    assert.match(out, /User ID or password is not right/);
    child.stdin?.write(`alice\r\n${password}\r\n`);
    await until(() => /it has its key/.test(out), "the key");
    assert.equal(typed().match(/User ID: alice\nPassword: \n/g)?.length, 2, out);
    child.stdin?.write("\u0003");
    await endsWell();
    assert.doesNotMatch(out, /lamp|kitchen table/);
  });
});
