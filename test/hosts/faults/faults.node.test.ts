import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { ownCertificate, pinOf } from "../../../hosts/node/https/certificate.js";
import { everyFault } from "../../support/everyFault.js";
import { freePort, gatewayFile, Household, serverFile } from "../../support/household.js";
import { operated } from "../../support/operator.js";
import { ran } from "../../support/programs.js";
import { skippedFor } from "../../support/skipped.js";

let home: Household;
/** A new household for each test. */
function withHome(): void {
  beforeEach(() => {
    home = new Household();
  });
  afterEach(() => home.close());
}

/** The pin that a Server shows to a new connection. */
function shownPin(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(pinOf(socket.getPeerCertificate(true).raw));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("a Server whose certificate is replaced", function () {
  this.timeout(60_000);
  withHome();

  it("shows the new one after SIGHUP, and keeps the one it has when the files do not fit", async () => {
    const files = ["cert.pem", "key.pem"].map((name) => join(home.folder, name));
    const [cert = "", key = ""] = files;
    const pair = async (folder: string): Promise<string> => {
      mkdirSync(join(home.folder, folder));
      const { pin } = await ownCertificate(join(home.folder, folder), ["localhost"]);
      cpSync(join(home.folder, folder, "tls-cert.pem"), cert);
      cpSync(join(home.folder, folder, "tls-key.pem"), key);
      return pin;
    };
    const first = await pair("first");
    const server = await home.server(["--cert", cert, "--key", key]);
    assert.equal(await shownPin(home.port), first);
    const second = await pair("second");
    server.signal("SIGHUP");
    await server.says(/"server\.certificate"/);
    assert.equal(await shownPin(home.port), second);
    writeFileSync(key, "no key");
    server.signal("SIGHUP");
    await server.says(/"server\.certificateFailed"/);
    assert.equal(await shownPin(home.port), second);
  });
});

describe("a Server whose clock is wrong", function () {
  this.timeout(60_000);
  withHome();

  it("assigns no key, says so, and assigns one once the clock is right", async function () {
    if (!everyFault) skippedFor(this, "a Server with a wrong clock", "CPNS_FAULTS=all was not said");
    const shift = "const now = Date.now; Date.now = () => now() - 1_700_000_000_000;";
    const early = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
    await home.user("alice");
    const server = await home.server([], early);
    await home.gateway();
    const refused = await home.ask("enrol");
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /the Server's clock is wrong/);
    await server.kill("SIGTERM");
    await home.server();
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 0, errors);
  });
});

describe("a disk that is full, or cannot be written", function () {
  this.timeout(60_000);
  withHome();

  const disks: string[] = [];

  before(function () {
    if (!everyFault) skippedFor(this, "a full disk", "CPNS_FAULTS=all was not said");
  });
  after(() => {
    for (const disk of disks) {
      // Whoever still has a file open there does not keep it from going.
      spawnSync("umount", ["-l", disk]);
      rmSync(disk, { recursive: true });
    }
  });

  /** A disk of 3 MB; skips, in words, where none may be mounted. */
  function mounted(context: Mocha.Context, options: string): string {
    const disk = mkdtempSync(join(tmpdir(), "cpns-disk-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
    if (status !== 0) {
      rmSync(disk, { recursive: true });
      skippedFor(context, "a full disk", "only root may mount one of 3 MB");
    }
    disks.push(disk);
    return disk;
  }

  function fill(disk: string): string {
    const file = join(disk, "filling");
    assert.throws(() => writeFileSync(file, new Uint8Array(4 << 20)), { code: "ENOSPC" });
    return file;
  }

  const ready = async (port: number): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  /** By itself, a second later at most; what SQLite's log has room for still is written first. */
  async function becomes(port: number, status: number): Promise<void> {
    while ((await ready(port)) !== status) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  it("stops neither Server nor gateway: they say so, /readyz too, and go on when there is room again", async function () {
    home.place = mounted(this, "size=3m");
    const health = await freePort();
    const server = await home.server(["--metrics", `127.0.0.1:${health}`]);
    await home.user("alice");
    await home.gateway();
    assert.equal(await ready(health), 200);
    const file = fill(home.place);
    await becomes(health, 503);
    const first = await home.ask("enrol");
    assert.equal(first.code, 1);
    assert.match(first.errors, /the Server is not reached|has no room/);
    await server.says(/"http\.unavailable","error":"database\.away"/);
    assert.equal(await ready(health), 503);
    rmSync(file);
    await becomes(health, 200);
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 0, errors);
    const lamp = home.device();
    const again = fill(home.place);
    await lamp.reads(/^welcome/);
    rmSync(again);
    await lamp.enrol();
    const checked = await operated(["check", ...home.data]);
    assert.equal(checked.code, 0, checked.errors);
  });

  it("is said in one line where a program cannot begin on it", async function () {
    const disk = mounted(this, "size=3m,ro");
    const state = ["--state", join(disk, "fresh"), "--server", "https://127.0.0.1:9"];
    for (const [program, args] of [
      [gatewayFile, state],
      [serverFile, ["--data", join(disk, "fresh")]],
      [serverFile, ["init", "--data", join(disk, "fresh")]],
    ] as const) {
      const { code, errors } = await ran(program, args);
      assert.equal(code, 1);
      assert.match(errors, /cannot be used \((EROFS|ENOENT)\)\n$/);
    }
  });

  it("takes no key from a gateway that gets one while there is no room for it", async function () {
    await home.server();
    await home.user("alice");
    home.place = mounted(this, "size=3m");
    const gateway = await home.gateway();
    const file = fill(home.place);
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 1);
    assert.match(errors, /has no room/);
    rmSync(file);
    const again = await home.ask("enrol");
    assert.equal(again.code, 0, again.errors);
    await gateway.kill();
    await home.gateway();
    const connected = await home.ask("connect");
    assert.equal(connected.code, 0, connected.errors);
  });
});
