import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

describe("hooks of tests", () => {
  it("stand inside what they are for: at the root they would run around every test of all files", () => {
    const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    assert.ok(files.length > 300, `${files.length}`);
    const outside = files.filter((file) =>
      /^(?:before|after)(?:Each)?\(/m.test(readFileSync(`test/${file}`, "utf8")),
    );
    assert.deepEqual(outside, []);
  });
});
