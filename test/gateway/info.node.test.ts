import assert from "node:assert/strict";
import { shownGateway } from "../../hosts/server/shownGateway.js";
import { encode } from "../../src/codec/schema.js";
import { infoOf } from "../../src/gateway/info.js";
import type { GatewayEntityPorts } from "../../src/gateway/ports.js";
import { KeyOrigin } from "../../src/keystore/schemas.js";
import { gatewayInfo } from "../../src/protocols/network/messages.js";

type Ports = Parameters<typeof infoOf>[0];
const info = (origin: number | undefined, more: object = {}) => {
  const store = { facts: origin === undefined ? {} : { committed: { origin } } };
  return infoOf({ store, ...more } as unknown as Ports);
};
const uicc = (impi: string) => ({ gba: { uicc: { impi } } as unknown as GatewayEntityPorts["gba"] });
const realm = (impi: string) => info(undefined, uicc(impi)).subscription;

describe("PN GW Info as a PN GW makes it (C-29)", () => {
  it("has the bits of a person at it and of its poll, each by itself", () => {
    const bits = (hasUI: boolean, poll: boolean) => info(KeyOrigin.password, { hasUI, poll }).flags;
    assert.deepEqual(
      [bits(false, false), bits(true, false), bits(false, true), bits(true, true)],
      [0, 1, 2, 3],
    );
    assert.equal(info(KeyOrigin.password).flags, 1, "a person, and no poll, unless told");
  });

  it("counts links up to what its field has, and is one of Bluetooth unless told", () => {
    const links = (n: number) => info(0, { pan: { links: n, technology: "BLE" } }).links;
    assert.deepEqual([0, 1, 65_534, 65_535, 65_536, 1e9].map(links), [0, 1, 65_534, 65_535, 65_535, 65_535]);
    assert.deepEqual([info(0).links, info(0).technologies], [1, ["BLE"]]);
  });

  it("has no subscription without a key, nor with one of a SIM that is not there any more", () => {
    assert.deepEqual(info(undefined).subscription, { kind: 0 });
    assert.deepEqual(info(KeyOrigin.gba).subscription, { kind: 0 });
    assert.deepEqual(info(KeyOrigin.password).subscription, { kind: 1 });
    assert.match(
      shownGateway(encode(gatewayInfo, info(undefined))),
      /^gateway without subscription, a person/,
    );
  });

  it("has the SIM's also while a key by password stands, with the realm as far as the Server takes it", () => {
    assert.deepEqual(info(KeyOrigin.password, uicc("one@a.example")).subscription, {
      kind: 2,
      realm: "a.example",
    });
    for (const [length, kept] of [
      [63, 63],
      [64, 64],
      [65, 64],
    ] as const) {
      const made = realm(`one@${"r".repeat(length)}`);
      assert.deepEqual(made, { kind: 2, realm: "r".repeat(kept) });
      assert.ok(encode(gatewayInfo, info(0, uicc(`one@${"r".repeat(length)}`))).length <= 512);
    }
    for (const none of ["one", "one@", "@"]) assert.deepEqual(realm(none), { kind: 2 }, none);
  });
});
