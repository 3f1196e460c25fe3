import assert from "node:assert/strict";
import { join } from "node:path";
import { startExternal } from "../../../../hosts/simulator/external/command.js";
import { Twin } from "./twin.js";

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run this by npm run test:device`);
  return value;
};

const images = need("CPNS_DEVICE_IMAGES");
const alice = Object.freeze({ userID: "alice", password: "correct horse" });

describe("the firmware in the SDK's simulator, against gateway and Server of the simulator", () => {
  let network: Awaited<ReturnType<typeof startExternal>>;
  let twin: Twin;
  const photograph = (name: string): Promise<void> => twin.photograph(join(images, `device-${name}.png`));

  before(async () => {
    network = await startExternal({ port: 0, mtu: 185, users: [alice] }, () => {});
    twin = await Twin.make(
      {
        library: need("CPNS_DEVICE_LIBRARY"),
        simulators: need("CPNS_DEVICE_SIMULATORS"),
        state: need("CPNS_DEVICE_STATE"),
      },
      network.listener,
    );
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

  it("still has its keys after a power cut, and joins again with them", async () => {
    await twin.powerOff();
    await twin.powerOn();
    await twin.shows("home");
    twin.enter();
    await twin.shows("joined");
  });
});
