import { applicationNames, applications } from "../../../apps/virtual.js";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii, fromHex } from "../../../src/base/octets.js";
import { Milliseconds, type Seconds, toSeconds } from "../../../src/base/units.js";
import { maximumLabel } from "../../../src/codec/attributes.js";
import { Method } from "../../../src/codec/methods.js";
import { checkNewPassword } from "../../../src/crypto/newPassword.js";
import { checkUserID, maximumPassword, maximumUserID } from "../../../src/crypto/password.js";
import { nodeSuite } from "../../node/nodeSuite.js";
import type { DeviceSpec } from "../network/options.js";
import type { Item } from "./document.js";

export interface ScenarioUser {
  readonly userID: string;
  readonly password: string;
}

export type ScenarioDevice = DeviceSpec;

/** The world in which the steps take place. */
export interface Header {
  readonly seed: string;
  readonly mtu: number;
  readonly interval: Milliseconds;
  /** PNEs and PN GW offer it. */
  readonly forwardSecrecy: boolean;
  readonly users: readonly ScenarioUser[];
  readonly devices: readonly ScenarioDevice[];
  /** The PN GW has a UICC; how long its operator's keys live. */
  readonly uicc?: Seconds;
}

export const headerKeys = Object.freeze([
  "seed",
  "mtu",
  "interval",
  "users",
  "devices",
  "uicc",
  "forward-secrecy",
]);
const userKeys = Object.freeze(["id", "password", "count"]);
const deviceKeys = Object.freeze([
  "id",
  "name",
  "keypad",
  "pan",
  "entity",
  "flash",
  "localEUKey",
  "reachable",
  "methods",
  "factory",
  "app",
  "count",
]);
const methodNames = Object.freeze(["spake2plus", "scram"] as const);
const maximumUsers = 2_000;
export const maximumDevices = 2_000;
const keypads: readonly DeviceSpec["keypad"][] = Object.freeze([
  "matrix",
  "keyboard",
  "buttons",
  "touch",
  "none",
]);

function required(of: Item, fields: ReadonlyMap<string, Item>, name: string): Item {
  return fields.get(name) ?? of.fail(`${of.what} has no '${name}'`);
}

function checked(item: Item, text: string, check: (octets: Uint8Array) => void): string {
  try {
    check(ascii(text));
  } catch (error) {
    if (error instanceof CpnsError) item.fail(`${item.what} is not taken: ${error.code}`);
    throw error;
  }
  return text;
}

/** `count: 3` of `node` are node-1, node-2 and node-3, alike but for that; without it there is one, of that name. */
function named(id: string, count: Item | undefined, most: number): readonly string[] {
  if (count === undefined) return [id];
  return Array.from({ length: count.integer(1, most) }, (_, index) => `${id}-${index + 1}`);
}

function readUsers(item: Item): readonly ScenarioUser[] {
  const fields = item.fields(userKeys);
  const [id, password] = [required(item, fields, "id"), required(item, fields, "password")];
  const secret = password.printable(maximumPassword);
  return named(id.printable(maximumUserID), fields.get("count"), maximumUsers).map((userID) => ({
    userID: checked(id, userID, checkUserID),
    // Each of them is registered as somebody new.
    password: checked(password, secret, (octets) => checkNewPassword(octets, ascii(userID))),
  }));
}

function readEntity(item: Item): Uint8Array {
  const text = item.text();
  if (!/^([0-9a-f]{2}){1,32}$/.test(text)) item.fail("'entity' is not 1 to 32 octets in lower-case hex");
  return fromHex(text);
}

/** Entity ID and Temporary Key as a factory gives them: never the same for two devices, always for one. */
function fromFactory(id: string): Pick<DeviceSpec, "entityID" | "temporaryKey"> {
  const made = (what: string): Uint8Array => nodeSuite.sha256(ascii(`scenario factory ${what} ${id}`));
  return { entityID: made("entity").slice(0, 16), temporaryKey: made("key") };
}

function readDevices(item: Item): readonly ScenarioDevice[] {
  const fields = item.fields(deviceKeys);
  const id = required(item, fields, "id");
  const name = fields.get("name")?.label(maximumLabel);
  const entityID = fields.get("entity");
  const flashCapacity = fields.get("flash")?.integer(64, 1_000_000);
  const localEUKeyCriterion = fields.get("localEUKey")?.choice(["r01", "flow"] as const);
  const factory = fields.get("factory")?.boolean() === true;
  const count = fields.get("count");
  const app = fields.get("app")?.choice(applicationNames);
  const application = app === undefined ? undefined : applications[app];
  if (factory && entityID !== undefined) entityID.fail("'factory' gives an 'entity' of its own");
  if (count !== undefined && entityID !== undefined) entityID.fail("no two devices have the same 'entity'");
  const methods = fields
    .get("methods")
    ?.list(methodNames.length)
    .map((one) => Method[one.choice(methodNames)]);
  if (!/^[a-z0-9-]{1,20}$/.test(id.text())) id.fail("a device's id is 1 to 20 of a-z, 0-9 and -");
  return named(id.text(), count, maximumDevices).map((own) => ({
    id: own,
    keypad: fields.get("keypad")?.choice(keypads) ?? "matrix",
    reachable: fields.get("reachable")?.boolean() ?? false,
    secure: fields.get("pan")?.choice(["secure", "insecure"]) === "secure",
    ...(name !== undefined && { name }),
    ...(entityID !== undefined && { entityID: readEntity(entityID) }),
    ...(flashCapacity !== undefined && { flashCapacity }),
    ...(localEUKeyCriterion !== undefined && { localEUKeyCriterion }),
    ...(methods !== undefined && { methods }),
    ...(application && { application }),
    ...(factory && fromFactory(own)),
  }));
}

function several<Entry>(
  item: Item | undefined,
  most: number,
  read: (item: Item) => readonly Entry[],
  nameOf: (entry: Entry) => string,
): Entry[] {
  const seen = new Set<string>();
  return (item?.list(most) ?? []).flatMap((one) => {
    const entries = read(one);
    for (const name of entries.map(nameOf)) {
      if (seen.has(name)) one.fail(`'${name}' stands twice`);
      seen.add(name);
    }
    if (seen.size > most) one.fail(`there are more than ${most}`);
    return entries;
  });
}

/** `uicc: 1h`: of keys that live so long. */
function readUicc(item: Item | undefined): Seconds {
  const time = item?.duration() ?? Milliseconds(0);
  if (time < 60_000) item?.fail("'uicc' is how long a key lives: 1min at least");
  return toSeconds(time);
}

export function readHeader(root: Item, fields: ReadonlyMap<string, Item>): Header {
  const devices = several(fields.get("devices"), maximumDevices, readDevices, (device) => device.id);
  if (devices.length === 0) root.fail("the scenario has no 'devices'");
  const interval = fields.get("interval");
  const time = interval?.duration() ?? Milliseconds(30);
  if (interval !== undefined && (time < 8 || time > 4000)) interval.fail("'interval' is not 8ms to 4s");
  return {
    seed: fields.get("seed")?.text() ?? "scenario",
    mtu: fields.get("mtu")?.integer(23, 517) ?? 185,
    interval: time,
    forwardSecrecy: fields.get("forward-secrecy")?.boolean() ?? false,
    ...(fields.has("uicc") && { uicc: readUicc(fields.get("uicc")) }),
    users: several(fields.get("users"), maximumUsers, readUsers, (user) => user.userID),
    devices,
  };
}
