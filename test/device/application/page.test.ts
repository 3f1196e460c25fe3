import assert from "node:assert/strict";
import { ApplicationPage } from "../../../src/device/application/page.js";
import { english } from "../../../src/ui/strings/english.js";

describe("an application's page", () => {
  const shownOf = (lines: readonly string[]): readonly string[] => {
    const page = new ApplicationPage(() => ({ name: "Remote", lines, keys: [], stopped: undefined }));
    return page.draw({ keypad: "buttons", strings: english, back() {} } as never).lines;
  };

  it("shows no line that is empty, and six of the others", () => {
    assert.deepEqual(shownOf(["Lamp", ""]), ["Lamp"]);
    assert.deepEqual(shownOf(["", "1", "", "2", "3", "4", "5", "6", "7"]), ["1", "2", "3", "4", "5", "6"]);
  });

  it("shows what members have said without what no display has, and 64 letters of it", () => {
    assert.deepEqual(shownOf(["a\nb", "x".repeat(70)]), ["a?b", "x".repeat(64)]);
  });
});
