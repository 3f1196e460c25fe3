import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { rxUUID, serviceUUID, txUUID } from "../../../../src/link/service.js";
import { attributesOf, Property, uuidOctets } from "../../../support/hci/attributes.js";
import { AttServer } from "../../../support/hci/attServer.js";
import { HciController } from "../../../support/hci/controller.js";
import { H4Reader, Packet } from "../../../support/hci/h4.js";
import { type H4Port, serveH4 } from "../../../support/hci/h4Tcp.js";
import { Channel, cutFrame, FrameAssembler } from "../../../support/hci/l2cap.js";
import { until } from "../../../support/until.js";
import { addressOf, peerOf, Rig } from "./rig.js";

const rx = { uuid: rxUUID, properties: Property.write };
const tx = { uuid: txUUID, properties: Property.notify };

/** The least of a host stack in the peripheral's role: it advertises, and serves the PNE's service over H4. */
class PeripheralHost {
  readonly #socket: Socket;
  readonly events: number[] = [];
  readonly written: Uint8Array[] = [];
  #handle = 0;
  readonly #frames = new FrameAssembler((channel, payload) => {
    if (channel === Channel.att) this.#att.receive(payload);
  });
  readonly #att = new AttServer({
    attributes: attributesOf([{ uuid: serviceUUID, characteristics: [rx, tx] }]),
    mtu: 100,
    send: (pdu) => {
      for (const { first, octets } of cutFrame(Channel.att, pdu, 27)) {
        this.#send(Packet.acl, [this.#handle, first ? 0 : 0x10, octets.length, 0, ...octets]);
      }
    },
    written: (_characteristic, value) => {
      this.written.push(value);
      return undefined;
    },
    subscribed: () => this.#att.notify(tx, Uint8Array.of(1, 2, 3)),
  });

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("error", () => {});
    const reader = new H4Reader((packet) => this.#take(packet));
    this.#socket.on("data", (octets) => {
      // As a UART brings them.
      for (const octet of octets) reader.push(Uint8Array.of(octet));
    });
    this.command(0x0c03);
    const advertisement = [2, 1, 6, 17, 7, ...uuidOctets(serviceUUID)];
    const response = [18, 0x21, ...uuidOctets(serviceUUID), 1];
    this.command(0x2008, advertisement.length, ...advertisement, ...Array(31 - advertisement.length).fill(0));
    this.command(0x2009, response.length, ...response, ...Array(31 - response.length).fill(0));
    this.command(0x200a, 1);
  }

  command(opcode: number, ...parameters: readonly number[]): void {
    this.#send(Packet.command, [opcode & 0xff, opcode >> 8, parameters.length, ...parameters]);
  }

  send(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(type: number, octets: readonly number[]): void {
    this.send(Uint8Array.from([type, ...octets]));
  }

  #take(packet: Uint8Array): void {
    if (packet[0] === Packet.acl) {
      this.#frames.push({ first: (packet[2] as number) >> 4 === 2, octets: packet.subarray(5) });
      return;
    }
    this.events.push(packet[1] as number);
    // LE Connection Complete.
    if (packet[1] === 0x3e && packet[3] === 1) this.#handle = packet[5] as number;
  }
}

describe("the controller for tests, behind H4 over TCP", () => {
  let rig: Rig;
  let port: H4Port;
  let host: PeripheralHost;

  beforeEach(async () => {
    rig = new Rig();
    port = await serveH4(new HciController({ air: rig.air, address: addressOf(0) }));
    host = new PeripheralHost(port.port);
  });

  afterEach(() => {
    host.close();
    port.close();
    rig.close();
  });

  it("lets a host stack be the peripheral that noble connects to", async () => {
    await rig.hears(0);
    const link = rig.attempt(0);
    await until(() => link.connection !== undefined && link.received.length > 0, "a link and what it brings");
    assert.deepEqual(link.received, [Uint8Array.of(1, 2, 3)]);
    assert.equal(link.up.maximumWrite, 97);
    const fragment = Uint8Array.from({ length: 97 }, (_, i) => i);
    assert.equal(await link.write(fragment), undefined);
    assert.deepEqual(host.written, [fragment]);
    link.up.disconnect();
    await until(() => host.events.includes(0x05), "the host to hear of the end");
    assert.deepEqual(port.faults, []);
  });

  it("answers a command that it does not know, and ends with a host that sends no HCI", async () => {
    const before = host.events.length;
    host.command(0xfc01, 1, 2, 3);
    await until(() => host.events.length > before + 3, "an answer to every command");
    assert.equal(host.events.at(-1), 0x0e);
    host.send(Uint8Array.of(9, 9, 9));
    await until(() => port.faults.length > 0, "the fault to be seen");
    assert.deepEqual(port.faults, ["no HCI packet begins with 9"]);
    assert.equal(rig.heard.includes(`${peerOf(0)} lost`), false);
  });
});
