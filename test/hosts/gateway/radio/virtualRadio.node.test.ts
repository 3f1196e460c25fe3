import assert from "node:assert/strict";
import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualRadio } from "../../../../hosts/gateway/radio/virtualRadio.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";
import { FrameReader, frame, Kind } from "../../../../src/link/virtualRadio.js";
import { until } from "../../../support/until.js";
import { TestLink } from "./rig.js";

/** A program that has joined, octet by octet. */
class Joined {
  readonly socket: Socket;
  readonly frames: (readonly [number, Uint8Array])[] = [];
  closed = false;

  constructor(path: string) {
    this.socket = connect(path);
    const reader = new FrameReader((kind, payload) => void this.frames.push([kind, payload]));
    this.socket.on("data", (octets) => void reader.push(octets));
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
  }

  send(kind: number, ...payload: readonly number[]): void {
    this.socket.write(frame(kind, Uint8Array.from(payload)));
  }

  async takes(kind: number): Promise<Uint8Array> {
    await until(() => this.frames.length > 0, `a frame of kind ${kind}`);
    const [found, payload] = this.frames.shift() as readonly [number, Uint8Array];
    assert.equal(found, kind);
    return payload;
  }
}

describe("a virtual radio", () => {
  let folder: string;
  let path: string;
  let clock: WallClock;
  let radio: VirtualRadio;
  let devices: Joined[];
  let heard: string[];

  const joins = (): Joined => {
    const device = new Joined(path);
    devices.push(device);
    return device;
  };

  const attempt = (peer: string): TestLink => {
    const link = new TestLink();
    radio.connect(peer, link.listener);
    return link;
  };

  /** The n-th device that joins, with a link. */
  const linked = async (n = 1): Promise<readonly [Joined, TestLink]> => {
    const device = joins();
    device.send(Kind.advertise, 1, 0x61);
    await until(() => heard.includes(`virtual-${n} 1 a`), "the device to be heard");
    const link = attempt(`virtual-${n}`);
    await device.takes(Kind.connected);
    return [device, link];
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "cpns-radio-"));
    path = join(folder, "air");
    clock = new WallClock();
    devices = [];
    heard = [];
    radio = await VirtualRadio.listen({ at: { path }, clock, mtu: 100, maximumLinks: 8 });
    radio.start({
      heard: (peer, { state, name }) => void heard.push(`${peer} ${state} ${name}`),
      lost: (peer) => void heard.push(`${peer} lost`),
      usable: (error) => void heard.push(error?.code ?? "usable"),
    });
    await until(() => heard.length > 0, "the radio to be usable");
  });

  afterEach(() => {
    radio.stop();
    for (const { socket } of devices) socket.destroy();
    clock.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("hears devices advertise, by state and name, and lets no other user of the machine in", async () => {
    assert.deepEqual(heard, ["usable"]);
    assert.equal(radio.maximumLinks, 8);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const device = joins();
    device.send(Kind.advertise, 2, ...Buffer.from("Küche"));
    await until(() => heard.length === 2, "the device to be heard");
    device.send(Kind.advertise, 255);
    await until(() => heard.length === 3, "the device to be silent");
    device.send(Kind.advertise, 77);
    device.send(Kind.advertise, 0);
    device.socket.end();
    await until(() => heard.length === 6, "the device to be gone");
    assert.deepEqual(heard.slice(1), [
      "virtual-1 2 Küche",
      "virtual-1 lost",
      "virtual-1 lost",
      "virtual-1 0 ",
      "virtual-1 lost",
    ]);
  });

  it("carries fragments both ways with their completions", async () => {
    const device = joins();
    device.send(Kind.advertise, 1);
    await until(() => heard.length === 2, "the device to be heard");
    const link = attempt("virtual-1");
    assert.deepEqual(await device.takes(Kind.connected), Uint8Array.of(0, 97, 0));
    assert.equal(link.up.maximumWrite, 97);
    assert.equal(link.up.secure, false);
    assert.equal(await link.write(new Uint8Array(97).fill(7)), undefined);
    assert.deepEqual(await device.takes(Kind.fragment), new Uint8Array(97).fill(7));
    device.send(Kind.fragment, ...new Uint8Array(97).fill(8));
    assert.deepEqual(await device.takes(Kind.sent), Uint8Array.of(0));
    assert.deepEqual(link.received, [new Uint8Array(97).fill(8)]);
    assert.equal(await link.write(new Uint8Array(98)), "link.write");
  });

  it("ends a link from either side, and connects again once the device advertises anew", async () => {
    const [device, link] = await linked();
    link.up.disconnect();
    assert.equal(link.closed, "closed by the PN GW");
    assert.equal(await link.write(new Uint8Array(3)), "link.closed");
    await device.takes(Kind.disconnect);
    // Of the old link, on its way: neither the next link's nor completed.
    device.send(Kind.fragment, 1, 2, 3);
    const early = attempt("virtual-1");
    await until(() => early.ended, "the attempt to fail");
    assert.equal(early.error?.code, "radio.timeout");
    device.send(Kind.advertise, 1);
    await until(() => heard.length === 3, "the device to be heard again");
    const again = attempt("virtual-1");
    await device.takes(Kind.connected);
    device.send(Kind.disconnect);
    await device.takes(Kind.disconnect);
    await until(() => again.ended, "the end of the link");
    assert.equal(again.closed, "closed by the PNE");
    assert.deepEqual([link.received, again.received, device.frames], [[], [], []]);
  });

  it("ends the link of a device whose program ends", async () => {
    const [device, link] = await linked();
    device.socket.destroy();
    await until(() => link.ended, "the end of the link");
    assert.equal(link.closed, "the device is gone");
    assert.ok(heard.includes("virtual-1 lost"));
    const late = attempt("virtual-1");
    await until(() => late.ended, "the attempt to fail");
    assert.equal(late.error?.code, "radio.timeout");
  });

  it("lets go of a device that speaks another language, or more than its MTU", async () => {
    const bad: readonly Uint8Array[] = [
      Uint8Array.of(0, 0, 9),
      Uint8Array.of(0xff, 0xff, 1),
      frame(99),
      frame(Kind.connected, Uint8Array.of(0, 20, 1)),
      frame(Kind.sent, Uint8Array.of(0)),
      frame(Kind.fragment, new Uint8Array(98)),
    ];
    for (const [i, octets] of bad.entries()) {
      const [device, link] = await linked(i + 1);
      device.socket.write(octets);
      await until(() => device.closed && link.ended, `the end of device ${i}`);
    }
  });

  it("gives up a device that takes nothing, and ends its write with the link", async () => {
    clock.stop();
    radio.stop();
    clock = new WallClock({ speed: 50 });
    radio = await VirtualRadio.listen({ at: { path }, clock, mtu: 247 });
    radio.start({ heard: (peer) => void heard.push(peer), lost() {}, usable() {} });
    const device = joins();
    device.send(Kind.advertise, 1);
    await until(() => heard.includes("virtual-1"), "the device to be heard");
    const link = attempt("virtual-1");
    await device.takes(Kind.connected);
    device.socket.pause();
    let sent: string | undefined;
    for (let i = 0; i < 100_000 && sent === undefined; i++) sent = await link.write(new Uint8Array(244));
    assert.equal(sent, "link.closed");
    assert.deepEqual(link.events.slice(-2), ["closed", "link.closed"]);
  });

  it("has room for 256 devices, and for others when some have gone", async () => {
    for (let i = 0; i < 256; i++) joins();
    await until(() => devices.every(({ socket }) => !socket.connecting), "256 connections");
    const surplus = joins();
    await until(() => surplus.closed, "the 257th to be turned away");
    assert.ok(devices.slice(0, 256).every(({ closed }) => !closed));
    devices[0]?.socket.destroy();
    const next = joins();
    next.send(Kind.advertise, 1);
    await until(() => heard.length > 1 || next.closed, "the next one to be heard");
  });

  it("takes the place of a socket that a program has left behind, and of nothing else", async () => {
    await assert.rejects(
      VirtualRadio.listen({ at: { path }, clock }),
      /another program listens there already/,
    );
    const file = join(folder, "file");
    writeFileSync(file, "precious");
    await assert.rejects(VirtualRadio.listen({ at: { path: file }, clock }), /no socket/);
    assert.ok(existsSync(file));
    const left = join(folder, "left");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(left, resolve));
    // As a program that was killed leaves it: nobody listens, and the file is there.
    const stale = join(folder, "stale");
    linkSync(left, stale);
    server.close();
    const other = await VirtualRadio.listen({ at: { path: stale }, clock });
    other.stop();
    await assert.rejects(
      VirtualRadio.listen({ at: { path: join(folder, "no", "air") }, clock }),
      /no is not there/,
    );
  });
});
