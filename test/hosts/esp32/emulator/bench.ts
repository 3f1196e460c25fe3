import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import { EmulatedChip } from "./emulatedChip.js";
import { typeCredentials, user } from "./visits.js";

/** A chip with a flash of its own, beside gateway and Server of the simulator. */
export class EmulatorBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "cpns-emulator-"));
  #network: Awaited<ReturnType<typeof startExternal>> | undefined;
  #chip: EmulatedChip | undefined;

  get chip(): EmulatedChip {
    if (this.#chip === undefined) throw new Error("the chip is not there yet");
    return this.#chip;
  }

  get network(): Awaited<ReturnType<typeof startExternal>> {
    if (this.#network === undefined) throw new Error("the network is not there yet");
    return this.#network;
  }

  /** Switches it on for the first time. */
  async start(): Promise<EmulatedChip> {
    this.#network = await startExternal({ port: 0, mtu: 185, users: [user] }, () => {});
    const chip = new EmulatedChip(join(this.#folder, "flash.bin"), this.#network.listener.port);
    this.#chip = chip;
    await chip.listen();
    chip.reset();
    chip.powerOn();
    return chip;
  }

  /** Switches it on, enrols it and switches it off: its flash then. */
  async enrolled(): Promise<Buffer> {
    const chip = await this.start();
    await chip.shows("welcome");
    await typeCredentials(chip);
    await chip.shows("home");
    await chip.powerOff();
    return readFileSync(chip.flash);
  }

  async close(): Promise<void> {
    await this.#chip?.shut();
    this.#network?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
