import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gatewayWords } from "../../../hosts/gateway/words.js";
import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { resultCode } from "../../../src/codec/results.js";
import { ProcedureError } from "../../../src/procedure/procedure.js";
import { errorCodes } from "../../support/errorCodes.js";

/** Results that the Server has for a PNE in its PN, and never for what a person at the PN GW asks. */
const never: readonly ErrorCode[] = ["result.unknown", "result.protocol", "result.alreadyDone"];

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
