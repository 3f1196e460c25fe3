import assert from "node:assert/strict";
import { type SerialPorts, serialSockets } from "../../../../hosts/esp32/emulator/uart.js";

/** Serial ports in memory: what has arrived at each, what was sent, and the room that is left. */
class Ports implements SerialPorts {
  readonly opened: number[] = [];
  readonly arrived: ArrayBuffer[] = [];
  readonly sent: string[] = [];
  left = 10;

  open(port: number): void {
    this.opened.push(port);
  }

  read(): ArrayBuffer | undefined {
    return this.arrived.shift();
  }

  room(): number {
    return this.left;
  }

  write(port: number, octets: ArrayBuffer): void {
    if (octets.byteLength > this.left) throw new Error("full");
    this.left -= octets.byteLength;
    this.sent.push(`${port}: ${[...new Uint8Array(octets)].join(" ")}`);
  }
}

const octets = (...values: readonly number[]): ArrayBuffer => Uint8Array.from(values).buffer;

describe("a socket over a serial port of a chip in an emulator", () => {
  const make = (): {
    ports: Ports;
    told: string[];
    look: () => void;
    socket: Socket;
    stopped: () => boolean;
  } => {
    const ports = new Ports();
    const told: string[] = [];
    let work = (): void => {};
    let cancelled = false;
    const Serial = serialSockets(ports, {
      every: (_, looking) => {
        work = looking;
        return {
          cancel: () => {
            cancelled = true;
          },
        };
      },
    });
    const names = new Map([
      [Serial.connected, "connected"],
      [Serial.readable, "readable"],
      [Serial.writable, "writable"],
    ]);
    const socket = new Serial({ host: "", port: 1 });
    socket.callback = (message, value) => {
      const read =
        message === Serial.readable ? ` ${new Uint8Array(socket.read(ArrayBuffer)).join(" ")}` : "";
      told.push(`${names.get(message)}${value === undefined ? "" : ` ${value}`}${read}`);
    };
    return { ports, told, look: () => work(), socket, stopped: () => cancelled };
  };
  type Socket = InstanceType<ReturnType<typeof serialSockets>>;

  it("opens its port, is connected at the first look, and gives what has arrived", () => {
    const { ports, told, look } = make();
    assert.deepEqual(ports.opened, [1]);
    assert.deepEqual(told, []);
    ports.arrived.push(octets(1, 2), octets(3));
    look();
    look();
    look();
    assert.deepEqual(told, ["connected", "readable 2 1 2", "readable 1 3"]);
  });

  it("writes in order, and throws where there is no room", () => {
    const { ports, socket } = make();
    socket.write(octets(1), octets(2, 3));
    assert.deepEqual(ports.sent, ["1: 1", "1: 2 3"]);
    assert.throws(() => socket.write(octets(0, 0, 0, 0, 0, 0, 0, 0)), /full/);
  });

  it("tells after it was asked for room how much there is, once", () => {
    const { ports, told, look, socket } = make();
    assert.equal(socket.write(), 10);
    ports.left = 4;
    look();
    look();
    assert.deepEqual(told, ["connected", "writable 4"]);
  });

  it("does not look any more once it is closed", () => {
    const { socket, stopped } = make();
    socket.close();
    assert.equal(stopped(), true);
  });
});
