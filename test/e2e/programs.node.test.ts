import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { freePort, gatewayFile, Household, password, serverFile } from "../support/household.js";
import { MemoryStore } from "../support/memoryStore.js";
import { Program, ran } from "../support/programs.js";
import { sampled } from "../support/sampled.js";

describe("Server and gateway as programs, over HTTPS, SQLite and a virtual radio", function () {
  this.timeout(180_000);
  let home: Household;
  beforeEach(() => {
    home = new Household();
  });
  afterEach(() => home.close());

  async function enrolled(): Promise<{ readonly server: Program; readonly gateway: Program }> {
    const server = await home.server();
    await home.user("alice");
    const gateway = await home.gateway();
    await gateway.says(/by: npm run gateway -- enrol --state \S+gw\n/);
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 0, errors);
    return { server, gateway };
  }

  it("enrol a device that a person types at, and show it to its owner (EUK-UI-01, EUK-GW-06, C-32, C-36, C-37)", async () => {
    await enrolled();
    const device = home.device();
    await device.enrol();
    device.enter();
    const connected = await home.ask("connect");
    assert.equal(connected.code, 0, connected.errors);
    const { out } = await home.ask("status");
    assert.match(out, /^key +enrolled, of alice$/m);
    const view = JSON.parse((await home.ask("status", "--json")).out) as Record<string, unknown>;
    assert.equal(view.keys, "enrolled");
    assert.equal(view.userID, "alice");
    await home.shows(/^device +[0-9a-f]{32} .*with keypad, idle$/m);
    const devices = await ran(serverFile, ["devices", ...home.data]);
    assert.match(devices.out, /^[0-9a-f]{32}\talice\t/m);
    const inviting = home.ask("invite");
    await device.sees("invited");
    // What has just come up is not answered by a key that was meant for something else.
    const asking = setInterval(() => device.enter(), 300);
    const invited = await inviting;
    clearInterval(asking);
    assert.match(invited.out, /^network [0-9a-f]{32} with 1 devices$/m, invited.errors);
  });

  it("go on after either was killed at once, with every key that was given out", async () => {
    const { server, gateway } = await enrolled();
    const flash = new MemoryStore();
    const first = home.device(flash);
    await first.enrol();
    await server.kill();
    await gateway.kill();
    const away = await home.ask("status");
    assert.equal(away.code, 1);
    assert.match(away.errors, /no gateway runs/);
    await home.server();
    await home.gateway();
    const { code, errors } = await home.ask("connect");
    assert.equal(code, 0, errors);
    first.device?.stop();
    const again = home.device(flash);
    await again.sees("home");
    const checked = await ran(serverFile, ["check", ...home.data]);
    assert.match(checked.out, /every row opens/);
  });

  it("keep no key and no password where a thief of the database finds it", async () => {
    await enrolled();
    const flash = new MemoryStore();
    await home.device(flash).enrol();
    const folder = join(home.folder, "server");
    const database = Buffer.concat(
      readdirSync(folder)
        .filter((name) => name.startsWith("cpns.sqlite"))
        .map((name) => readFileSync(join(folder, name))),
    );
    assert.ok(database.includes(Buffer.from("alice")), "the detector works");
    assert.equal(database.includes(Buffer.from(password)), false);
    for (const name of flash.names()) {
      const value = flash.read(name) ?? new Uint8Array(0);
      // Every 32 octets of the device's flash: its EUKey is among them.
      for (let at = 0; at + 32 <= value.length; at++) {
        const part = Buffer.from(value.subarray(at, at + 32));
        if (part.every((octet) => octet === 0 || octet === 0xff)) continue;
        assert.equal(database.includes(part), false, `${name} at ${at}`);
      }
    }
  });

  it("seal everything anew under another master key, and need the new one from then on", async () => {
    const { server } = await enrolled();
    await server.kill("SIGTERM");
    const rotated = await ran(serverFile, ["rotate-key", ...home.data]);
    assert.equal(rotated.code, 0, rotated.errors);
    assert.match(rotated.out, /rows are sealed under the new key/);
    await home.server();
    const { code, errors } = await home.ask("connect");
    assert.equal(code, 0, errors);
  });

  it("say in one line, with exit code 1 or 2, what stands in the way", async () => {
    const server = await home.server();
    await home.gateway();
    for (const [file, args, typed, code, words] of sampled([
      [gatewayFile, ["start", ...home.state], "", 1, /in use by another process/],
      [gatewayFile, ["start", "--state", join(home.folder, "other")], "", 1, /which Server\?/],
      [
        gatewayFile,
        ["start", "--server", "http://x", "--state", join(home.folder, "other")],
        "",
        2,
        /only https/,
      ],
      [gatewayFile, ["--radio", "carrier pigeon", "--state", join(home.folder, "other")], "", 2, /--radio/],
      [
        gatewayFile,
        ["enrol", ...home.state],
        "nobody\nwrong password\n",
        1,
        /User ID or password is not right/,
      ],
      [gatewayFile, ["connect", ...home.state], "", 1, /has no key yet/],
      [gatewayFile, ["enrol-device", "00ff", ...home.state], "a\nbbbbbbbbbb\n", 1, /no such device/],
      [gatewayFile, ["--page", "x", "--state", join(home.folder, "other")], "", 2, /--page takes PORT/],
      [gatewayFile, ["page", ...home.state], "", 1, /it has no page/],
      [gatewayFile, ["connect", "--reset", ...home.state], "", 2, /--reset is for page/],
      [gatewayFile, ["enrol-device", "00ff", "--how", "force", ...home.state], "a\nb\n", 1, /how is/],
      [gatewayFile, ["guests", ...home.state], "a password\n", 1, /has no key yet/],
      [gatewayFile, ["guests", "add", ...home.state], "", 2, /guests takes/],
      [gatewayFile, ["guests", "everybody", "perhaps", ...home.state], "", 2, /guests takes/],
      [gatewayFile, ["dance", ...home.state], "", 2, /'dance' is no command/],
      [gatewayFile, ["connect", "--json", ...home.state], "", 2, /--json is for status/],
      [serverFile, ["users", "add", "alice", ...home.data], "short\n", 1, /./],
      [serverFile, ["users", "remove", "nobody", ...home.data], "", 1, /user\.unknown/],
      [serverFile, ["--listen", "x", ...home.data], "", 2, /PORT/],
      [serverFile, ["--cert", "a", ...home.data], "", 2, /belong together/],
      [serverFile, ["users", "--data", join(home.folder, "none")], "", 1, /server\.keys cannot be read/],
    ] as const)) {
      const ended = await ran(file, args, typed);
      assert.equal(ended.code, code, `${args.join(" ")}: ${ended.out}${ended.errors}`);
      assert.match(ended.errors, words);
      assert.equal(ended.errors.trim().split("\n").length, 1, ended.errors);
    }
    await server.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
  });

  it("trust no Server but their own: another pin is refused, and said", async () => {
    const metrics = await freePort();
    const server = await home.server(["--metrics", `127.0.0.1:${metrics}`]);
    home.pin = `sha256/${"A".repeat(43)}=`;
    const stranger = new Program(gatewayFile, [
      ...home.state,
      "--server",
      `https://127.0.0.1:${home.port}`,
      "--pin",
      home.pin,
    ]);
    await stranger.says(/shows the pin sha256\/.* and sha256\/AAAA.* is trusted/);
    await endsAt(stranger, { path: join(home.folder, "gw", "control.sock") });
    await endsAt(server, { host: "127.0.0.1", port: metrics });
  });

  it("say why the Server is not reached, as long as it never was", async () => {
    home.port = await freePort();
    const lonely = new Program(gatewayFile, [
      ...home.state,
      ...["--server", `https://127.0.0.1:${home.port}`, "--pin", `sha256/${"A".repeat(43)}=`, "--page", "no"],
      ...["--radio", `virtual:${home.folder}/air`],
    ]);
    await lonely.says(/not reached yet: nothing listens there \(ECONNREFUSED\); trying again\n/);
    await endsAt(lonely);
  });

  it("end at once where a Server has not answered yet", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const waiting = new Program(gatewayFile, [
      ...home.state,
      ...["--server", `https://127.0.0.1:${port}`, "--pin", `sha256/${"A".repeat(43)}=`, "--page", "no"],
      ...["--radio", `virtual:${home.folder}/air`],
    ]);
    await once(silent, "connection");
    await endsAt(waiting);
    assert.equal(waiting.out, "cpns gateway: stopped\n");
    silent.close();
  });

  /**
   * In good order by one Ctrl-C, which a terminal, npm and the tool that starts programs in the clone all hand on;
   * whoever is connected at `place` and says nothing does not keep it.
   */
  async function endsAt(program: Program, place?: NetConnectOpts): Promise<void> {
    const silent = place && connect(place).on("error", () => {});
    if (silent) await once(silent, "connect");
    for (const signal of ["SIGINT", "SIGINT", "SIGTERM"] as const) program.signal(signal);
    assert.equal(await program.ended(), 0, program.errors);
    assert.match(program.out, /: stopped\n$/);
  }
});
