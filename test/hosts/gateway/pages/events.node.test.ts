import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { Events } from "../../../../hosts/gateway/pages/events.js";
import type { Session } from "../../../../hosts/gateway/pages/sessions.js";

/** The answer to who opens a stream; `waits` octets are not taken yet. */
class Answer extends EventEmitter {
  writableLength = 0;
  destroyed = false;
  readonly written: string[] = [];
  writeHead(): void {}
  write(text: string): void {
    this.written.push(text);
  }
  end(text: string): void {
    this.write(text);
    this.emit("close");
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

describe("streams of the gateway's page", () => {
  it("are cut for who leaves more than 16 384 octets waiting, and for nobody else", async () => {
    const events = new Events({ lives: () => true });
    const [slow, slower] = [new Answer(), new Answer()];
    for (const answer of [slow, slower])
      assert.ok(events.open(answer as unknown as ServerResponse, {} as Session, {}));
    [slow.writableLength, slower.writableLength] = [16_384, 16_385];
    events.changed();
    await new Promise((resolve) => setTimeout(resolve, 260));
    assert.deepEqual([slow.destroyed, slower.destroyed, events.size], [false, true, 1]);
    assert.match(slow.written.at(-1) ?? "", /changed/);
    events.close();
  });
});
