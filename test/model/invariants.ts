import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { SimulatedDevice } from "../../hosts/simulator/network/device.js";
import { VirtualFlash } from "../../hosts/simulator/world/flash.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import type { EntityRecord } from "../../src/database/rows/entities.js";
import { type KeyState, KeyStore } from "../../src/keystore/keystore.js";
import { alice, bob, type TestNetwork } from "../support/network.js";

const keyOf = (held: { readonly id: Uint8Array; readonly key: Uint8Array } | undefined): string =>
  held === undefined ? "none" : `${hex(held.id)}/${hex(held.key)}`;

function storeIn(flash: VirtualFlash): KeyStore {
  const copy = new VirtualFlash(100_000);
  copy.restore(flash.snapshot());
  return new KeyStore(copy, nodeSuite);
}

const entityOf = ({ network }: TestNetwork, entityID: string | undefined): EntityRecord | undefined =>
  entityID === undefined ? undefined : network.serverStore.get("entities", entityID);

/**
 * No key is committed without proof on both sides: whatever has happened, at this moment the key that the Server has
 * committed is one that the device holds, and a device with one key only has the one that the Server has committed.
 * What each would find in its flash if it started now counts; the flash itself is not touched.
 */
export function assertKeysAgree(net: TestNetwork, where: string): void {
  for (const device of net.network.devices) {
    const { flash, factory } = device.options;
    const factoryEntityID = factory?.entityID;
    const last = looked.get(device);
    // Looked at again when something has changed on either side.
    const same = last?.writes === flash.writes;
    if (same && last.entity === entityOf(net, last.own)) continue;
    const store = storeIn(flash);
    const { entityID = factoryEntityID } = store;
    const own = entityID && hex(factoryEntityID ?? entityID);
    const entity = entityOf(net, own);
    looked.set(device, { writes: flash.writes, own, entity });
    assertAgree(store.keys, entity, `${where}: ${device.id}`);
  }
}

interface Looked {
  readonly writes: number;
  readonly own: string | undefined;
  readonly entity: EntityRecord | undefined;
}
const looked = new WeakMap<SimulatedDevice, Looked>();

function assertAgree(keys: KeyState, entity: EntityRecord | undefined, who: string): void {
  const atServer = keyOf(entity?.committed);
  if (keys.at === "empty") return;
  const held = [
    ...(keys.at === "staged" || keys.at === "replacing" ? [keyOf(keys.staged)] : []),
    ...(keys.at === "enrolled" || keys.at === "replacing" ? [keyOf(keys.committed)] : []),
  ];
  if (keys.at === "staged" && atServer === "none") return;
  assert.ok(held.includes(atServer), `${who} is ${keys.at}, the Server committed another key`);
  if (keys.at === "staged") return;
  // What the device has not given up is never gone at the Server before its successor is held here.
  const safe = keys.at === "enrolled" ? atServer === held[0] : held.length === 2;
  assert.ok(safe, `${who}: its only key is not the Server's`);
}

/**
 * A device that says it is in a PN is in it for its PN GW and for the Server too, under the same PN ID and with the same
 * members. The Server may hear late, or not at all, that somebody has left: it then knows more of them.
 */
export function assertViewsAgree(net: TestNetwork, where: string): void {
  for (const device of net.network.devices) {
    const pn = device.pne?.view.pn;
    if (pn !== undefined) assertViewAgrees(net, device, pn, `${where}: ${device.id}`);
  }
}

function assertViewAgrees(
  { network }: TestNetwork,
  device: SimulatedDevice,
  pn: { readonly id: string; readonly members: readonly { readonly id: string }[] },
  who: string,
): void {
  const entityID = device.pne?.view.entityID ?? "";
  const name = `${hex(network.gatewayID)}/${pn.id}`;
  const record = network.serverStore.rows().pns.find(([id]) => id === name)?.[1];
  assert.equal(record?.established, true, `${who} is in a PN that the Server does not have`);
  const atServer = record?.members.map((one) => hex(one.entityID)) ?? [];
  const member = record?.members.find((one) => hex(one.entityID) === entityID);
  assert.ok(member?.session, `${who}: the Server has no session with it`);
  const routed = network.gateway.pns.pns
    .find((one) => hex(one.pnID) === pn.id)
    ?.members.map((one) => hex(one.entityID));
  assert.ok(routed, `${who} is in a PN that the PN GW does not have`);
  const seen = pn.members.map((one) => one.id).sort();
  assert.deepEqual(seen, [...routed].sort(), `${who} and the PN GW do not see the same members`);
  assert.ok(
    seen.every((one) => atServer.includes(one)),
    `${who} sees a member that the Server has not registered`,
  );
  const link = network.pneLink(device);
  if (link !== undefined) assert.ok(link.established, `${who}: the PN GW does not know its link in a PN`);
}

/** Failed attempts of the device, as its flash has them. */
export const failuresInFlash = (net: TestNetwork): number => storeIn(net.device.options.flash).failures;

const secretFields: ReadonlySet<string> = new Set([
  ...["storedKey", "serverKey", "w0", "key", "temporaryKey", "deliveryKey", "ecdh", "sk", "secret"],
]);

/** Every secret that the Server holds now. */
function secretsOf(net: TestNetwork): Map<string, Uint8Array> {
  const secrets = new Map<string, Uint8Array>();
  const collect = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, field] of Object.entries(value)) {
      if (!(field instanceof Uint8Array)) collect(`${path}.${name}`, field);
      else if (secretFields.has(name)) secrets.set(`${path}.${name}`, field);
    }
  };
  for (const [table, rows] of Object.entries(net.network.serverStore.dump())) {
    for (const [name, row] of rows) collect(`${table}/${name}`, row);
  }
  return secrets;
}

/** Octets behind the heads of fragments, in order of each way: what is secret may have been cut in two. */
function onAir({ network, fragments }: TestNetwork): Uint8Array[] {
  const ways = new Map<string, Uint8Array[]>();
  for (const { link, direction, octets } of fragments) {
    const way = `${link} ${direction}`;
    const body = octets.subarray(((octets[0] ?? 0) & 0x80) === 0 ? 2 : 4);
    ways.set(way, [...(ways.get(way) ?? []), body]);
  }
  // A secure PAN is one because nobody else can read there.
  return network.devices.some((device) => device.options.secure) ? [] : [...ways.values()].flat();
}

/** No key material, no verifier and no password is readable in anything that was sent. */
export function assertSecretsHidden(net: TestNetwork, where: string): void {
  const sent = Buffer.concat([...net.backhaul, ...onAir(net)]);
  const secrets = secretsOf(net);
  for (const { id, options, pne } of net.network.devices) {
    const local = pne?.view.pn && storeIn(options.flash).localKey(fromHex(pne.view.pn.id));
    if (local !== undefined) secrets.set(`LocalEUKey of ${id}`, local.key);
  }
  for (const { userID, password } of [alice, bob]) secrets.set(`password of ${userID}`, ascii(password));
  for (const [name, secret] of secrets)
    assert.ok(sent.indexOf(secret) < 0, `${where}: ${name} was sent readably`);
}
