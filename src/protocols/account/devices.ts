import { fromHex, hex } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { maximumEntities } from "../../database/ownership.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ServerTables } from "../../database/store.js";
import {
  type accountDevicesRequest,
  accountDevicesResponse,
  DeviceFlag,
  maximumDevicesShown,
} from "./messages.js";

/** AccountDevicesResponse: what the User's devices are, never a key. */
export async function shownDevices(
  tables: Pick<ServerTables, "entities" | "members">,
  { identity, userID }: UserRecord,
  { body, exchange }: Received<typeof accountDevicesRequest>,
): Promise<Uint8Array> {
  const after = body.after === undefined ? "" : hex(body.after);
  const all = await tables.entities.find("owner", hex(identity), maximumEntities);
  const rest = all.filter(({ key }) => key > after).sort((a, b) => (a.key < b.key ? -1 : 1));
  const devices = [];
  for (const { key, value } of rest.slice(0, maximumDevicesShown)) {
    const { role, name, seenAt, committed } = value;
    const inPN = (await tables.members.find("entity", key, 1)).length > 0;
    const flags =
      (role === "gateway" ? DeviceFlag.gateway : 0) |
      (committed.origin === "gatewayEscrow" ? DeviceFlag.escrowed : 0) |
      (inPN ? DeviceFlag.inPN : 0);
    const shown = { entityID: fromHex(key), flags, createdAt: committed.createdAt, seenAt };
    devices.push(name === undefined ? shown : { ...shown, name });
  }
  const more = rest.length > maximumDevicesShown;
  return encodeMessage(accountDevicesResponse, exchange, { userID, devices, more });
}
