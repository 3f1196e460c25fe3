import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { demo, knownAs, serveDevices } from "../../../hosts/simulator/external/command.js";
import { type Listener, listenForDevices } from "../../../hosts/simulator/external/listener.js";
import type { AirDevice } from "../../../hosts/simulator/network/device.js";
import { frame, Kind } from "../../../src/link/virtualRadio.js";
import { until } from "../../support/until.js";

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once("close", () => resolve()));
const open = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
};

describe("devices that join the simulator's air from outside", () => {
  const heard: AirDevice[] = [];
  let listener: Listener;

  before(async () => {
    listener = await listenForDevices({ port: 0, air: { heard: (device) => void heard.push(device) } });
  });

  after(() => listener.close());

  it("are heard when they advertise, by name and state, and gone with their connection", async () => {
    const socket = await open(listener.port);
    socket.write(frame(Kind.advertise, Uint8Array.of(1, 0x61, 0x62)));
    await until(() => heard.length > 0, "a device to be heard");
    assert.equal(heard[0]?.advertised, 1);
    assert.equal(listener.devices[0]?.name, "ab");
    socket.destroy();
    await until(() => listener.devices.length === 0, "the devices to be gone");
    assert.equal(heard[0]?.powered, false);
  });

  it("are let go when they send what is no frame, or a kind that no device sends", async () => {
    for (const bad of [
      Uint8Array.of(0, 0, 9),
      Uint8Array.of(0xff, 0xff, 1),
      frame(99),
      frame(Kind.connected),
    ]) {
      const socket = await open(listener.port);
      const end = closed(socket);
      socket.write(bad);
      await end;
    }
    await until(() => listener.devices.length === 0, "the devices to be gone");
  });

  it("write into no link without harm, and advertise no state that there is not", async () => {
    const socket = await open(listener.port);
    socket.write(frame(Kind.fragment, new Uint8Array(20)));
    socket.write(frame(Kind.disconnect));
    const before = heard.length;
    socket.write(frame(Kind.advertise, Uint8Array.of(7)));
    socket.write(frame(Kind.advertise, Uint8Array.of(0)));
    await until(() => heard.length > before, "a device to be heard");
    assert.equal(heard.length, before + 1);
    socket.destroy();
    await until(() => listener.devices.length === 0, "the devices to be gone");
  });

  it("are a few at most", async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 8; i++) sockets.push(await open(listener.port));
    await until(() => listener.devices.length === 8, "the devices to be there");
    const ninth = await open(listener.port);
    await closed(ninth);
    for (const socket of sockets) socket.destroy();
    await until(() => listener.devices.length === 0, "the devices to be gone");
  });
});

describe("npm run sim -- --listen", () => {
  it("says who may enrol there, and a password to nobody but who has named no User", () => {
    assert.equal(knownAs([demo]), "for User ID demo, password sesame42");
    const own = { userID: "demo", password: "of one's own" };
    assert.equal(knownAs([own, { ...own, userID: "alice" }]), "for User ID demo, alice");
  });

  for (const [args, problem] of [
    [["--listen", "x"], /^--listen takes a whole number/],
    [["--listen", "0", "--mtu", "22"], /^--mtu takes a whole number from 23 to 517/],
    [["--listen", "0", "--user", "alice"], /^--user takes ID:PASSWORD/],
    [["--listen", "0", "--user", "demo:pässword"], /^--user takes no such User ID or password \(characters/],
    [["--listen", "0", "--user", " demo:password"], /\(credential\.userID\.characters\)/],
    [["--listen", "0", "--user", `demo:${"x".repeat(65)}`], /\(credential\.password\.tooLong\)/],
    [["--listen", "0", "--loud"], /--loud/],
  ] as const) {
    it(`says in one line what is wrong: ${args.join(" ")}`, async () => {
      const errors: string[] = [];
      const terminal = { out: () => {}, error: (line: string) => void errors.push(line) };
      assert.equal(await serveDevices(args, terminal), 2);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? "", problem);
      assert.match(errors[0] ?? "", /usage: /);
    });
  }
});
