import { Milliseconds } from "../../../src/base/units.js";
import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { TcpSocket, TcpSocketClass } from "../sdkSimulator/socket.js";

/** The functions of c/cpnsEmulator.c. */
export interface SerialPorts {
  open(port: number): void;
  read(port: number): ArrayBuffer | undefined;
  room(port: number): number;
  write(port: number, octets: ArrayBuffer): void;
}

/** Ports are looked at so often: the rest of the time is the idle task's. */
const period = Milliseconds(5);

/** The SDK's socket over the chip's serial ports, for a firmware in an emulator that leads them to sockets. */
export function serialSockets(ports: SerialPorts, ticker: Ticker): TcpSocketClass {
  class SerialSocket implements TcpSocket {
    static readonly connected = 1;
    static readonly readable = 2;
    static readonly writable = 3;
    callback: TcpSocket["callback"] = () => {};
    readonly #port: number;
    #arrived: ArrayBuffer | undefined;
    #connected = false;
    /** What was to be written has found too little room. */
    #full = false;

    constructor({ port }: { readonly port: number }) {
      this.#port = port;
      ports.open(port);
      const looking = ticker.every(period, () => this.#look());
      this.close = () => looking.cancel();
    }

    close: () => void;

    #look(): void {
      if (!this.#connected) {
        this.#connected = true;
        this.callback(SerialSocket.connected);
      }
      this.#arrived = ports.read(this.#port);
      if (this.#arrived !== undefined) this.callback(SerialSocket.readable, this.#arrived.byteLength);
      if (!this.#full) return;
      this.#full = false;
      this.callback(SerialSocket.writable, ports.room(this.#port));
    }

    read(): ArrayBuffer {
      return this.#arrived ?? new ArrayBuffer(0);
    }

    write(): number;
    write(...values: readonly ArrayBuffer[]): void;
    write(...values: readonly ArrayBuffer[]): number {
      values.forEach((value) => {
        ports.write(this.#port, value);
      });
      // Who asks may have more than there is room for.
      if (values.length === 0) this.#full = true;
      return ports.room(this.#port);
    }
  }
  return SerialSocket;
}
