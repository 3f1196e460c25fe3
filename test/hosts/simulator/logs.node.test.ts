import assert from "node:assert/strict";
import { operatorLine } from "../../../hosts/simulator/scenario/logs.js";
import { Milliseconds } from "../../../src/base/units.js";

describe("a line of the capture, of what passes to the operator", () => {
  const at = Milliseconds(1);

  it("has Ub as the HTTP that it is", () => {
    const request = { method: "GET", uri: "/", headers: { authorization: "Digest" }, body: "" };
    assert.equal(
      operatorLine(7, { at, leg: "Ub", direction: "toBSF", request }),
      '{"t":7,"dir":"toBSF","leg":"Ub","request":{"method":"GET","uri":"/","headers":{"authorization":"Digest"},"body":""}}',
    );
  });

  it("has Zn with its octets in hex", () => {
    const nafID = Uint8Array.of(0x61, 0xff);
    assert.equal(
      operatorLine(8, { at, leg: "Zn", direction: "toBSF", bTID: "a@b", nafID }),
      '{"t":8,"dir":"toBSF","leg":"Zn","bTID":"a@b","nafID":"61ff"}',
    );
  });
});
