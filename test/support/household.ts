import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenServer, openServer } from "../../hosts/server/open.js";
import { JoinedDevice, type JoinedDeviceOptions } from "../../hosts/simulator/terminal/joinedDevice.js";
import { ascii } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import type { Application } from "../../src/device/application/application.js";
import type { FactoryDevice } from "../../src/keystore/factoryData.js";
import { Server } from "../../src/server/server.js";
import type { Screen } from "../../src/ui/screen.js";
import { MemoryStore } from "./memoryStore.js";
import { Program, ran } from "./programs.js";
import { until } from "./until.js";

export const password = "a quiet kitchen table";
export const serverFile = "server/server.js";
export const gatewayFile = "gateway/gateway.js";
const simulatorFile = "simulator/sim.js";

/** Any port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : assert.fail("no port");
}

/** A Server's and a gateway's folder, and the processes on them. */
export class Household {
  readonly folder = mkdtempSync(join(tmpdir(), "cpns-home-"));
  readonly #running: Program[] = [];
  readonly #devices: JoinedDevice[] = [];
  port = 0;
  pin = "";

  /** Where the programs keep what is theirs. */
  place = this.folder;
  /** Of the Server, in place of its file. */
  database: string | undefined;
  /** Of the gateway's process. */
  gatewayEnvironment: Record<string, string> = {};

  get data(): readonly string[] {
    return ["--data", join(this.place, "server")];
  }

  get state(): readonly string[] {
    return ["--state", join(this.place, "gw")];
  }

  async server(args: readonly string[] = [], environment?: Record<string, string>): Promise<Program> {
    if (this.port === 0) this.port = await freePort();
    const metrics = args.includes("--metrics") ? [] : ["--metrics", "127.0.0.1:0"];
    const place = ["--listen", `127.0.0.1:${this.port}`, "--hosts", "127.0.0.1", ...metrics];
    const all = { ...(this.database !== undefined && { CPNS_DATABASE: this.database }), ...environment };
    const program = this.#run(serverFile, [...this.data, ...place, ...args], all);
    const [, pin = ""] = await program.says(/--pin (sha256\/\S+)/);
    this.pin = pin;
    return program;
  }

  async gateway(...more: readonly string[]): Promise<Program> {
    // Many gateways of tests run at a time, and the page's usual port is one.
    const page = more.includes("--page") ? [] : ["--page", "no"];
    const place = ["--server", `https://127.0.0.1:${this.port}`, "--pin", this.pin, ...page, ...more];
    const radio = more.includes("--radio") ? [] : ["--radio", `virtual:${this.folder}/air`];
    const program = this.#run(gatewayFile, [...this.state, ...place, ...radio], this.gatewayEnvironment);
    await program.says(/running/);
    return program;
  }

  /** A device on a terminal, as a process; what it keeps is in the folder `name`. */
  terminal(name: string, ...more: readonly string[]): Program {
    const place = ["--join", join(this.folder, "air"), "--data", join(this.place, name), "--name", name];
    return this.#run(simulatorFile, [...place, ...more], undefined, null);
  }

  #run(
    file: string,
    args: readonly string[],
    environment?: Record<string, string>,
    typed: string | null = "",
  ): Program {
    const program = new Program(file, args, typed, environment);
    this.#running.push(program);
    return program;
  }

  async user(name: string): Promise<void> {
    await this.#atServer((server) => server.registerUser(ascii(name), ascii(password)));
  }

  /** The Server's data, opened beside its process or in its place; who opens it closes its database. */
  opened(): Promise<OpenServer> {
    const { database } = this;
    const values = { data: join(this.place, "server"), realm: "cpns.example", ...(database && { database }) };
    return openServer(values, silentLog, true);
  }

  async #atServer(work: (server: Server) => Promise<unknown>): Promise<void> {
    const open = await this.opened();
    await work(new Server(open.ports));
    await open.database.close();
  }

  /** A device without keypad and display, which the Server has from its factory; switched on. */
  async sensor(factory: FactoryDevice & { readonly temporaryKey: Uint8Array }): Promise<JoinedDevice> {
    await this.#atServer((server) => server.importDevices([factory]));
    return this.#joins({ flash: new MemoryStore(), factory, show: () => {} });
  }

  ask(...command: readonly string[]): ReturnType<typeof ran> {
    return ran(gatewayFile, [...command, ...this.state], `alice\n${password}\n`);
  }

  /** A command that asks for the owner's password alone. */
  owner(...command: readonly string[]): ReturnType<typeof ran> {
    return ran(gatewayFile, [...command, ...this.state], `${password}\n`);
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

  device(store = new MemoryStore(), application?: () => Application, name = "Kitchen"): Hand {
    const hand = new Hand();
    hand.device = this.#joins({
      flash: store,
      name,
      ...(application && { application }),
      show: (screen) => hand.show(screen),
    });
    return hand;
  }

  #joins(options: Omit<JoinedDeviceOptions, "at" | "log">): JoinedDevice {
    const device = new JoinedDevice({ ...options, at: { path: join(this.folder, "air") }, log: silentLog });
    this.#devices.push(device);
    return device;
  }

  async close(): Promise<void> {
    for (const device of this.#devices) device.stop();
    for (const program of this.#running) await program.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Who types on a device and looks at it. */
export class Hand {
  device: JoinedDevice | undefined;
  #screen: Screen | undefined;

  get text(): string {
    const { id, title, lines = [], menu } = this.#screen ?? {};
    return `${id}: ${[title, ...lines, ...(menu?.items ?? [])].join(", ")}`;
  }

  show(screen: Screen): void {
    this.#screen = screen;
  }

  type(text: string): void {
    for (const letter of text) this.device?.press({ kind: "character", code: letter.charCodeAt(0) });
  }

  enter(): void {
    this.device?.press({ kind: "named", key: "enter" });
  }

  escape(): void {
    this.device?.press({ kind: "named", key: "escape" });
  }

  async sees(id: string): Promise<void> {
    await until(
      () => this.#screen?.id === id,
      `the screen ${id}; it is ${this.#screen?.id} ${this.#screen?.lines.join(" ")}`,
    );
  }

  async reads(text: RegExp): Promise<void> {
    await until(() => text.test(this.text), `${text} on the display; it shows ${this.text}`);
  }

  /** Takes the first row of the menu of a device that is in no network, and gives the network no name. */
  async startsNetwork(): Promise<void> {
    await this.reads(/^home: .*Start or join/);
    this.enter();
    await this.sees("alias");
    this.enter();
    await this.reads(/^home: In the network/);
  }

  /**
   * Does what the display asks for until it shows this: enrols `user`, starts a network, tries again what has failed.
   */
  async persists(user: string, wanted: RegExp): Promise<void> {
    for (const end = Date.now() + 90_000; !wanted.test(this.text); ) {
      if (Date.now() > end) assert.fail(`waited for ${wanted} on the display; it shows ${this.text}`);
      this.#act(user);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  #act(user: string): void {
    const screen = this.#screen;
    const empty = screen?.field?.text === "";
    if (screen?.id === "userID" && empty) this.type(user);
    if (screen?.id === "password" && empty) this.type(password);
    if (!["progress", "looking"].includes(screen?.id ?? "")) this.enter();
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
