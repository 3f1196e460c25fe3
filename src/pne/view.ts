import { hex } from "../base/octets.js";
import type { KeyStore } from "../keystore/keystore.js";
import { KeyOrigin } from "../keystore/schemas.js";
import type { Connection } from "./connection.js";
import type { Joined } from "./joined.js";
import type { InvitationView, PNView, PneApplication, PnePorts, PneView } from "./ports.js";
import { asciiText, shownLabel } from "./text.js";

/** The device's label for people: what somebody gave it, or what it was made with. */
export const nameOf = (store: KeyStore, { name }: Pick<PnePorts, "name">): string | undefined =>
  store.name ?? name;

/** Its Entity ID: the factory's unless it had to take another (C-12); undefined before a PN GW has assigned one. */
export function entityIDOf(
  store: KeyStore,
  { factoryEntityID, temporaryKey }: Pick<PnePorts, "factoryEntityID" | "temporaryKey">,
): Uint8Array | undefined {
  const { entityID } = store;
  return temporaryKey === undefined ? (entityID ?? factoryEntityID) : (factoryEntityID ?? entityID);
}

/** What it is called on the radio: its name for people, else by the last four digits of its Entity ID. */
export function radioName(
  store: KeyStore,
  ports: Pick<PnePorts, "factoryEntityID" | "temporaryKey" | "name">,
): string {
  const entityID = entityIDOf(store, ports);
  const name = nameOf(store, ports);
  if (name !== undefined) return shownLabel(name);
  return entityID === undefined ? "CPNS" : `CPNS-${hex(entityID.subarray(-2))}`;
}

/** What the device is, for people: names and ids, never a key. */
export function viewOf(
  store: KeyStore,
  ports: Pick<PnePorts, "factoryEntityID" | "temporaryKey" | "name" | "application">,
  connection: Connection | undefined,
  joined: Joined | undefined,
  invitation: InvitationView | undefined,
): PneView {
  const { at, committed, staged } = store.facts;
  const held = committed ?? staged;
  const entityID = entityIDOf(store, ports);
  const name = nameOf(store, ports);
  return {
    keys: at,
    connected: connection !== undefined,
    failures: store.failures,
    ...(held && { userID: asciiText(held.userID), euKeyID: hex(held.id) }),
    ...(held?.origin === KeyOrigin.gatewayEscrow && { escrowed: true as const }),
    ...(store.language !== undefined && { language: store.language }),
    ...(store.quiet && { quiet: true as const }),
    ...(entityID && { entityID: hex(entityID) }),
    ...(name !== undefined && { name }),
    ...gatewayView(connection, joined, held?.userID),
    ...(joined && { pn: pnView(joined, connection, ports.application) }),
    ...(invitation && { invitation: invitationView(invitation) }),
  };
}

/** "name (owner)" once the Server has proven that the PN GW is of the device's own User, else "name (?)". */
function gatewayView(
  connection: Connection | undefined,
  joined: Joined | undefined,
  userID: Uint8Array | undefined,
): { readonly gateway?: string } {
  const peer = joined?.peer ?? (connection?.discovered === true ? connection.peer : undefined);
  if (peer === undefined) return {};
  const name = peer.name === undefined ? hex(peer.gatewayID).slice(0, 16) : shownLabel(peer.name);
  const owner = joined?.pn.own === true && userID !== undefined ? asciiText(userID) : "?";
  return { gateway: `${name} (${owner})` };
}

/** What a person is told of an invitation. */
export const invitationView = ({ from, alias }: InvitationView): InvitationView => ({
  ...(from !== undefined && { from }),
  ...(alias !== undefined && { alias }),
});

function pnView(
  { pn, away }: Joined,
  connection: Connection | undefined,
  application: PneApplication | undefined,
): PNView {
  const members = pn.inventory.members.map(({ entityID, name, contents }) => ({
    id: hex(entityID),
    ...(name !== undefined && { name: shownLabel(name) }),
    ...(contents && application && { topics: application.describe(contents) }),
  }));
  const { started, inventory } = pn;
  const alias = inventory.alias === undefined ? {} : { alias: shownLabel(inventory.alias) };
  const secure = pn.localSession || connection?.link.secure === true;
  return { id: hex(pn.pnID), ...alias, members, started, secure, away };
}
