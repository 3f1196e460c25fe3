import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bonds } from "../../../../support/hci/bonds.js";
import { TestCentral } from "../../../../support/hci/central.js";
import { HciController } from "../../../../support/hci/controller.js";
import { type H4Port, serveH4 } from "../../../../support/hci/h4Tcp.js";
import { Home } from "../../../../support/home.js";
import { until } from "../../../../support/until.js";
import { Rig } from "../../../gateway/radio/rig.js";
import { EmulatedChip } from "../emulatedChip.js";
import { typeCredentials, user } from "../visits.js";

/** A public one, as a chip's is. */
export const address = "00:1b:dc:00:00:02";

/**
 * A chip with Bluetooth of its own and a flash of its own. Its NimBLE speaks HCI to a controller of ours; on the other
 * side of the air is noble, with a gateway and a Server behind it.
 */
export class BluetoothBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "cpns-emulator-"));
  /** Of the gateway's operating system. */
  readonly bonds = new Bonds();
  readonly rig = new Rig({ start: false, controller: { security: this.bonds } });
  readonly home = new Home(this.rig.clock, this.rig.radio);
  readonly controller = new HciController({ air: this.rig.air, address });
  #port: H4Port | undefined;
  #chip: EmulatedChip | undefined;

  get chip(): EmulatedChip {
    if (this.#chip === undefined) throw new Error("the chip is not there yet");
    return this.#chip;
  }

  /** What the chip has sent that is no HCI. */
  get faults(): readonly string[] {
    return this.#port?.faults ?? [];
  }

  /** Switches it on for the first time; `alone`: nobody is in the air but who a test puts there. */
  async start({ alone = false } = {}): Promise<EmulatedChip> {
    this.#port = await serveH4(this.controller);
    const chip = new EmulatedChip(join(this.#folder, "flash.bin"), this.#port.port);
    this.#chip = chip;
    await chip.listen();
    chip.reset();
    chip.powerOn();
    if (!alone) await this.home.start([user]);
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

  /** A central of the test's own, as soon as the device advertises; `supervision` in milliseconds. */
  connect(supervision?: number): Promise<TestCentral> {
    const { rig, bonds: security } = this;
    const peer = { air: rig.air, peer: address, security };
    return TestCentral.connect({ ...peer, ...(supervision !== undefined && { supervision }) });
  }

  /** The device is back in the air. */
  async advertises(): Promise<void> {
    await until(() => this.rig.air.advertises(address), "the device to advertise");
  }

  async close(): Promise<void> {
    await this.#chip?.shut();
    this.home.reconnector.stop();
    this.rig.close();
    this.#port?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
