import assert from "node:assert/strict";
import { shownGateway } from "../../../hosts/server/shownGateway.js";
import { encode } from "../../../src/codec/schema.js";
import { gatewayInfo } from "../../../src/protocols/network/messages.js";

describe("what the operator sees of a network's PN GW (C-29)", () => {
  const shown = (flags: number, subscription: { readonly kind: number; readonly realm?: string }): string =>
    shownGateway(encode(gatewayInfo, { flags, links: 7, technologies: ["BLE"], subscription }));

  it("is its subscription, its keypad, whether it is reached, and its links", () => {
    assert.equal(
      shown(3, { kind: 1 }),
      "gateway by password, a person can type at it, reachable, BLE with 7 links",
    );
    assert.equal(
      shown(0, { kind: 2, realm: "operator.example" }),
      "gateway by SIM of operator.example, no keypad, not reachable, BLE with 7 links",
    );
  });
});
