import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import type { LinkSeen } from "../../../../hosts/esp32/emulator/watchedRadio.js";
import { Hand } from "../hand.js";
import { Relay } from "./relay.js";

/** What `npm run test:emulator` tells. */
export function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run this by npm run test:emulator`);
  return value;
}

/** What the firmware says of its memory (hosts/esp32/emulator/c/cpnsEmulator.c), in octets. */
export interface Memory {
  readonly free: number;
  readonly lowest: number;
  readonly total: number;
  /** Of each task, what it has never used. */
  readonly stacks: Readonly<Record<string, number>>;
}

/** QEMU counts time by instructions: each takes 2 to the power of this many nanoseconds. */
const shift = (): number => Number(told("CPNS_EMULATOR_SHIFT"));
export const instructionsOfMicrosecond = (): number => 1_000 / 2 ** shift();

/** What the firmware has worked since its start, in microseconds; without and with what it has waited. */
export interface Work {
  readonly busy: number;
  readonly all: number;
}

/** The image of a chip in QEMU: its flash is a file, its power switch the process. */
export class EmulatedChip extends Hand {
  readonly flash: string;
  readonly #air: Relay;
  #qemu: ChildProcess | undefined;
  /** It was reset since it was switched on, and nothing was heard since. */
  #silent = false;
  /** What QEMU has said of its own. */
  said = "";
  /** How often the chip has started anew by itself. */
  restarts = 0;

  constructor(flash: string, air: number) {
    super();
    this.flash = flash;
    this.#air = new Relay(air);
  }

  override async listen(): Promise<void> {
    await super.listen();
    await this.#air.listen();
  }

  /** As the factory leaves it: firmware, and NVS that was never written. */
  reset(): void {
    copyFileSync(told("CPNS_EMULATOR_FLASH"), this.flash);
  }

  get running(): boolean {
    const qemu = this.#qemu;
    return qemu !== undefined && qemu.exitCode === null && qemu.signalCode === null;
  }

  /**
   * Switches it on. Its clock counts instructions: timers that another thread of QEMU lets expire interrupt an ESP32-C3
   * inside a critical section, whose threshold then stays, so that nothing interrupts it any more until a watchdog resets
   * it (docs/PORTING.md).
   */
  powerOn(): void {
    this.forget();
    this.#silent = false;
    const qemu = spawn(
      told("CPNS_EMULATOR_QEMU"),
      [
        ...["-M", told("CPNS_EMULATOR_MACHINE"), "-display", "none", "-monitor", "none", "-qmp", "stdio"],
        ...["-icount", `shift=${shift()}`],
        ...["-drive", `file=${this.flash},if=mtd,format=raw`],
        ...["-serial", `tcp:127.0.0.1:${this.port}`, "-serial", `tcp:127.0.0.1:${this.#air.port}`],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    qemu.stdin.on("error", () => {});
    qemu.stdin.write(`${JSON.stringify({ execute: "qmp_capabilities" })}\n`);
    let held = "";
    qemu.stdout.on("data", (octets) => {
      const lines = `${held}${octets}`.split("\n");
      held = lines.pop() ?? "";
      if (this.#qemu !== qemu) return;
      for (const line of lines) if (line.includes('"RESET"')) this.#resets();
    });
    qemu.stderr.on("data", (octets) => {
      this.said = `${this.said}${octets}`.slice(-4_000);
    });
    this.#qemu = qemu;
  }

  /** By itself: the firmware or a watchdog has reset the chip, which keeps what is in its RTC. */
  #resets(): void {
    // Of two cores one resets the other first: until its boot loader has said something it is the same restart.
    if (!this.#silent || this.heard !== "") this.restarts++;
    this.#silent = true;
    this.forget();
    void this.#air.reset();
  }

  /** Between two instructions: nothing of the firmware hears of it. */
  async powerOff(): Promise<void> {
    const qemu = this.#qemu;
    this.#qemu = undefined;
    if (qemu === undefined || qemu.exitCode !== null || qemu.signalCode !== null) return;
    const gone = new Promise((resolve) => qemu.once("exit", resolve));
    qemu.kill("SIGKILL");
    await gone;
  }

  async memory(): Promise<Memory> {
    return (await this.ask("memory")) as Memory;
  }

  async link(): Promise<LinkSeen> {
    return (await this.ask("link")) as LinkSeen;
  }

  async work(): Promise<Work> {
    return (await this.ask("work")) as Work;
  }

  async shut(): Promise<void> {
    await this.powerOff();
    this.#air.close();
    this.close();
  }
}
