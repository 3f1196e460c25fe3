import assert from "node:assert/strict";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { Twin } from "./twin.js";

/** Of the simulator's controls: a, b and c. */
const buttons = Object.freeze([
  [158, 66],
  [238, 66],
  [302, 66],
] as const);
const alice = Object.freeze({ userID: "alice", password: "correct horse" });

describe("the firmware in the SDK's simulator, against gateway and Server of the simulator", () => {
  let network: Awaited<ReturnType<typeof startExternal>>;
  let twin: Twin;
  const photograph = (name: string): Promise<void> => twin.photograph(name);

  before(async () => {
    network = await startExternal({ port: 0, mtu: 185, users: [alice] }, () => {});
    const options = { target: "sim_m5stack", keypad: "keyboard", crop: "410x405+405+109" } as const;
    twin = await Twin.make(options, network.listener);
    await twin.powerOn();
  });

  after(async () => {
    await twin?.close();
    network?.stop();
  });

  it("boots without factory data and offers to enrol (EUK-UI-01)", async () => {
    await twin.shows("welcome");
    await photograph("welcome");
  });

  it("refuses a wrong password in words, and lets the person try again (EUK-UI-17)", async () => {
    twin.enter();
    await twin.shows("userID");
    twin.type(alice.userID);
    await photograph("user");
    twin.enter();
    await twin.shows("password");
    twin.type("correct house");
    await photograph("password");
    twin.enter();
    const screen = await twin.shows("error");
    assert.equal(screen.title, "Not accepted");
    await photograph("refused");
  });

  it("enrols with User ID and password (EUK-UI-02)", async () => {
    twin.enter();
    await twin.shows("password");
    twin.type(alice.password);
    twin.enter();
    await twin.shows("progress");
    await photograph("progress");
    await twin.shows("enrolled");
    await photograph("enrolled");
    await twin.shows("home");
    await photograph("home");
  });

  it("joins a PN (PNI-14b)", async () => {
    twin.enter();
    await twin.shows("joined");
    await photograph("joined");
    await twin.shows("home");
    assert.equal(network.network.serverStore.rows().pns.length, 1);
  });

  it("moves through its menu by the buttons below the display", async () => {
    const [left, , right] = buttons;
    await twin.shows("home");
    const { selected } = twin.screen?.menu ?? assert.fail("no menu");
    await twin.click(...right);
    assert.equal((await twin.shows("home")).menu?.selected, selected + 1);
    await twin.click(...left);
    assert.equal((await twin.shows("home")).menu?.selected, selected);
  });

  it("still has its keys after a power cut, and joins again with them", async () => {
    await twin.powerOff();
    await twin.powerOn();
    await twin.shows("home");
    twin.enter();
    await twin.shows("joined");
  });

  it("tells at its next boot that the memory was full, once, and has lost nothing", async () => {
    await twin.exhaust();
    await twin.powerOff();
    await twin.powerOn();
    const screen = await twin.shows("error");
    assert.equal(screen.title, "Restarted");
    assert.match(screen.lines.join(" "), /memory was full/);
    await twin.photograph("restarted");
    twin.enter();
    await twin.shows("home");
    await twin.powerOff();
    await twin.powerOn();
    await twin.shows("home");
  });

  it("is of use after a thousand random presses (seed 5)", async () => {
    const random = new SeededRandom(5);
    for (let i = 0; i < 1_000; i++) twin.press(randomPress(random));
    await twin.settled();
    assert.ok(twin.running, "the firmware ended");
    await twin.powerOff();
    await twin.powerOn();
    await twin.shows("home", "welcome");
  });
});

const named = ["enter", "backspace", "escape", "tab", "up", "down"] as const;

/** Any key, that which confirms a factory reset too. */
function randomPress(random: SeededRandom): KeyPress {
  if (random.below(10) < 4) return { kind: "named", key: named[random.below(named.length)] ?? "enter" };
  return { kind: "character", code: 0x20 + random.below(0x5f) };
}
