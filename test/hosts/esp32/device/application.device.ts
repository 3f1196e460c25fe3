import assert from "node:assert/strict";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import { SdkSimulator } from "./sdkSimulator.js";

const alice = Object.freeze({ userID: "alice", password: "correct horse" });

describe("a lamp in the SDK's simulator (C-30)", () => {
  let network: Awaited<ReturnType<typeof startExternal>>;
  let simulator: SdkSimulator;

  before(async () => {
    network = await startExternal({ port: 0, mtu: 185, users: [alice] }, () => {});
    const options = { target: "sim_m5stack", application: "lamp", keypad: "keyboard" } as const;
    simulator = await SdkSimulator.make({ ...options, crop: "410x405+405+109" }, network.listener);
    await simulator.powerOn();
  });

  after(async () => {
    await simulator?.shut();
    network?.stop();
  });

  it("is in the first row of the menu, and on a page of its own", async () => {
    await simulator.shows("welcome");
    simulator.enter();
    await simulator.shows("userID");
    simulator.type(alice.userID);
    simulator.enter();
    await simulator.shows("password");
    simulator.type(alice.password);
    simulator.enter();
    await simulator.shows("home");
    assert.equal(simulator.screen?.menu?.items[0], "Lamp");
    simulator.enter();
    const screen = await simulator.shows("application");
    assert.deepEqual(screen.lines, ["The lamp is off."]);
    assert.equal(screen.softKeys[0], "Switch");
    simulator.press({ kind: "named", key: "escape" });
    await simulator.shows("home");
  });

  it("tells the PN GW what it is, and is switched from there", async () => {
    simulator.press({ kind: "named", key: "down" });
    simulator.enter();
    await simulator.shows("alias");
    simulator.enter();
    await simulator.shows("home");
    const { gateway } = network.network;
    await until(() => gateway.view.pns[0]?.members[0]?.topics[0]?.value === false);
    const [pn] = gateway.view.pns;
    const [member] = pn?.members ?? [];
    assert.deepEqual([member?.topics[0]?.name, member?.topics[0]?.value], ["lamp", false]);
    const code = await new Promise((resolve) => {
      gateway.command(
        { kind: "sendTopic", pn: pn?.id ?? "", to: member?.id ?? "", topic: "lamp", value: true },
        (outcome) => resolve("error" in outcome ? outcome.error.code : "taken"),
      );
    });
    assert.equal(code, "taken");
    await until(() => gateway.view.pns[0]?.members[0]?.topics[0]?.value === true);
    await simulator.settled();
    simulator.enter();
    const screen = await simulator.shows("application");
    assert.deepEqual(screen.lines, ["The lamp is on."]);
    await simulator.photograph("lamp");
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() > end) throw new Error("waited for nothing");
}
