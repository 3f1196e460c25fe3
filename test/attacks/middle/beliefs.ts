import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { assertKeysAgree } from "../../model/invariants.js";
import { outcome, type TestNetwork } from "../../support/network.js";

const quiet: readonly string[] = ["state", "progress"];

/** What persons were told since, notices that say nothing left out. */
export const saidSince = (net: TestNetwork, from: number): string[] =>
  net.notices
    .slice(from)
    .filter((notice) => !quiet.includes(notice.kind))
    .map((notice) =>
      notice.kind === "message" ? `${notice.from} ${notice.name} ${notice.text}` : outcome(notice),
    );

export const failuresSince = (net: TestNetwork, from: number): string[] =>
  net.notices.slice(from).flatMap((notice) => (notice.kind === "failed" ? [notice.code] : []));

/** Everything that somebody believes at the end, but for what is random: two runs that are the same say the same. */
export function beliefs(net: TestNetwork, from: number, told: readonly string[]): string {
  const { network } = net;
  const { entities, users } = network.serverStore.dump();
  const nameOf = (id: string): string => {
    const device = network.devices.find((one) => one.pne?.view.entityID === id);
    return device?.id ?? (id === hex(network.gatewayID) ? "gateway" : "unknown");
  };
  const devices = network.devices.map((device) => {
    const view = device.pne?.view;
    const { pn } = view ?? {};
    const link = network.pneLink(device);
    const entity = entities?.get(view?.entityID ?? "") as { committed?: { id: Uint8Array } } | undefined;
    return {
      id: device.id,
      keys: view?.keys,
      user: view?.userID,
      escrowed: view?.escrowed,
      same: hex(entity?.committed?.id ?? new Uint8Array()) === view?.euKeyID,
      pn: pn && { ...pn, id: "", members: pn.members.map(({ id, name }) => [nameOf(id), name]) },
      invitation: view?.invitation,
      link: link && [
        nameOf(hex(link.entityID ?? new Uint8Array())),
        link.protected,
        link.established,
        link.capabilities,
      ],
    };
  });
  const atGateway = network.gateway.pns.pns.map((pn) => [
    pn.initiator && nameOf(hex(pn.initiator)),
    pn.members.map((member) => nameOf(hex(member.entityID))),
  ]);
  const own = network.gateway.keys.committed;
  const ownAtServer = entities?.get(hex(network.gatewayID)) as
    | { committed?: { key: Uint8Array } }
    | undefined;
  const atServer = {
    gatewayKey: own && hex(own.key) === hex(ownAtServer?.committed?.key ?? new Uint8Array()),
    users: [...(users?.keys() ?? [])],
    entities: [...(entities ?? [])].map(([id, row]) => {
      const { role, userID, committed } = row as {
        role: string;
        userID: Uint8Array;
        committed?: { origin: string };
      };
      return [nameOf(id), role, hex(userID), committed?.origin];
    }),
    pns: network.serverStore
      .rows()
      .pns.map(([, { established, members }]) => [
        established,
        members.map((member) => nameOf(hex(member.entityID))),
      ]),
  };
  return JSON.stringify({ devices, atGateway, atServer, said: saidSince(net, from).sort(), told });
}

/** Whatever was changed: keys are agreed upon, nobody is in a PN or has a name that is not so. */
export function assertNobodyIsDeceived(net: TestNetwork, where: string): void {
  const { network } = net;
  assertKeysAgree(net, where);
  const { entities } = network.serverStore.dump();
  const { pns } = network.serverStore.rows();
  for (const device of network.devices) {
    const { pn, entityID = "", userID } = device.pne?.view ?? {};
    const entity = entities?.get(entityID) as { userID: Uint8Array; committed?: object } | undefined;
    if (userID !== undefined && entity?.committed !== undefined) {
      const owner = Buffer.from(entity.userID).toString();
      assert.equal(userID, owner, `${where}: the device takes another for its owner`);
    }
    if (pn === undefined) continue;
    const row = `${hex(network.gatewayID)}/${pn.id}`;
    const record = pns.find(([one]) => one === row)?.[1];
    assert.equal(record?.established, true, `${where}: ${device.id} is in no PN of the Server`);
    const own = record?.members.find((member) => hex(member.entityID) === entityID);
    assert.ok(own?.session, `${where}: the Server has no session with ${device.id}`);
    for (const { id, name } of pn.members) {
      const other = network.devices.find((one) => one.pne?.view.entityID === id);
      assert.ok(other, `${where}: ${device.id} sees a member that does not exist`);
      assert.equal(name ?? other.options.name, other.options.name, `${where}: a member has another's name`);
    }
  }
}
