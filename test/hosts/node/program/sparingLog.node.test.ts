import assert from "node:assert/strict";
import { JsonLog } from "../../../../hosts/node/program/jsonLog.js";
import { doorLog } from "../../../../hosts/node/program/sparingLog.js";
import type { LogValue } from "../../../../src/base/ports.js";
import { FakeTimers } from "../../../support/fakeTimers.js";

describe("the log of a program with a door", () => {
  it("has 100 lines of what strangers bring about within ten seconds, and how many more there were at their end", () => {
    const lines: string[] = [];
    const written = new JsonLog((line) => {
      const { time: _, event, ...fields } = JSON.parse(line) as Record<string, LogValue>;
      lines.push(`${event} ${JSON.stringify(fields)}`);
    });
    const timers = new FakeTimers();
    try {
      const log = doorLog(written);
      for (let i = 0; i < 5_000; i++) log.event("http.refused", { status: 429 });
      for (let i = 0; i < 101; i++) log.event("auth.session");
      assert.equal(lines.filter((line) => line === 'http.refused {"status":429}').length, 100);
      assert.equal(lines.filter((line) => line === "auth.session {}").length, 101, "others are all there");
      timers.advance(10_000);
      assert.equal(lines.at(-1), 'http.unsaid {"of":"http.refused","count":4900}');
      log.event("http.refused", { status: 404 });
      assert.equal(lines.at(-1), 'http.refused {"status":404}');
    } finally {
      timers.restore();
    }
  });
});
