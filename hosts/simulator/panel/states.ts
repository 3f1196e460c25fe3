import { fromHex, hex } from "../../../src/base/octets.js";
import type { LogValue } from "../../../src/base/ports.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import { asciiText } from "../../../src/pne/text.js";
import { english } from "../../../src/ui/strings/english.js";
import { errorText } from "../../../src/ui/strings/strings.js";
import { gatewayWords } from "../../server/shownGateway.js";
import type { SimulatedDevice } from "../network/device.js";
import type { Network } from "../network/network.js";
import { valueText } from "../network/topics.js";
import type { DeviceState, NetworkState, StateLine } from "./network.js";

/** What the entities are, in words for people: ids and states, never a secret. */

type Entity = NetworkState["entities"][number];

const line = (label: string, value: string, tone: StateLine["tone"] = "none"): StateLine => ({
  label,
  value,
  tone,
});

const short = (id: string): string => `${id.slice(0, 8)}\u2026`;

const keyTexts = Object.freeze({
  empty: ["none", "none"],
  staged: ["waiting for the Server", "waiting"],
  enrolled: ["committed", "good"],
  replacing: ["being replaced", "waiting"],
} as const);

type Summary = Pick<DeviceState, "summary" | "tone">;

/** A few words for the shelf of devices: what somebody would want to do something about comes first. */
function summaryOf(device: SimulatedDevice, inRange: boolean): Summary {
  const view = device.pne?.view;
  if (device.halted !== undefined) return { summary: "does not work", tone: "bad" };
  if (view === undefined) return { summary: "off", tone: "bad" };
  if (!inRange) return { summary: "out of range", tone: "waiting" };
  if (view.invitation !== undefined) return { summary: "is invited", tone: "waiting" };
  if (view.pn !== undefined) {
    const { away, members } = view.pn;
    if (away) return { summary: "gateway is away", tone: "waiting" };
    // Two that have each started one are in two.
    const others = members.length > 1 ? `in a network of ${members.length}` : "alone with the gateway";
    return { summary: others, tone: "good" };
  }
  if (view.keys === "enrolled") return { summary: "enrolled", tone: "good" };
  return view.keys === "empty"
    ? { summary: "not enrolled", tone: "none" }
    : { summary: "key not confirmed", tone: "waiting" };
}

/** What is known of a device beside its board, its application and its place. */
export function deviceState(
  device: SimulatedDevice,
  inRange: boolean,
): Omit<DeviceState, "board" | "inRange" | "application"> {
  const view = device.pne?.view;
  return {
    id: device.id,
    powered: device.powered,
    connected: device.link !== undefined,
    enrolled: view?.keys === "enrolled" || view?.keys === "replacing",
    joined: view?.pn !== undefined,
    ...summaryOf(device, inRange),
  };
}

/** What the device offers and understands, with what it has last said of it to the PN GW. */
export function topicLines({ gateway }: Network, entityID: string | undefined): StateLine[] {
  const members = gateway.view.pns.flatMap((pn) => pn.members);
  const own = entityID === undefined ? undefined : members.find(({ id }) => id === entityID);
  return (own?.topics ?? []).map(({ name, direction, unit, value }) => {
    if (direction === "understands") return line(`Topic ${name}`, "only taken");
    if (value === undefined) return line(`Topic ${name}`, "nothing yet");
    const text = valueText(value);
    return line(`Topic ${name}`, unit === undefined ? text : `${text} ${unit}`, "good");
  });
}

/** What runs, and what is to. */
function firmwareLine(device: SimulatedDevice): StateLine {
  const { version, pne, options } = device;
  const update = pne?.view.update;
  if (options.slots.trial) return line("Firmware", `${version}, on trial`, "waiting");
  if (update === undefined) return line("Firmware", version);
  const { fraction } = update;
  const far = fraction === undefined ? "is offered" : `${Math.floor(100 * fraction)} %`;
  return line("Firmware", `${version}; ${update.version}: ${far}`, "waiting");
}

export function deviceLines(device: SimulatedDevice): StateLine[] {
  const view = device.pne?.view;
  if (device.halted !== undefined) return [line("Firmware", `halted: ${device.halted}`, "bad")];
  if (view === undefined) return [line("Power", "off", "bad")];
  const [keys, tone] = keyTexts[view.keys];
  const id = view.euKeyID === undefined ? "" : ` ${short(view.euKeyID)}`;
  return [
    line("Entity ID", view.entityID?.slice(0, 16) ?? "none"),
    line("EUKey", `${keys}${id}`, tone),
    ...(view.escrowed ? [line("Seen by a gateway", "until it is replaced", "waiting")] : []),
    line("User", view.userID ?? "none"),
    line("BLE link", view.connected ? "up" : "down", view.connected ? "good" : "none"),
    line(
      "PN",
      view.pn === undefined ? "none" : (view.pn.alias ?? short(view.pn.id)),
      view.pn ? "good" : "none",
    ),
    line("Session with Server", view.pn ? "SK, end to end" : "none", view.pn ? "good" : "none"),
    firmwareLine(device),
  ];
}

