import assert from "node:assert/strict";
import { readRadio } from "../../../../hosts/gateway/radio/radios.js";

describe("--radio of the gateway", () => {
  it("chooses an adapter, or a socket where devices join", () => {
    assert.deepEqual(readRadio("hci"), { kind: "bluetooth" });
    assert.deepEqual(readRadio("hci1"), { kind: "bluetooth", device: 1 });
    assert.deepEqual(readRadio("virtual:/run/cpns/air"), { kind: "virtual", at: { path: "/run/cpns/air" } });
    assert.deepEqual(readRadio("virtual:4711"), { kind: "virtual", at: { port: 4711 } });
    const path = `/${"x".repeat(106)}`;
    assert.deepEqual(readRadio(`virtual:${path}`), { kind: "virtual", at: { path } });
  });

  it("says in one line what it does not take", () => {
    for (const wrong of [
      "",
      "ble",
      "hcix",
      "virtual",
      "virtual:",
      "virtual:65536",
      `virtual:/${"x".repeat(107)}`,
    ]) {
      assert.throws(() => readRadio(wrong), /^[^\n]*--radio [^\n]+$/, wrong);
    }
  });
});
