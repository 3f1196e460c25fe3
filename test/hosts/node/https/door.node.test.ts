import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { IncomingMessage } from "node:http";
import { connect, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownCertificate } from "../../../../hosts/node/https/certificate.js";
import { Door, readBody } from "../../../../hosts/node/https/door.js";

/** Connects from this address, until it is let go. */
const knock = (port: number, localAddress: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    socket.on("error", () => {}).once("close", () => resolve());
  });

const address = (n: number): string => `127.1.${n >> 8}.${n & 255}`;

describe("a door that is full", () => {
  it("says so once of each of 1,000 addresses in some time, and anew when there is one more", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cpns-door-"));
    const told = new Map<unknown, number>();
    const door = new Door({
      certificate: await ownCertificate(folder, ["localhost"]),
      connections: { all: 100, ofAddress: 0 },
      answer: async () => {},
      log: (event, { address: from } = {}) => {
        if (event === "http.full") told.set(from, (told.get(from) ?? 0) + 1);
      },
    });
    const real = performance.now;
    // However long a busy machine takes.
    performance.now = () => 20_000;
    try {
      const port = await door.listen(0, "127.0.0.1");
      const from = async (first: number, last: number): Promise<void> => {
        for (let n = first; n <= last; n += 50)
          await Promise.all(
            Array.from({ length: Math.min(50, last - n + 1) }, (_, i) => knock(port, address(n + i))),
          );
      };
      await from(1, 1_000);
      await from(1, 1);
      assert.deepEqual([told.size, told.get(address(1))], [1_000, 1]);
      await from(1_001, 1_001);
      await from(1, 1);
      assert.deepEqual([told.size, told.get(address(1))], [1_001, 2]);
    } finally {
      performance.now = real;
      await door.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a body", () => {
  it("of a request whose connection has ended before anybody reads it is gone, and waited for by nobody", async () => {
    const request = new IncomingMessage(new Socket());
    request.on("error", () => {}).destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(readBody(request, 10), { code: "ECONNRESET" });
  });
});
