import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { TcpSocket, TcpSocketClass } from "../../esp32/sdkSimulator/socket.js";

/**
 * The SDK's socket over Node's, for a firmware that joins a virtual radio: a UNIX socket, or wherever `at` says, in
 * place of the host and port that it asks for.
 */
export function nodeSockets(at: NetConnectOpts, opened: (socket: Socket) => void = () => {}): TcpSocketClass {
  class NodeSocket implements TcpSocket {
    static readonly connected = 1;
    static readonly readable = 2;
    static readonly writable = 3;
    callback: TcpSocket["callback"] = () => {};
    readonly #socket: Socket;
    #arrived: Buffer = Buffer.alloc(0);

    constructor() {
      this.#socket = connect(at);
      opened(this.#socket);
      this.#socket.on("connect", () => this.callback(NodeSocket.connected));
      this.#socket.on("data", (octets) => {
        this.#arrived = octets;
        this.callback(NodeSocket.readable, octets.length);
      });
      // A close follows.
      this.#socket.on("error", () => {});
      this.#socket.on("close", () => this.callback(-1));
    }

    read(): ArrayBuffer {
      return Uint8Array.from(this.#arrived).buffer;
    }

    write(): number;
    write(...values: readonly ArrayBuffer[]): void;
    write(...values: readonly ArrayBuffer[]): number {
      for (const value of values) this.#socket.write(new Uint8Array(value));
      return this.#socket.writableHighWaterMark - this.#socket.writableLength;
    }

    close(): void {
      this.#socket.destroy();
    }
  }
  return NodeSocket;
}
