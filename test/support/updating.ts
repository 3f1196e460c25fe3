import assert from "node:assert/strict";
import type { SimulatedDevice } from "../../hosts/simulator/network/device.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { UpdateImage, UpdateView } from "../../src/gateway/updates.js";
import type { PneView } from "../../src/pne/ports.js";
import { readHeader } from "../../src/protocols/update/header.js";
import { TestNetwork, type TestOptions } from "./network.js";

/** A device in a PN, whose firmware can be updated. */
export class UpdateBench {
  readonly net: TestNetwork;

  constructor(net: TestNetwork) {
    this.net = net;
  }

  get device(): SimulatedDevice {
    return this.net.device;
  }

  get view(): PneView | undefined {
    return this.device.pne?.view;
  }

  get id(): string {
    return this.view?.entityID ?? assert.fail("the device has no Entity ID");
  }

  /** What the gateway's owner wants. */
  order(image: UpdateImage): void {
    this.net.network.gateway.command({ kind: "update", device: this.id, image }, (outcome) => {
      assert.ok("value" in outcome);
      assert.deepEqual(
        outcome.value.map(({ device, version }) => ({ device, version })),
        [{ device: this.id, version: readHeader(image.header).version }],
      );
    });
  }

  get update(): UpdateView | undefined {
    return this.net.network.gateway.view.updates[0];
  }

  /** Runs until the gateway says so of the update, and fails when it never does. */
  async until(state: UpdateView["state"], patience = 600_000): Promise<UpdateView> {
    await this.net.clock.runWhile(() => this.update?.state !== state, Milliseconds(patience));
    assert.equal(this.update?.state, state, JSON.stringify(this.update));
    return this.update;
  }

  run(time: number): Promise<unknown> {
    return this.net.clock.runFor(Milliseconds(time));
  }
}

export const faceless: DeviceSpec = Object.freeze({
  id: "node",
  keypad: "none",
  secure: true,
  reachable: true,
  entityID: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
});

export const withKeypad: DeviceSpec = Object.freeze({
  id: "keypad",
  keypad: "matrix",
  secure: false,
  reachable: true,
});

/** A device with keypad in a PN of its own, whose person says yes to every new firmware unless told. */
export async function updating({
  yes = true,
  ...options
}: TestOptions & { yes?: boolean } = {}): Promise<UpdateBench> {
  const net = new TestNetwork({ devices: [withKeypad], ...options });
  net.onNotice = (device, notice) => {
    if (notice.kind === "updateOffered" && yes) {
      net.clock.after(Milliseconds(1000), () => device.command({ kind: "answerUpdate", yes: true }));
    }
  };
  if (options.after === undefined) await net.enrolled();
  else await net.boot();
  for (const device of net.network.devices) await net.join(device);
  return new UpdateBench(net);
}

export const idOf = (octets: Uint8Array): string => hex(octets.subarray(0, 8));
