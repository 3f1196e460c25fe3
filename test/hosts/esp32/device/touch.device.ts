import assert from "node:assert/strict";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import { caps } from "../../../../src/device/display/colour/keyboard.js";
import { keyboardTop, large } from "../../../../src/device/display/colour/metrics.js";
import { SdkSimulator } from "./sdkSimulator.js";

const alice = Object.freeze({ userID: "alice", password: "open sesame" });

const factory = Object.freeze({ entityID: Uint8Array.of(0xfa, 0xc7, 1, 2), name: "Hall" });

describe("the firmware in the SDK's simulator, on a display that is touched", () => {
  let network: Awaited<ReturnType<typeof startExternal>>;
  let simulator: SdkSimulator;

  /** Where the display, which lies on its side, has its origin in the window. */
  const origin = Object.freeze({ x: 728, y: 148 });
  const touch = (x: number, y: number): Promise<void> => simulator.click(origin.x - y, origin.y + x);
  const soft = (index: number): Promise<void> => touch(40 + 80 * index, 222);

  async function type(text: string): Promise<void> {
    const keys = caps("lower", keyboardTop(simulator.screen ?? assert.fail("dark")), large.bodyBottom);
    for (const letter of text) {
      const key = keys.find(({ label }) => label === letter) ?? assert.fail(letter);
      await touch(key.x + (key.w >> 1), key.y + (key.h >> 1));
    }
  }

  before(async () => {
    network = await startExternal({ port: 0, mtu: 247, users: [alice] }, () => {});
    const options = {
      target: "sim_moddable_two",
      keypad: "touch",
      crop: "240x320+488+148",
      turn: "-90",
    } as const;
    simulator = await SdkSimulator.make({ ...options, factory }, network.listener);
    await simulator.powerOn();
  });

  after(async () => {
    await simulator?.shut();
    network?.stop();
  });

  it("is enrolled by the finger alone, on the keyboard that it draws (EUK-UI-11)", async () => {
    await simulator.shows("welcome");
    await soft(3);
    await simulator.shows("userID");
    await type(alice.userID);
    assert.equal(simulator.screen?.field?.text, alice.userID);
    await simulator.photograph("touch");
    await soft(3);
    await simulator.shows("password");
    await type(alice.password);
    await soft(3);
    await simulator.shows("enrolled");
  });

  it("has the name and the Entity ID that its factory gave it (C-12)", () => {
    assert.equal(network.listener.devices[0]?.name, factory.name);
    const ids = network.network.serverStore.rows().entities.map(([id]) => id);
    assert.ok(ids.includes("fac70102"), ids.join(" "));
  });
});
