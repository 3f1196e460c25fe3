import { connect, createServer, type Server, type Socket } from "node:net";

/** A balancer as it passes TCP through: each new connection goes to the next of those that take it. */
export class RoundRobin {
  readonly #ports: readonly number[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next = 0;
  /** Told of what a client sends, after it was passed on: to which of the ports. */
  onUp: ((index: number) => void) | undefined;
  port = 0;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#server = createServer((client) => this.#join(client));
  }

  static async before(ports: readonly number[]): Promise<RoundRobin> {
    const made = new RoundRobin(ports);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    const address = made.#server.address();
    if (typeof address === "object" && address !== null) made.port = address.port;
    return made;
  }

  #join(client: Socket, tried = 0): void {
    if (tried === 0) this.#keep(client);
    if (tried >= this.#ports.length) return void client.destroy();
    const index = this.#next++ % this.#ports.length;
    const server = connect(this.#ports[index] ?? 0, "127.0.0.1");
    this.#keep(server);
    let joined = false;
    server.once("connect", () => {
      joined = true;
      server.pipe(client);
      client.on("data", (data) => {
        server.write(data);
        this.onUp?.(index);
      });
    });
    const over = (): void => {
      if (!joined) return this.#join(client, tried + 1);
      client.destroy();
    };
    server.once("close", over);
    client.once("close", () => {
      joined = true;
      server.destroy();
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
