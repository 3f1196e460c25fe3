import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JoinedDevice } from "../../hosts/simulator/terminal/joinedDevice.js";
import { silentLog } from "../../src/base/ports.js";
import type { Screen } from "../../src/ui/screen.js";
import { MemoryStore } from "../support/memoryStore.js";
import { Program, ran } from "../support/programs.js";
import { until } from "../support/until.js";

const password = "a quiet kitchen table";
const serverFile = "server/server.js";
const gatewayFile = "gateway/gateway.js";

/** Any port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : assert.fail("no port");
}

/** A Server's and a gateway's folder, and the processes on them. */
class Household {
  readonly folder = mkdtempSync(join(tmpdir(), "cpns-home-"));
  readonly #running: Program[] = [];
  readonly #devices: JoinedDevice[] = [];
  port = 0;
  pin = "";

  get data(): readonly string[] {
    return ["--data", join(this.folder, "server")];
  }

  get state(): readonly string[] {
    return ["--state", join(this.folder, "gw")];
  }

  async server(): Promise<Program> {
    if (this.port === 0) this.port = await freePort();
    const place = ["--listen", `127.0.0.1:${this.port}`, "--hosts", "127.0.0.1", "--metrics", "127.0.0.1:0"];
    const program = this.#run(serverFile, [...this.data, ...place]);
    const [, pin = ""] = await program.says(/--pin (sha256\/\S+)/);
    this.pin = pin;
    return program;
  }

  async gateway(...more: readonly string[]): Promise<Program> {
    const place = ["--server", `https://127.0.0.1:${this.port}`, "--pin", this.pin, ...more];
    const program = this.#run(gatewayFile, [
      ...this.state,
      ...place,
      "--radio",
      `virtual:${this.folder}/air`,
    ]);
    await program.says(/running/);
    return program;
  }

  #run(file: string, args: readonly string[]): Program {
    const program = new Program(file, args);
    this.#running.push(program);
    return program;
  }

  async user(name: string): Promise<void> {
    const { code, errors } = await ran(serverFile, ["users", "add", name, ...this.data], `${password}\n`);
    assert.equal(code, 0, errors);
  }

  ask(...command: readonly string[]): ReturnType<typeof ran> {
    return ran(gatewayFile, [...command, ...this.state], `alice\n${password}\n`);
  }

  /** The device lets its link go after an enrolment, and comes back when it is heard again. */
  async shows(line: RegExp): Promise<void> {
    let out = "";
    for (let tries = 0; tries < 20 && !line.test(out); tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
      ({ out } = await this.ask("status"));
    }
    assert.match(out, line);
  }

  device(store = new MemoryStore()): Hand {
    const hand = new Hand();
    const at = { path: join(this.folder, "air") };
    const device = new JoinedDevice({
      at,
      flash: store,
      name: "Kitchen",
      log: silentLog,
      show: (screen) => hand.show(screen),
    });
    this.#devices.push(device);
    hand.device = device;
    return hand;
  }

  async close(): Promise<void> {
    for (const device of this.#devices) device.stop();
    for (const program of this.#running) await program.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Who types on a device and looks at it. */
class Hand {
  device: JoinedDevice | undefined;
  #screen: Screen | undefined;

  show(screen: Screen): void {
    this.#screen = screen;
  }

  type(text: string): void {
    for (const letter of text) this.device?.press({ kind: "character", code: letter.charCodeAt(0) });
  }

  enter(): void {
    this.device?.press({ kind: "named", key: "enter" });
  }

  async sees(id: string): Promise<void> {
    await until(
      () => this.#screen?.id === id,
      `the screen ${id}; it is ${this.#screen?.id} ${this.#screen?.lines.join(" ")}`,
    );
  }

  async enrol(): Promise<void> {
    await this.sees("welcome");
    this.enter();
    await this.sees("userID");
    this.type("alice");
    this.enter();
    await this.sees("password");
    this.type(password);
    this.enter();
    await this.sees("enrolled");
  }
}

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
    const { code, errors } = await home.ask("enrol");
    assert.equal(code, 0, errors);
    return { server, gateway };
  }

  it("enrol a device that a person types at, and show it to its owner (EUK-UI-01, EUK-GW-06, C-32, C-36, C-37)", async () => {
    await enrolled();
    await home.device().enrol();
    const connected = await home.ask("connect");
    assert.equal(connected.code, 0, connected.errors);
    const { out } = await home.ask("status");
    assert.match(out, /^key +enrolled, of alice$/m);
    await home.shows(/^device +[0-9a-f]{32} .*with keypad, idle$/m);
    const devices = await ran(serverFile, ["devices", ...home.data]);
    assert.match(devices.out, /^[0-9a-f]{32}\talice\t/m);
    const invited = await home.ask("invite");
    assert.match(invited.out + invited.errors, /network|nobody/);
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
    for (const [file, args, typed, code, words] of [
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
      [gatewayFile, ["dance", ...home.state], "", 2, /'dance' is no command/],
      [serverFile, ["users", "add", "alice", ...home.data], "short\n", 1, /./],
      [serverFile, ["users", "remove", "nobody", ...home.data], "", 1, /user\.unknown/],
      [serverFile, ["--listen", "x", ...home.data], "", 2, /PORT/],
      [serverFile, ["--cert", "a", ...home.data], "", 2, /belong together/],
      [serverFile, ["users", "--data", join(home.folder, "none")], "", 1, /server\.keys cannot be read/],
    ] as const) {
      const ended = await ran(file, args, typed);
      assert.equal(ended.code, code, `${args.join(" ")}: ${ended.out}${ended.errors}`);
      assert.match(ended.errors, words);
      assert.equal(ended.errors.trim().split("\n").length, 1, ended.errors);
    }
    await server.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
  });

  it("trust no Server but their own: another pin is refused, and said", async () => {
    await home.server();
    home.pin = `sha256/${"A".repeat(43)}=`;
    const stranger = new Program(gatewayFile, [
      ...home.state,
      "--server",
      `https://127.0.0.1:${home.port}`,
      "--pin",
      home.pin,
    ]);
    await stranger.says(/shows the pin sha256\/.* and sha256\/AAAA.* is trusted/);
    await stranger.kill("SIGTERM");
  });
});
