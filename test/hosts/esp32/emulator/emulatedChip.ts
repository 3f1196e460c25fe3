import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import type { LinkSeen } from "../../../../hosts/esp32/emulator/watchedRadio.js";
import { Hand } from "../hand.js";

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

/** The image of a chip in QEMU: its flash is a file, its power switch the process. */
export class EmulatedChip extends Hand {
  readonly flash: string;
  readonly #air: number;
  #qemu: ChildProcess | undefined;
  /** What QEMU has said of its own. */
  said = "";
  /** How often the chip has started anew by itself. */
  restarts = 0;

  constructor(flash: string, air: number) {
    super();
    this.flash = flash;
    this.#air = air;
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
   * Switches it on; a chip that starts anew by itself ends QEMU, and is switched on again. Its clock counts
   * instructions: timers that another thread of QEMU lets expire interrupt an ESP32-C3 inside a critical section, whose
   * threshold then stays, so that nothing interrupts it any more until a watchdog resets it (docs/PORTING.md).
   */
  powerOn(): void {
    this.forget();
    const qemu = spawn(
      told("CPNS_EMULATOR_QEMU"),
      [
        ...["-M", told("CPNS_EMULATOR_MACHINE"), "-display", "none", "-monitor", "none", "-no-reboot"],
        ...["-icount", "shift=3"],
        ...["-drive", `file=${this.flash},if=mtd,format=raw`],
        ...["-serial", `tcp:127.0.0.1:${this.port}`, "-serial", `tcp:127.0.0.1:${this.#air}`],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [qemu.stdout, qemu.stderr])
      stream.on("data", (octets) => {
        this.said = `${this.said}${octets}`.slice(-4_000);
      });
    qemu.on("exit", (code) => {
      if (this.#qemu !== qemu || code !== 0) return;
      this.restarts++;
      this.powerOn();
    });
    this.#qemu = qemu;
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

  async shut(): Promise<void> {
    await this.powerOff();
    this.close();
  }
}
