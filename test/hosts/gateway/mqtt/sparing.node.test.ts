import assert from "node:assert/strict";
import { sparing } from "../../../../hosts/gateway/mqtt/sparing.js";
import { FakeTimers } from "../../../support/fakeTimers.js";

const mostLines = 20;

describe("a log that is spared", () => {
  it("has twenty lines of each event in ten seconds, and then how many more there were", () => {
    const timers = new FakeTimers();
    try {
      const lines: string[] = [];
      const log = sparing({ event: (name, fields) => void lines.push(`${name} ${JSON.stringify(fields)}`) });
      for (let i = 0; i < 1_000; i++) log.event("mqtt.refused", { topic: `${i}` });
      log.event("mqtt.away", { why: "lost" });
      assert.equal(lines.length, mostLines + 1);
      timers.advance(10_000);
      assert.equal(lines.at(-1), 'mqtt.unsaid {"of":"mqtt.refused","count":980}');
      assert.equal(lines.length, mostLines + 2);
      log.event("mqtt.refused", { topic: "next" });
      timers.advance(20_000);
      assert.equal(lines.at(-1), 'mqtt.refused {"topic":"next"}');
    } finally {
      timers.restore();
    }
  });
});
