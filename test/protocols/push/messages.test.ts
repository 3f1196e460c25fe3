import assert from "node:assert/strict";
import { encodeMessage } from "../../../src/codec/message.js";
import { poll, pollResponse } from "../../../src/protocols/push/messages.js";
import { codeOf } from "../../support/codeOf.js";

const id = new Uint8Array(8);
const many = <T>(length: number, one: T): readonly T[] => Array.from({ length }, () => one);

describe("what goes over a PN GW's poll at once", () => {
  it("are 7 pushes and 16 reports, and not one more", () => {
    const pushes = (count: number) =>
      codeOf(() => encodeMessage(pollResponse, 1, { pushes: many(count, { id, kind: 1 }) }));
    const reports = (count: number) =>
      codeOf(() => encodeMessage(poll, 1, { pushes: many(count, { id, result: 0 }) }));
    assert.deepEqual([7, 8].map(pushes), [undefined, "cbor.length"]);
    assert.deepEqual([16, 17].map(reports), [undefined, "cbor.length"]);
  });
});
