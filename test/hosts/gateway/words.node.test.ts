import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gatewayWords, memberLine } from "../../../hosts/gateway/words.js";
import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { resultCode } from "../../../src/codec/results.js";
import { ProcedureError } from "../../../src/procedure/procedure.js";
import { errorCodes } from "../../support/errorCodes.js";

/** Results that the Server has for a PNE in its PN, and never for what a person at the PN GW asks. */
const never: readonly ErrorCode[] = ["result.alreadyDone"];

describe("what a person at the gateway reads", () => {
  it("has words for every error that a command may end with, and for every Result of the Server", () => {
    const commands =
      readFileSync("src/gateway/ports.ts", "utf8").split("export interface GatewayAnswers")[0] ?? "";
    const named = [...commands.matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z]+)*)"/g)].map(
      ([, code]) => code as ErrorCode,
    );
    const results = Array.from({ length: 32 }, (_, i) => resultCode(i + 1));
    const codes = [...named, ...results].filter((code) => errorCodes.includes(code) && !never.includes(code));
    assert.ok(codes.length > 20);
    for (const code of new Set(codes)) {
      assert.notEqual(gatewayWords(new ProcedureError(code as never)), code, code);
    }
  });

  it("says what to do, or where to look", () => {
    for (const code of [
      "linkLost",
      "device.refused",
      "result.duplicateEntity",
      "result.refused",
      "timeout",
    ] as const)
      assert.match(gatewayWords(new ProcedureError(code)), /:/, code);
  });
});

describe("a member of a network at the terminal", () => {
  it("has its topics with what they were last, and writes nothing but letters", () => {
    const topic = { kind: "number", direction: "offers" } as const;
    const member = { id: "aa01", here: true, topics: [] };
    assert.equal(memberLine({ ...member, name: "Lamp" }), "aa01 Lamp");
    assert.equal(memberLine({ ...member, here: false }), "aa01  (away)");
    const topics = [
      { ...topic, name: "temperature", unit: "°C", value: 21.5 },
      { ...topic, name: "lamp", kind: "switch", value: true } as const,
      { ...topic, name: "ring", kind: "event" } as const,
      { ...topic, name: "power", unit: "W" },
      { ...topic, name: "text", kind: "text", value: `\u001b[2J${"x".repeat(90)}` } as const,
    ];
    assert.equal(
      memberLine({ ...member, name: "Kitchen", topics }),
      `aa01 Kitchen: temperature 21.5 °C, lamp ON, ring, power, text ?[2J${"x".repeat(36)}`,
    );
  });
});
