import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BleLink } from "../../../../hosts/esp32/link/bleLink.js";
import { TcpLink } from "../../../../hosts/esp32/sdkSimulator/tcpLink.js";
import { VirtualRadio } from "../../../../hosts/gateway/radio/virtualRadio.js";
import { nodeSockets } from "../../../../hosts/simulator/external/nodeSocket.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";
import { ascii } from "../../../../src/base/octets.js";
import { silentLog } from "../../../../src/base/ports.js";
import { airStack } from "../../../support/hci/airConnection.js";
import { AirPeripheral } from "../../../support/hci/peripheral.js";
import { Home } from "../../../support/home.js";
import { alice, outcome } from "../../../support/network.js";
import { until } from "../../../support/until.js";
import { WholeDevice } from "../../../support/wholeDevice.js";
import { addressOf, Rig } from "./rig.js";

/** A device's firmware behind the GATT server of the air. */
function deviceOf(
  rig: Rig,
  i: number,
  mtu: number,
): { readonly radio: AirPeripheral; readonly device: WholeDevice } {
  const radio = new AirPeripheral({ air: rig.air, address: addressOf(i), mtu });
  const { GattServer } = radio;
  const link = new BleLink({
    GattServer,
    stack: airStack,
    version: "0.0.0",
    clock: rig.clock,
    log: silentLog,
  });
  return { radio, device: new WholeDevice(`device-${i}`, rig.clock, link) };
}

const enrolment = () =>
  ({ kind: "enrol", userID: ascii(alice.userID), password: ascii(alice.password) }) as const;

describe("firmware, BLE link, noble, PN GW and Server together", () => {
  let rig: Rig;
  let radios: AirPeripheral[];

  beforeEach(() => {
    radios = [];
  });

  afterEach(() => {
    rig.close();
    for (const radio of radios) radio.powerOff();
    assert.deepEqual(
      radios.flatMap(({ lints }) => lints.flatMap(({ violations }) => violations)),
      [],
    );
  });

  for (const mtu of [23, 185, 247, 517]) {
    it(`enrol, join and carry data at an ATT_MTU of ${mtu} (EUK-UI-01, PNI-01, GWA-01)`, async () => {
      rig = new Rig({ start: false });
      const home = new Home(rig.clock, rig.radio);
      await home.start([alice]);
      const { radio, device } = deviceOf(rig, 0, mtu);
      radios.push(radio);
      assert.equal((await device.run(enrolment())).kind, "enrolled");
      assert.equal((await device.run({ kind: "createPN" })).kind, "joined");
      const server = await device.run({ kind: "sendToServer", text: "hello" });
      assert.equal(server.kind === "message" && server.text, "Server got: hello");
      const gateway = await device.run({ kind: "sendToGateway", text: "hello" });
      assert.equal(gateway.kind === "message" && gateway.text, "Gateway got: hello");
      assert.ok(radio.lints.every(({ longest }) => longest <= mtu));
    });
  }

  it("find each other again after the link was lost, and go on in the PN", async () => {
    rig = new Rig({ start: false });
    const home = new Home(rig.clock, rig.radio);
    await home.start([alice]);
    const { radio, device } = deviceOf(rig, 0, 185);
    radios.push(radio);
    assert.equal((await device.run(enrolment())).kind, "enrolled");
    assert.equal((await device.run({ kind: "createPN" })).kind, "joined");
    rig.adapter.plug(false);
    await until(() => device.firmware.pne?.view.pn?.away === true, "the device to notice");
    rig.adapter.plug(true);
    await until(() => device.firmware.pne?.view.pn?.away === false, "the device to be back");
    const server = await device.run({ kind: "sendToServer", text: "again" });
    assert.equal(server.kind === "message" && server.text, "Server got: again");
  });

  it("serve 8 devices at once: all enrol, join, and are heard by the Server", async () => {
    rig = new Rig({ start: false });
    const home = new Home(rig.clock, rig.radio);
    const users = Array.from({ length: 8 }, (_, i) => ({ userID: `user-${i}`, password: "a good password" }));
    await home.start(users);
    const all = users.map((user, i) => ({ user, ...deviceOf(rig, i, [23, 185, 247, 517][i % 4] as number) }));
    radios.push(...all.map(({ radio }) => radio));
    const outcomes = await Promise.all(
      all.map(async ({ user: { userID, password }, device }) => {
        const enrolled = await device.run({
          kind: "enrol",
          userID: ascii(userID),
          password: ascii(password),
        });
        const joined = await device.run({ kind: "createPN" });
        const told = await device.run({ kind: "sendToServer", text: userID });
        return [enrolled.kind, joined.kind, told.kind === "message" && told.text];
      }),
    );
    assert.deepEqual(
      outcomes,
      users.map(({ userID }) => ["enrolled", "joined", `Server got: ${userID}`]),
    );
  });
});

describe("the firmware that joins a PN GW's virtual radio", () => {
  const clock = new WallClock();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-air-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  after(() => clock.stop());

  for (const by of ["path", "port"] as const) {
    it(`enrols, joins and is heard over a socket that it reaches by its ${by} (EUK-UI-01, PNI-01)`, async () => {
      const at = by === "path" ? { path: join(folder, "air") } : { port: 0 };
      const radio = await VirtualRadio.listen({ at, clock, mtu: 23 });
      const home = new Home(clock, radio);
      await home.start([alice]);
      const { address } = radio;
      const Socket = nodeSockets("path" in address ? address : { host: "127.0.0.1", ...address });
      const device = new WholeDevice("Lamp", clock, new TcpLink({ Socket, host: "", port: 0, clock }));
      assert.equal((await device.run(enrolment())).kind, "enrolled");
      assert.equal(outcome(await device.run({ kind: "createPN" })), "joined");
      const told = await device.run({ kind: "sendToServer", text: "hello" });
      assert.equal(told.kind === "message" && told.text, "Server got: hello");
      const peers = home.reconnector.peers;
      assert.deepEqual(
        peers.map(({ state }) => state),
        ["linked"],
      );
      home.reconnector.stop();
      await until(() => device.firmware.pne?.view.pn?.away === true, "the device to notice");
    });
  }
});
