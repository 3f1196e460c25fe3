import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { serveControl } from "../../../hosts/gateway/control.js";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection to the gateway's socket: what it answers, and whether it stays open. */
function connection() {
  const said: string[] = [];
  const socket = new Duplex({
    read() {},
    write(text: Buffer, _, done) {
      said.push(text.toString());
      done();
    },
  });
  serveControl(socket as Socket, async (request) => ({ value: request.ask }));
  const send = async (text: string): Promise<void> => {
    socket.push(text);
    await settled();
  };
  return { socket, said, send };
}

describe("a line that is said to the gateway's socket", () => {
  const line = JSON.stringify({ ask: "view" });

  it("may be of 16,384 characters, as long as it is not over, and no more", async () => {
    const { socket, said, send } = connection();
    await send(line.padEnd(16_384));
    assert.equal(socket.destroyed, false);
    await send("\n");
    assert.deepEqual(said, ['{"value":"view"}\n']);
    await send(line.padEnd(16_385));
    assert.equal(socket.destroyed, true);
    assert.equal(said.length, 1);
  });

  it("is counted by itself, however many came before it", async () => {
    const { socket, said, send } = connection();
    await send(`${line}\n`.repeat(1_000));
    await send(line.padEnd(16_384));
    assert.equal(socket.destroyed, false);
    assert.equal(said.length, 1_000);
  });
});
