import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

/** What a client has published, as it came. */
export interface Published {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly again: boolean;
}

/** A broker of MQTT 3.1.1 that does what brokers should not: it refuses, keeps silent, forgets, or talks nonsense. */
export class FakeBroker {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How often somebody has come. */
  connections = 0;
  readonly published: Published[] = [];
  /** Lets nobody in: whoever comes is cut off at once. */
  down = false;
  /** In the place of everything: what is said as soon as somebody comes. */
  greeting: Uint8Array | string | undefined;
  /** Says nothing at all. */
  silent = false;
  /** The return code of CONNACK. */
  code = 0;
  /** What a subscription is answered by: 0x80 is no. */
  granted = 1;
  /** Confirms what is published. */
  confirms = true;
  /** Cuts the connection once so many messages have been published. */
  cutsAfter = Number.POSITIVE_INFINITY;

  private constructor() {
    this.#server = createServer((socket) => this.#come(socket));
  }

  static async open(): Promise<FakeBroker> {
    const broker = new FakeBroker();
    await new Promise<void>((resolve) => broker.#server.listen(0, "127.0.0.1", resolve));
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #come(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.down) return void socket.destroy();
    if (this.greeting !== undefined) socket.write(this.greeting);
    let waiting = Buffer.alloc(0);
    socket.on("data", (data) => {
      if (this.silent || this.greeting !== undefined) return;
      waiting = Buffer.concat([waiting, data]);
      for (let length = lengthOf(waiting); length <= waiting.length; length = lengthOf(waiting)) {
        this.#packet(socket, waiting.subarray(0, length));
        waiting = waiting.subarray(length);
      }
    });
  }

  #packet(socket: Socket, packet: Buffer): void {
    const [first = 0] = packet;
    const body = packet.subarray(packet.findIndex((octet, i) => i > 0 && octet < 0x80) + 1);
    switch (first >> 4) {
      case 1:
        return void socket.write(Uint8Array.of(0x20, 2, 0, this.code));
      case 3:
        return this.#publish(socket, first, body);
      case 8:
        return void socket.write(Uint8Array.of(0x90, 3, body[0] ?? 0, body[1] ?? 0, this.granted));
      case 12:
        return void socket.write(Uint8Array.of(0xd0, 0));
    }
  }

  #publish(socket: Socket, first: number, body: Buffer): void {
    const end = 2 + body.readUInt16BE(0);
    const [high = 0, low = 0] = body.subarray(end);
    this.published.push({
      topic: body.toString("utf8", 2, end),
      payload: body.toString("utf8", end + 2),
      retain: (first & 1) !== 0,
      again: (first & 8) !== 0,
    });
    if (this.confirms) socket.write(Uint8Array.of(0x40, 2, high, low));
    if (this.published.length >= this.cutsAfter) socket.destroy();
  }
}

/** Octets of the first packet; endless while it is not known. */
function lengthOf(octets: Buffer): number {
  let length = 0;
  for (let i = 1; i < Math.min(octets.length, 5); i++) {
    const octet = octets[i] ?? 0;
    length += (octet & 0x7f) * 128 ** (i - 1);
    if (octet < 0x80) return length + i + 1;
  }
  return Number.POSITIVE_INFINITY;
}
