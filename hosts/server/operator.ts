import { existsSync } from "node:fs";
import { ascii, fromHex, hex, wipe } from "../../src/base/octets.js";
import type { Log } from "../../src/base/ports.js";
import type { ReadTables } from "../../src/database/store.js";
import type { Entry } from "../../src/database/table.js";
import { Server } from "../../src/server/server.js";
import { readImportFile } from "../factory/importFile.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import { prompt } from "../node/program/prompt.js";
import type { Values } from "../node/program/settings.js";
import { hasKeys, rotated, withoutOlder } from "./keys.js";
import { dataFolder, type OpenServer, openServer } from "./open.js";
import { shownGateway } from "./shownGateway.js";

export const operatorCommands = `  init                        makes keys and database, and nothing else
  users [add|password|remove NAME]     lists Users, or adds one, gives a new password, removes one with all devices
  devices [release ID|import FILE]     lists devices; makes one nobody's; takes a factory's devices.csv
  gateways                    lists PN gateways
  networks                    lists Personal Networks
  audit                       what happened in the last 90 days
  rotate-key                  a new master key; seals every secret anew under it
  check                       opens every row once and says how many there are`;

const quiet: Log = Object.freeze({ event() {} });
const page = 200;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const text = (octets: Uint8Array): string => String.fromCharCode(...octets);
const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Runs one command of the operator's on the Server's data; the Server itself may be running. */
export async function operate(values: Values, command: string, rest: readonly string[]): Promise<void> {
  if (command === "init") {
    if (hasKeys(dataFolder(values))) throw new Refusal(`${values.data} has its keys already`);
    await using(values, true, async () =>
      say(`${values.data} is made; keep a copy of server.keys apart from the database's`),
    );
    return;
  }
  const handler = handlers[command];
  if (handler === undefined) throw new Misuse(`'${command}' is no command; cpns server --help lists them`);
  await using(values, false, (open) => handler(open, rest, values));
}

async function using(
  values: Values,
  create: boolean,
  work: (open: OpenServer) => Promise<void>,
): Promise<void> {
  const open = await openServer(values, quiet, create);
  try {
    await work(open);
  } finally {
    await open.database.close();
  }
}

type Handler = (open: OpenServer, rest: readonly string[], values: Values) => Promise<void>;

/** Every row of a table, a page at a time. */
async function each<Value>(
  { store }: OpenServer,
  table: (tables: ReadTables) => { page(after: string, limit: number): Promise<readonly Entry<Value>[]> },
  row: (key: string, value: Value) => void,
): Promise<number> {
  let count = 0;
  for (let after = ""; ; ) {
    const rows = await store.read((tables) => table(tables).page(after, page));
    for (const { key, value } of rows) row(key, value);
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return count;
    after = last.key;
  }
}

const none = (rest: readonly string[]): void => {
  if (rest.length > 0) throw new Misuse(`'${rest[0]}' is not known`);
};

const one = (what: string, rest: readonly string[]): string => {
  const [value, more] = rest;
  if (value === undefined || more !== undefined) throw new Misuse(`${what} is expected`);
  return value;
};

const idOf = (value: string): Uint8Array => {
  if (!/^(?:[0-9a-f]{2}){1,32}$/i.test(value)) throw new Misuse(`'${value}' is no ID in hexadecimal`);
  return fromHex(value);
};

const handlers: Readonly<Record<string, Handler>> = Object.freeze({
  async users(open: OpenServer, [action, ...rest]: readonly string[]) {
    const server = new Server(open.ports);
    if (action === undefined) {
      await each(
        open,
        ({ users }) => users,
        (_, user) => say(`${text(user.userID)}\tsince ${day(user.createdAt)}`),
      );
      return;
    }
    const name = ascii(one("a User ID", rest));
    if (action === "remove") return server.removeUser(name).then(() => say("removed, with all devices"));
    if (action !== "add" && action !== "password") throw new Misuse("users add, password or remove");
    const password = await prompt("Password: ", true, { input: process.stdin, output: process.stdout });
    try {
      if (action === "add") await server.registerUser(name, password);
      else await server.changePassword(name, password);
    } finally {
      wipe(password);
    }
    say(action === "add" ? "added" : "the password is changed");
  },

  async devices(open: OpenServer, [action, ...rest]: readonly string[]) {
    const server = new Server(open.ports);
    if (action === "release") {
      await server.releaseDevice(idOf(one("a device's ID", rest)));
      return say("the device is nobody's");
    }
    if (action === "import") {
      const file = one("a file", rest);
      if (!existsSync(file)) throw new Refusal(`${file} is not there`);
      return say(`${await server.importDevices(readImportFile(file))} devices are new`);
    }
    none(action === undefined ? [] : [action]);
    await each(
      open,
      ({ entities }) => entities,
      (key, { role, userID, name = "", seenAt }) => {
        if (role === "pne") say(`${key}\t${text(userID)}\t${name}\tseen ${day(seenAt)}`);
      },
    );
  },

  async gateways(open: OpenServer, rest: readonly string[]) {
    none(rest);
    await each(
      open,
      ({ entities }) => entities,
      (key, { role, userID, seenAt }) => {
        if (role === "gateway") say(`${key}\t${text(userID)}\tseen ${day(seenAt)}`);
      },
    );
  },

  async networks(open: OpenServer, rest: readonly string[]) {
    none(rest);
    await each(
      open,
      ({ pns }) => pns,
      (_, { pnID, gatewayID, alias = "", size, established, gatewayInfo }) => {
        const state = established ? "" : ", being set up";
        const gateway = gatewayInfo === undefined ? "" : `\t${shownGateway(gatewayInfo)}`;
        say(`${hex(pnID)}\tat ${hex(gatewayID)}\t${alias}\t${size} devices${state}${gateway}`);
      },
    );
  },

  async audit(open: OpenServer, rest: readonly string[]) {
    none(rest);
    await each(
      open,
      ({ audit }) => audit,
      (_, { at, event, fields }) => {
        say(`${new Date(at).toISOString()}\t${event}\t${fields}`);
      },
    );
  },

  async "rotate-key"(open: OpenServer, rest: readonly string[], values: Values) {
    none(rest);
    const folder = dataFolder(values);
    const keys = rotated(folder, open.keys);
    await using(values, false, async (again) => {
      const renewed = await again.store.renew();
      withoutOlder(folder, keys);
      say(`${renewed} rows are sealed under the new key. Restart every Server, and copy server.keys anew`);
    });
  },

  async check(open: OpenServer, rest: readonly string[]) {
    none(rest);
    const counts = {
      users: await each(
        open,
        ({ users }) => users,
        () => {},
      ),
      entities: await each(
        open,
        ({ entities }) => entities,
        () => {},
      ),
      devices: await each(
        open,
        ({ devices }) => devices,
        () => {},
      ),
      networks: await each(
        open,
        ({ pns }) => pns,
        () => {},
      ),
      members: await each(
        open,
        ({ members }) => members,
        () => {},
      ),
    };
    for (const [name, count] of Object.entries(counts)) say(`${name}: ${count}`);
    say("every row opens");
  },
});
