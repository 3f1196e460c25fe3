import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlAnswer, serveControl } from "../../hosts/gateway/control.js";
import { until } from "../support/until.js";

const line = `${JSON.stringify({ ask: "view" })}\n`;

describe("a program at the gateway's socket that asks without end", () => {
  let folder: string;
  let close: () => Promise<void>;
  let asker: Socket;
  let served: Socket;
  let asked: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-socket-"));
    asked = 0;
  });
  afterEach(async () => {
    asker.destroy();
    await close();
    rmSync(folder, { recursive: true });
  });

  async function ask(lines: number, answer: () => Promise<ControlAnswer>): Promise<void> {
    const path = join(folder, "control.sock");
    const server = createServer((socket) => {
      served = socket;
      serveControl(socket, () => {
        asked++;
        return answer();
      });
    });
    close = () => new Promise((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    asker = connect(path).on("error", () => {});
    asker.write(line.repeat(lines));
  }

  it("is heard no further than the first that is not answered yet", async () => {
    let go: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    await ask(200_000, async () => {
      await gate;
      return { value: 1 };
    });
    await until(() => asked > 0, "the first line");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(asked, 1);
    assert.ok(served.bytesRead < 300_000, `${served.bytesRead} octets of 3 000 000`);
    go?.();
    let answers = 0;
    asker.setEncoding("utf8").on("data", (text) => {
      answers += String(text).split("\n").length - 1;
    });
    await until(() => answers === 200_000, "every answer");
    assert.equal(asked, 200_000);
  }).timeout(60_000);

  it("is given no more than it takes", async () => {
    const value = "x".repeat(10_000);
    await ask(20_000, async () => ({ value }));
    await until(() => asked > 0, "the first line");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(served.writableLength < 200_000, `${served.writableLength} octets wait`);
    assert.ok(asked < 200, `${asked}`);
    asker.destroy();
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(asked - before < 100, "and nothing is done for who is gone");
  });
});
