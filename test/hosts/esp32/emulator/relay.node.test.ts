import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { until } from "../../../support/until.js";
import { Relay } from "./relay.js";

/** Who listens at the other side of a serial port: each connection, and what has come by it. */
class Listener {
  readonly sockets: Socket[] = [];
  readonly heard: string[] = [];
  readonly #server: Server = createServer((socket) => {
    const nth = this.sockets.push(socket) - 1;
    this.heard.push("");
    socket.on("error", () => {});
    socket.on("data", (octets) => {
      this.heard[nth] += octets.toString();
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }
}

describe("the wire between a serial port of an emulated chip and who listens", () => {
  const listener = new Listener();
  let relay: Relay;
  let chip: Socket;
  let back = "";

  before(async () => {
    relay = new Relay(await listener.listen());
    await relay.listen();
    chip = connect(relay.port, "127.0.0.1");
    chip.on("error", () => {});
    chip.on("data", (octets) => {
      back += octets.toString();
    });
    await until(() => listener.sockets.length === 1);
  });

  after(() => {
    chip.destroy();
    relay.close();
    listener.close();
  });

  it("carries octets both ways", async () => {
    chip.write("up");
    await until(() => listener.heard[0] === "up");
    listener.sockets[0]?.write("down");
    await until(() => back === "down");
  });

  it("is cut at a reset of the chip: what was on its way is lost, and a new connection begins", async () => {
    const done = relay.reset();
    chip.write("half a mess");
    await done;
    await until(() => listener.sockets.length === 2 && listener.sockets[0]?.destroyed === true);
    chip.write("new");
    await until(() => listener.heard[1] === "new");
    assert.equal(listener.heard[0], "up");
    assert.equal(chip.destroyed, false);
  });

  it("ends on both sides when one of them goes", async () => {
    listener.sockets[1]?.destroy();
    await until(() => chip.destroyed);
  });
});