export function gatewayState(network: Network): Entity {
  const { rogue } = network;
  const { server, devices } = network.gateway.view;
  const session = server.authenticated;
  const protectedLinks = devices.filter((device) => device.protected).length;
  return {
    id: "gateway",
    label: "PN GW",
    lines: [
      line("Entity ID", rogue ? "claims gateway-01" : "gateway-01", rogue ? "bad" : "none"),
      line("Session with Server", session ? "authenticated" : "none yet", session ? "good" : "none"),
      line("PNEs connected", `${devices.length}`),
      line("LocalEUKey sessions", `${protectedLinks}`, protectedLinks > 0 ? "good" : "none"),
      ...saidLines(network),
    ],
  };
}

/** What the PN GW has told the Server of itself with the newest of its networks (C-29). */
function saidLines({ serverStore }: Network): StateLine[] {
  const info = serverStore
    .rows()
    .pns.flatMap(([, { gatewayInfo }]) => gatewayInfo ?? [])
    .at(-1);
  if (info === undefined) return [];
  const { subscription, capabilities } = gatewayWords(info);
  return [line("Subscription", subscription), line("Says of itself", capabilities)];
}

/** EUKeys by id with their owner and device; the page scrolls. */
const maximumKeys = 40;

export function serverState(network: Network): Entity {
  const { users, entities, pns } = network.serverStore.rows();
  const owned = entities.filter(([, one]) => one.role === "pne");
  const keys = owned.slice(0, maximumKeys).map(([id, { committed, userID }]) => {
    return line(`EUKey ${short(hex(committed.id))}`, `${asciiText(userID)} / ${short(id)}`, "good");
  });
  return {
    id: "server",
    label: "Server",
    lines: [
      line("Users", `${users.length}`),
      line("PNs", `${pns.filter(([, pn]) => pn.established).length}`),
      ...keys,
    ],
  };
}

/** The PNs of the gateway, by what people call them, who started them and how many are in. */
export function networksOf({ gateway, devices }: Network): NetworkState["networks"] {
  const nameOf = (id: string): string => {
    const view = devices.find(({ pne }) => pne?.view.entityID === id)?.pne?.view;
    return view?.name ?? short(id);
  };
  return gateway.view.pns.map(({ id, alias, initiator, members }) => {
    const name = alias === undefined ? "" : `${alias}, `;
    const by = initiator === undefined ? "the gateway" : nameOf(initiator);
    return { id, label: `${name}by ${by}, ${members.length} in it` };
  });
}

/** What a person wants to know of what a device said; undefined when it is nothing new. */
export function noticeText(
  notice: PneNotice,
): { readonly tone: "info" | "good" | "bad"; readonly text: string } | undefined {
  switch (notice.kind) {
    case "enrolled":
      return { tone: "good", text: "enrolled: EUKey committed" };
    case "joined":
      return { tone: "good", text: "in the PN: Server and gateway proven" };
    case "left":
      return { tone: "info", text: "left the PN" };
    case "resetDone":
      return { tone: "info", text: "factory reset: flash is empty" };
    case "failed":
      if (notice.code === "cancelled") return undefined;
      return { tone: "bad", text: `${errorText(english, notice.code).title} (${notice.code})` };
    default:
      return undefined;
  }
}

/** A User ID or an Entity ID that somebody has chosen as what it says; the log has them in hexadecimal. */
function readable(value: string): string {
  if (!/^([2-7][0-9a-f]){2,}$/.test(value)) return value;
  const text = asciiText(fromHex(value));
  return /^[ -~]+$/.test(text) ? text : value;
}

/** One line of the Server's audit log: when, what, about whom. */
export function auditLine(at: number, event: string, fields: Readonly<Record<string, LogValue>>): string {
  const details = Object.entries(fields).map(([name, value]) => {
    const text = readable(String(value));
    return `${name} ${text.length > 16 ? short(text) : text}`;
  });
  return [`${(at / 1000).toFixed(2)} s`, event, ...details].join(" \u00b7 ");
}
