import assert from "node:assert/strict";
import { english } from "../../src/ui/strings/english.js";
import { errorText } from "../../src/ui/strings/strings.js";
import { errorCodes } from "../support/errorCodes.js";

describe("texts about errors", () => {
  it("are a code's own, or shared with those that mean the same to a person", () => {
    assert.equal(errorText(english, "timeout"), english.errors.timeout);
    for (const code of ["pn.pnID", "store.keyNotNewer", "record.forged"] as const) {
      assert.equal(errorText(english, code), english.errors["pn.notTrusted"]);
    }
  });

  it("tell the code where there is nothing else to say, or what is known beside it", () => {
    assert.match(errorText(english, "cbor.depth").what, /cbor\.depth/);
    assert.match(errorText(english, "firmware.fault", "TypeError: x $& y").what, /: TypeError: x \$& y$/);
  });

  it("say what to do next", () => {
    for (const code of errorCodes) assert.ok(errorText(english, code).next.length > 5, code);
  });
});
