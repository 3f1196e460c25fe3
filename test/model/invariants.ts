import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { VirtualFlash } from "../../hosts/simulator/world/flash.js";
import { hex } from "../../src/crypto/bytes.js";
import type { EntityRecord } from "../../src/server/store.js";
import { type KeyState, KeyStore } from "../../src/store/keystore.js";
import type { TestNetwork } from "../support/network.js";

const keyOf = (held: { readonly id: Uint8Array; readonly key: Uint8Array } | undefined): string =>
  held === undefined ? "none" : `${hex(held.id)}/${hex(held.key)}`;

/** What the device would find in its flash if it started now; the flash itself is not touched. */
function keysInFlash(net: TestNetwork): { readonly keys: KeyState; readonly entityID: string | undefined } {
  const copy = new VirtualFlash(100_000);
  copy.restore(net.device.options.flash.snapshot());
  const store = new KeyStore(copy, nodeSuite);
  const { factoryEntityID } = net.device.options;
  const own = factoryEntityID ?? store.entityID;
  return { keys: store.keys, entityID: own && hex(own) };
}

const entityOf = (net: TestNetwork, entityID: string | undefined): EntityRecord | undefined =>
  net.network.serverStore.rows().entities.find(([id]) => id === entityID)?.[1];

/**
 * No key is committed without proof on both sides: whatever has happened, at this moment the key that the Server has
 * committed is one that the device holds, and a device with one key only has the one that the Server has committed.
 */
export function assertKeysAgree(net: TestNetwork, where: string): void {
  const { keys, entityID } = keysInFlash(net);
  const entity = entityOf(net, entityID);
  const atServer = keyOf(entity?.committed);
  if (keys.at === "empty") return;
  const held = [
    ...(keys.at === "staged" || keys.at === "replacing" ? [keyOf(keys.staged)] : []),
    ...(keys.at === "enrolled" || keys.at === "replacing" ? [keyOf(keys.committed)] : []),
  ];
  if (keys.at === "staged" && atServer === "none") return;
  assert.ok(held.includes(atServer), `${where}: the device is ${keys.at}, the Server committed another key`);
  if (keys.at === "staged") return;
  // What the device has not given up is never gone at the Server before its successor is held here.
  const safe = keys.at === "enrolled" ? atServer === held[0] : held.length === 2;
  assert.ok(safe, `${where}: the only key of the device is not the Server's`);
}

/** A device that says it is in a PN is in it for its PN GW and for the Server too, under the same PN ID. */
export function assertViewsAgree(net: TestNetwork, where: string): void {
  for (const device of net.network.devices) {
    const pn = device.pne?.view.pn;
    if (pn === undefined) continue;
    const entityID = device.pne?.view.entityID ?? "";
    const name = `${hex(net.network.gatewayID)}/${pn.id}`;
    const record = net.network.serverStore.rows().pns.find(([id]) => id === name)?.[1];
    assert.equal(
      record?.state,
      "established",
      `${where}: ${device.id} is in a PN that the Server does not have`,
    );
    const member = record?.members.find((one) => hex(one.entityID) === entityID);
    assert.ok(member?.session, `${where}: the Server has no session with ${device.id}`);
    const link = net.network.pneLink(device);
    if (link !== undefined)
      assert.ok(link.established, `${where}: the PN GW does not know ${device.id} in a PN`);
  }
}

/** Failed attempts of the device, as its flash has them. */
export function failuresInFlash(net: TestNetwork): number {
  const copy = new VirtualFlash(100_000);
  copy.restore(net.device.options.flash.snapshot());
  return new KeyStore(copy, nodeSuite).failures;
}
