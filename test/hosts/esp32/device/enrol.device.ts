import assert from "node:assert/strict";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { SdkSimulator } from "./sdkSimulator.js";

/** Of the simulator's controls: a, b and c. */
const buttons = Object.freeze([
  [158, 66],
  [238, 66],
  [302, 66],
] as const);
const alice = Object.freeze({ userID: "alice", password: "correct horse" });

describe("the firmware in the SDK's simulator, against gateway and Server of the simulator", () => {
  let network: Awaited<ReturnType<typeof startExternal>>;
  let simulator: SdkSimulator;
  const photograph = (name: string): Promise<void> => simulator.photograph(name);

  before(async () => {
    network = await startExternal({ port: 0, mtu: 185, users: [alice] }, () => {});
    const options = { target: "sim_m5stack", keypad: "keyboard", crop: "410x405+405+109" } as const;
    simulator = await SdkSimulator.make(options, network.listener);
    await simulator.powerOn();
  });

  after(async () => {
    await simulator?.shut();
    network?.stop();
  });

  it("boots without factory data and offers to enrol (EUK-UI-01)", async () => {
    await simulator.shows("welcome");
    await photograph("welcome");
  });

  it("refuses a wrong password in words, and lets the person try again (EUK-UI-17)", async () => {
    simulator.enter();
    await simulator.shows("userID");
    simulator.type(alice.userID);
    await photograph("user");
    simulator.enter();
    await simulator.shows("password");
    simulator.type("correct house");
    await photograph("password");
    simulator.enter();
    const screen = await simulator.shows("error");
    assert.equal(screen.title, "Not accepted");
    await photograph("refused");
  });

  it("enrols with User ID and password (EUK-UI-02)", async () => {
    simulator.enter();
    await simulator.shows("password");
    simulator.type(alice.password);
    simulator.enter();
    await simulator.shows("progress");
    await photograph("progress");
    await simulator.shows("enrolled");
    await photograph("enrolled");
    await simulator.shows("home");
    await photograph("home");
  });

  it("joins a PN (PNI-14b)", async () => {
    simulator.enter();
    await simulator.shows("alias");
    simulator.enter();
    await simulator.shows("started");
    await photograph("joined");
    await simulator.shows("home");
    assert.equal(network.network.serverStore.rows().pns.length, 1);
  });

  it("moves through its menu by the buttons below the display", async () => {
    const [left, , right] = buttons;
    await simulator.shows("home");
    const { selected } = simulator.screen?.menu ?? assert.fail("no menu");
    await simulator.click(...right);
    assert.equal((await simulator.shows("home")).menu?.selected, selected + 1);
    await simulator.click(...left);
    assert.equal((await simulator.shows("home")).menu?.selected, selected);
  });

  it("still has its keys after a power cut, and joins again with them", async () => {
    await simulator.powerOff();
    await simulator.powerOn();
    await simulator.shows("home");
    simulator.enter();
    await simulator.shows("alias");
    simulator.enter();
    await simulator.shows("started");
  });

  it("tells at its next boot that the memory was full, once, and has lost nothing", async () => {
    await simulator.exhaust();
    await simulator.powerOff();
    await simulator.powerOn();
    const screen = await simulator.shows("error");
    assert.equal(screen.title, "Restarted");
    assert.match(screen.lines.join(" "), /memory was full/);
    await simulator.photograph("restarted");
    simulator.enter();
    await simulator.shows("home");
    await simulator.powerOff();
    await simulator.powerOn();
    await simulator.shows("home");
  });

  it("is of use after a thousand random presses (seed 5)", async () => {
    const random = new SeededRandom(5);
    for (let i = 0; i < 1_000; i++) simulator.press(randomPress(random));
    await simulator.settled();
    assert.ok(simulator.running, "the firmware ended");
    await simulator.powerOff();
    await simulator.powerOn();
    await simulator.shows("home", "welcome");
  });
});

const named = ["enter", "backspace", "escape", "tab", "up", "down"] as const;

/** Any key, that which confirms a factory reset too. */
function randomPress(random: SeededRandom): KeyPress {
  if (random.below(10) < 4) return { kind: "named", key: named[random.below(named.length)] ?? "enter" };
  return { kind: "character", code: 0x20 + random.below(0x5f) };
}
