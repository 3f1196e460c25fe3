import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { EntityRecord } from "../../src/database/rows/entities.js";
import { ended } from "./ended.js";
import { alice, TestNetwork, type TestOptions } from "./network.js";

export const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
export const sensorID = ascii("sensor-0001");
/** A device without keypad and display, as its factory made it; it can be reached while idle. */
export const sensor: DeviceSpec = Object.freeze({
  id: "sensor",
  name: "Sensor",
  keypad: "none",
  secure: false,
  reachable: true,
  entityID: sensorID,
  temporaryKey,
});
export const secureSensor: DeviceSpec = Object.freeze({ ...sensor, secure: true });

export type HowAtGateway = "credentials" | "temporaryKey";

/** A network with one device without UI, and a person at the PN GW. */
export class SensorNetwork extends TestNetwork {
  constructor(spec: DeviceSpec = sensor, options: TestOptions = {}) {
    super({ devices: [spec], ...options });
  }

  /** Started, and the device connected because it wants to be reached. */
  override async start(): Promise<this> {
    await super.start();
    await this.pass(5);
    return this;
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.runFor(Milliseconds(seconds * 1000));
  }

  /** "done", or the code of the error that the person at the PN GW sees. */
  async atGateway(
    how: HowAtGateway,
    user: { readonly userID: string; readonly password: string } = alice,
    entityID = sensorID,
  ): Promise<string> {
    let told: string | undefined;
    const { gateway } = this.network;
    const credentials = { userID: ascii(user.userID), password: ascii(user.password) };
    gateway.command({ kind: "enrolDevice", device: hex(entityID), how, ...credentials }, (outcome) => {
      told = ended(outcome);
    });
    await this.clock.runWhile(() => told === undefined, Milliseconds(120_000));
    await this.pass(3);
    return told ?? "nothing";
  }

  /** What the Server holds for the device. */
  get entity(): EntityRecord | undefined {
    return this.network.serverStore.rows().entities.find(([name]) => name === hex(sensorID))?.[1];
  }

  get origin(): string | undefined {
    return this.entity?.committed?.origin;
  }

  get keys(): string | undefined {
    return this.device.pne?.view.keys;
  }

  logged(start: string): number {
    return this.log.filter((line) => line.startsWith(start)).length;
  }
}
