import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import type { Listener } from "../../../../hosts/simulator/external/listener.js";
import type { KeypadKind } from "../../../../src/device/keypad/keypad.js";
import {
  encodeFactoryData,
  type FactoryDevice,
  factoryName,
  factoryNamespace,
} from "../../../../src/keystore/factoryData.js";
import { Hand, pause } from "../hand.js";

/** One of its own, as another run may be under way on this machine. */
const display = `:${100 + (process.pid % 800)}`;
const screenSize = "1000x700x24";
/** The window's controls and the device beside them; a smaller one leaves the display undrawn. */
const windowSize = ["900", "600"];

/** What `npm run test:device` tells. */
function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run this by npm run test:device`);
  return value;
}

export interface TwinOptions {
  /** A folder of hosts/esp32/targets. */
  readonly target: string;
  /** A folder of apps, for a firmware that was built with it. */
  readonly application?: string;
  /** The keypad that the test plays beside the target's own. */
  readonly keypad: KeypadKind;
  /** Where the display is in a photograph of 1000×700, with what is around it. */
  readonly crop: string;
  /** Degrees that a photograph is turned by. */
  readonly turn?: string;
  /** What its factory wrote into its flash. */
  readonly factory?: FactoryDevice;
}

/** The firmware in the SDK's simulator, headless: its keypad, its display, its power switch. */
export class SdkSimulator extends Hand {
  readonly #options: TwinOptions;
  readonly #library: string;
  /** The folder of its flash. */
  readonly state: string;
  readonly #air: Listener;
  #server: ChildProcess | undefined;
  #simulator: ChildProcess | undefined;

  private constructor(options: TwinOptions, air: Listener) {
    super();
    const { target, application } = options;
    const folder = application === undefined ? "" : `with-${application}`;
    const built = join(told("CPNS_DEVICE_BUILD"), target, folder);
    this.#options = options;
    this.#library = join(
      built,
      "bin/lin",
      target.slice("sim_".length),
      "debug",
      told("CPNS_DEVICE_PROGRAM"),
      "mc.so",
    );
    this.state = join(built, "state");
    this.#air = air;
  }

  /** With empty flash. */
  static async make(options: TwinOptions, air: Listener): Promise<SdkSimulator> {
    const simulator = new SdkSimulator(options, air);
    rmSync(simulator.state, { recursive: true, force: true });
    mkdirSync(simulator.state, { recursive: true });
    if (options.factory !== undefined) simulator.#write(options.factory);
    await simulator.listen();
    simulator.#server = spawn("Xvfb", [display, "-screen", "0", screenSize], { stdio: "ignore" });
    await pause(800);
    return simulator;
  }

  /** As hosts/esp32/sdkSimulator/fileStorage.ts reads it. */
  #write(device: FactoryDevice): void {
    const value = Buffer.from(encodeFactoryData(nodeSuite, device)).toString("hex");
    writeFileSync(join(this.state, `${factoryNamespace}.nvs`), `${factoryName} ${value}`);
  }

  get #environment(): NodeJS.ProcessEnv {
    const home = join(this.state, "home");
    mkdirSync(home, { recursive: true });
    return { ...process.env, DISPLAY: display, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  }

  /** Switches it on and waits for its first screen. */
  async powerOn(): Promise<void> {
    this.forget();
    const link = JSON.stringify({
      air: this.#air.port,
      control: { port: this.port, keypad: this.#options.keypad },
    });
    writeFileSync(join(this.state, "link"), link);
    const simulators = told("CPNS_DEVICE_SIMULATORS");
    this.#simulator = spawn("mcsim", [simulators, this.#library], {
      env: this.#environment,
      stdio: "ignore",
    });
    await this.until(() => this.screen !== undefined, "a first screen");
    this.#resize();
    await pause(700);
  }

  /** Between two instructions: nothing of the firmware hears of it. */
  async powerOff(): Promise<void> {
    const simulator = this.#simulator;
    this.#simulator = undefined;
    if (simulator === undefined || simulator.exitCode !== null || simulator.signalCode !== null) return;
    const gone = new Promise((resolve) => simulator.once("exit", resolve));
    simulator.kill("SIGKILL");
    await gone;
  }

  async shut(): Promise<void> {
    await this.powerOff();
    this.close();
    const server = this.#server;
    if (server === undefined || server.exitCode !== null) return;
    // The next one takes the same display.
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await gone;
  }

  /** Lets the firmware run out of memory, and waits until XS has given up. */
  async exhaust(): Promise<void> {
    this.say("exhaust");
    await pause(2_000);
  }

  #resize(): void {
    const env = this.#environment;
    const windows = spawnSync("xdotool", ["search", "--name", "."], { env, encoding: "utf8" }).stdout;
    for (const window of windows.split("\n")) {
      if (window !== "") spawnSync("xdotool", ["windowsize", window, ...windowSize], { env });
    }
  }

  get running(): boolean {
    return this.#simulator !== undefined && this.#simulator.exitCode === null && this.connected;
  }

  /** Of the window, by hand: real events of mouse and buttons through the simulator. */
  async click(x: number, y: number, held = 80): Promise<void> {
    const env = this.#environment;
    this.mark();
    spawnSync("xdotool", ["mousemove", `${x}`, `${y}`], { env });
    await pause(60);
    spawnSync("xdotool", ["mousedown", "1"], { env });
    await pause(held);
    spawnSync("xdotool", ["mouseup", "1"], { env });
    await pause(200);
  }

  /** What is on its display, and the device around it, as a PNG in the folder of images. */
  async photograph(name: string): Promise<void> {
    await pause(600);
    const file = join(told("CPNS_DEVICE_IMAGES"), `device-${name}.png`);
    const turn = ["-rotate", this.#options.turn ?? "0"];
    const crop = ["-crop", this.#options.crop, "+repage", ...turn, "-colors", "64", `PNG8:${file}`];
    const shot = spawnSync("import", ["-window", "root", ...crop], { env: this.#environment });
    if (shot.status !== 0) throw new Error(`no photograph: ${shot.stderr}`);
  }
}
