import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { SimulatedDevice } from "../../hosts/simulator/network/device.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { Milliseconds } from "../../src/base/units.js";
import type { PneCommand, PneNotice } from "../../src/pne/ports.js";
import { alice, outcome, TestNetwork, type TestOptions } from "./network.js";

/** A network of several devices that stay connected, with what each of them said. */
export class Family extends TestNetwork {
  readonly said = new Map<string, PneNotice[]>();

  constructor(devices: readonly DeviceSpec[], options: TestOptions = {}) {
    super({ devices, pneSuite: nodeSuite, ...options });
    this.onNotice = (device, notice) => {
      const heard = this.said.get(device.id) ?? [];
      heard.push(notice);
      this.said.set(device.id, heard);
    };
  }

  static spec(id: string, more: Partial<DeviceSpec> = {}): DeviceSpec {
    return { id, name: id, keypad: "matrix", secure: false, reachable: true, ...more };
  }

  /** Enrols every device, and waits until each is connected again. */
  async ready(): Promise<this> {
    await this.start();
    for (const device of this.network.devices) {
      assert.equal(outcome(await this.enrol(alice, device)), "enrolled", device.id);
    }
    await this.clock.runFor(Milliseconds(8_000));
    return this;
  }

  of(id: string): SimulatedDevice {
    return this.network.device(id);
  }

  id(id: string): string {
    return this.of(id).pne?.view.entityID ?? "";
  }

  kinds(id: string): string[] {
    const kinds = (this.said.get(id) ?? []).map((notice) => outcome(notice));
    return kinds.filter((kind) => kind !== "state" && kind !== "progress");
  }

  /** Names of the members as this device knows them; undefined when it is in no PN. */
  members(id: string): string[] | undefined {
    return this.of(id)
      .pne?.view.pn?.members.map((member) => member.name ?? member.id)
      .sort();
  }

  command(id: string, command: PneCommand): void {
    this.of(id).command(command);
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.runFor(Milliseconds(seconds * 1000));
  }

  /** `from` invites all; those of `yes` say yes, the others no. */
  async together(from: string, yes: readonly string[], no: readonly string[] = []): Promise<void> {
    this.command(from, { kind: "createPN", who: "all" });
    await this.pass(2);
    for (const id of yes) this.command(id, { kind: "acceptInvitation" });
    for (const id of no) this.command(id, { kind: "declineInvitation" });
    await this.pass(10);
  }
}
