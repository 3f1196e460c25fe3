import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteDatabase } from "../../../hosts/node/database/sqlite.js";
import { lockData } from "../../../hosts/server/lock.js";
import { openServer } from "../../../hosts/server/open.js";
import { operatorCommands } from "../../../hosts/server/operator.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { silentLog } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { layouts } from "../../../src/database/store.js";
import { Server } from "../../../src/server/server.js";
import { type Ended, operated } from "../../support/operator.js";
import { TemporaryPostgres } from "../../support/postgres.js";

const password = "a quiet kitchen table";
let folder: string;
/** A new folder for each test. */
function withFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-operator-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

const operate = (...command: readonly string[]): Promise<Ended> =>
  operated([...command, "--data", join(folder, "data")]);

async function done(...command: readonly string[]): Promise<string> {
  const { code, out, errors } = await operate(...command);
  assert.equal(code, 0, errors);
  return out;
}

async function refused(words: RegExp, code: number, ...command: readonly string[]): Promise<void> {
  const ended = await operate(...command);
  assert.equal(ended.code, code, `${command.join(" ")}: ${ended.out}${ended.errors}`);
  assert.match(ended.errors, words);
  assert.equal(ended.errors.includes("\n"), false, ended.errors);
}

/** A Server's data with a User in it. */
async function withAlice(): Promise<void> {
  await done("init");
  const values = { data: join(folder, "data"), realm: "cpns.example" };
  const open = await openServer(values, silentLog, false);
  await new Server(open.ports).registerUser(ascii("alice"), ascii(password));
  await open.database.close();
}

/** The objects that a command prints for programs. */
async function objects(...command: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const out = await done(...command, "--json");
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("the start of a Server", () => {
  withFolder();
  const start = () => openServer({ data: join(folder, "data"), realm: "cpns.example" }, silentLog, true);

  it("begins no new database beside keys, as where CPNS_DATABASE was forgotten, and no keys beside what others sealed", async () => {
    await withAlice();
    const [keys, database] = ["server.keys", "cpns.sqlite"].map((name) => join(folder, "data", name)) as [
      string,
      string,
    ];
    renameSync(database, join(folder, "kept"));
    await assert.rejects(start(), /cpns\.sqlite is not there: give CPNS_DATABASE/);
    assert.equal(existsSync(database), false);
    renameSync(join(folder, "kept"), database);
    renameSync(keys, join(folder, "kept"));
    await assert.rejects(start(), /server\.keys is not there, and this database has been sealed with it/);
    assert.equal(existsSync(keys), false);
    renameSync(join(folder, "kept"), keys);
    await (await start()).database.close();
    assert.match(await done("users"), /^alice\t/);
  });

  it("goes on where the first one was cut after its database and before its keys", async () => {
    mkdirSync(join(folder, "data"));
    await new SqliteDatabase(join(folder, "data", "cpns.sqlite"), layouts).close();
    await (await start()).database.close();
    assert.equal(await done("users"), "");
  });
});

describe("back-ups by the operator's commands", function () {
  this.timeout(60_000);
  withFolder();

  it("are none of a database that is not there, as where CPNS_DATABASE was forgotten; restore alone makes one", async () => {
    await withAlice();
    const file = join(folder, "a.backup");
    await done("backup", file);
    rmSync(join(folder, "data", "cpns.sqlite"));
    for (const command of [["backup", join(folder, "b")], ["users"], ["check"], ["rotate-key"], ["restore"]])
      await refused(/cpns\.sqlite is not there: give CPNS_DATABASE/, 1, ...command);
    assert.equal(existsSync(join(folder, "data", "cpns.sqlite")), false);
    await done("restore", file);
    assert.match(await done("users"), /^alice\t/);
  });

  it("are for their owner alone, and hold neither passwords nor keys nor sessions that could be used", async () => {
    await withAlice();
    const file = join(folder, "a.backup");
    const { rows } = JSON.parse(await done("backup", file, "--json")) as { rows: number };
    assert.ok(rows > 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("a.")),
      ["a.backup"],
    );
    const octets = readFileSync(file);
    assert.ok(octets.includes("alice"), "the detector works");
    const keys = readFileSync(join(folder, "data/server.keys"), "latin1");
    for (const [, key = ""] of keys.matchAll(/ ([0-9a-f]{64})$/gm))
      assert.equal(octets.includes(Buffer.from(key, "hex")), false);
    await refused(/goes into a new file/, 1, "backup", file);
  });

  it("take the place of nothing by accident, and what is no back-up takes no place", async () => {
    await withAlice();
    const file = join(folder, "a.backup");
    await done("backup", file);
    await refused(/is not there/, 1, "restore", join(folder, "none"));
    await refused(/--replace/, 1, "restore", file);
    const other = join(folder, "other");
    writeFileSync(other, "no database");
    await refused(/SQLITE_NOTADB/, 1, "restore", other, "--replace");
    await refused(/no back-up/, 1, "restore", join(folder, "data/cpns.sqlite"), "--replace");
    const lock = lockData(join(folder, "data"));
    await refused(/stop that Server/, 1, "restore", file, "--replace");
    await refused(/stop that Server/, 1, "rotate-key");
    lock.release();
    await done("restore", file, "--replace");
    assert.deepEqual(
      readdirSync(join(folder, "data")).filter((name) => name.includes("part")),
      [],
    );
  });

  it("change nothing when they are of other keys", async () => {
    await withAlice();
    const file = join(folder, "a.backup");
    await done("backup", file);
    await done("rotate-key");
    await refused(/server\.keys is not the one/, 1, "restore", file, "--replace");
    assert.match(await done("users"), /^alice\t/);
  });

  it("need no restore when their file is put in the database's place: a start sees what it is", async () => {
    await withAlice();
    const file = join(folder, "a.backup");
    await done("backup", file);
    for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `data/cpns.sqlite${end}`), { force: true });
    copyFileSync(file, join(folder, "data/cpns.sqlite"));
    const restored = (await objects("audit")).filter(({ event }) => event === "database.restored");
    assert.equal(restored.length, 1);
    assert.equal((await objects("audit")).length, 2, "and only once");
  });
});

describe("the operator's commands", () => {
  withFolder();

  it("say what they take by --help of their own, and take nothing else", async () => {
    for (const { name } of operatorCommands) {
      const out = await done(name, "--help");
      assert.ok(out.startsWith(`npm run server -- ${name}`), out);
      assert.match(out, /--json/);
      assert.equal(/--replace/.test(out), name === "restore");
    }
    assert.match(await done("--help"), /rotate-key/);
    await refused(/Unknown option '--json'/, 2, "start", "--json");
    await refused(/Unknown option '--replace'/, 2, "users", "--replace");
    await refused(/'dance' is no command/, 2, "dance");
    // Of what is wrong with the command itself it tells first, and makes nothing.
    for (const args of [
      ["init", "twice"],
      ["config", "all"],
      ["check", "twice"],
      ["gateways", "all"],
      ["networks", "all"],
      ["audit", "all"],
      ["rotate-key", "now"],
      ["restore", "a", "b"],
      ["webhooks", "sing"],
      ["webhooks", "remove"],
      ["users", "toString"],
      ["users", "add"],
      ["backup"],
      ["users", "sing"],
      ["users", "remove"],
      ["devices", "release", "kitchen"],
      ["devices", "import"],
      ["tokens", "sing"],
      ["tokens", "remove"],
      ["tokens", "add", "alice"],
      ["tokens", "add", "alice", "x", "y"],
      ["tokens", "add", "alice", "x", "--scopes", "everything"],
      ["tokens", "add", "alice", "x".repeat(33)],
      ["tokens", "add", "alice", "x", "--days", "0"],
    ])
      await refused(/^(?!.*server\.keys)./, 2, ...args);
    assert.deepEqual(readdirSync(folder), []);
    await withAlice();
    for (const args of [
      ["init"],
      ["users", "remove", "bob"],
      ["devices", "release", "00ff"],
      ["devices", "import", join(folder, "none.csv")],
      ["tokens", "add", "bob", "x"],
      ["tokens", "remove", "0123456789abcdef"],
    ])
      await refused(/./, 1, ...args);
  });

  it("print for people and for programs, and no secret", async () => {
    await withAlice();
    assert.match(await done("users"), /^alice\tsince \d{4}-\d\d-\d\d$/m);
    const [user] = await objects("users");
    assert.deepEqual(Object.keys(user ?? {}), ["user", "since"]);
    const [{ rows, problems } = {}] = await objects("check");
    assert.equal((rows as Record<string, number> | undefined)?.users, 1);
    assert.deepEqual(problems, []);
    for (const list of ["devices", "gateways", "networks"]) assert.deepEqual(await objects(list), []);
    const [rotated] = await objects("rotate-key");
    assert.ok((rotated?.rows as number) > 0);
    assert.deepEqual(await objects("users", "remove", "alice"), [
      { user: "alice", done: "removed, with all devices" },
    ]);
    assert.deepEqual(await objects("users"), []);
  });

  it("count in a network who has a session in it, not whose session has ended", async () => {
    await withAlice();
    const values = { data: join(folder, "data"), realm: "cpns.example" };
    const open = await openServer(values, silentLog, false);
    const [gatewayID, pnID, rand] = [ascii("gateway"), new Uint8Array(16), new Uint8Array(32)];
    const at = `${hex(gatewayID)}/${hex(pnID)}`;
    const soon = Milliseconds(open.ports.clock.now() + 60_000);
    const over = Milliseconds(open.ports.clock.now() - 60_000);
    const member = (entity: string, endsAt: Milliseconds, inside: boolean) => {
      const entityID = ascii(entity);
      const keys = { sk: rand, keyID: new Uint8Array(8), randPNE: rand, randServer: rand };
      const session = { ...keys, received: 0, next: 1, endsAt };
      const row = { gatewayID, pnID, entityID, pneInfo: rand, flags: 0, rand, endsAt };
      return [`${at}/${hex(entityID)}`, { ...row, ...(inside && { session }) }] as const;
    };
    await open.store.transaction(async (tables) => {
      const place = { pnID, gatewayID, owner: new Uint8Array(16), randServer: rand };
      await tables.pns.put(at, { ...place, established: true, size: 3, endsAt: soon });
      await tables.members.put(...member("a", soon, true));
      await tables.members.put(...member("b", over, true));
      await tables.members.put(...member("c", soon, false));
    });
    await open.database.close();
    assert.match(await done("networks"), /\t1 device\n/);
    const [shown] = await objects("networks");
    assert.equal(shown?.devices, 1);
  });

  it("change the master key, after which no server.keys of before starts anything here", async () => {
    await withAlice();
    const file = join(folder, "data/server.keys");
    const before = readFileSync(file);
    await done("rotate-key");
    await done("rotate-key");
    const after = readFileSync(file);
    writeFileSync(file, before);
    await refused(/server\.keys is not that of this database/, 1, "users");
    await refused(/server\.keys is not that of this database/, 1, "rotate-key");
    assert.deepEqual(readFileSync(file), before);
    writeFileSync(file, after);
    assert.match(await done("users"), /^alice\t/);
    assert.match(after.toString(), /^master \d+ [0-9a-f]{64}\nunknown/m, "one key");
  });

  it("make a token, print it once, list it without what it is, and end it", async () => {
    await withAlice();
    const made = await done(
      "tokens",
      "add",
      "alice",
      "Home Assistant",
      "--scopes",
      "send,read",
      "--days",
      "7",
    );
    assert.match(made, /^cpns_[\w-]{54}\n$/);
    const listed = await done("tokens");
    assert.match(
      listed,
      /^[0-9a-f]{16}\talice\tHome Assistant\tread,send\tuntil \d{4}-\d\d-\d\d\tused never$/m,
    );
    const [token] = await objects("tokens");
    assert.deepEqual(token?.scopes, ["read", "send"]);
    for (const out of [listed, JSON.stringify(token), await done("audit"), await done("config")])
      assert.equal(out.includes(made.slice(20, 40)), false);
    assert.deepEqual(await objects("tokens", "remove", `${token?.id}`), [{ id: token?.id, done: "removed" }]);
    assert.deepEqual(await objects("tokens"), []);
    await done("tokens", "add", "alice", "x");
    await done("users", "remove", "alice");
    assert.deepEqual(await objects("tokens"), []);
  });

  it("find a row that was altered, a counter that is wrong and a clock that was never set", async () => {
    await withAlice();
    const values = { data: join(folder, "data"), realm: "cpns.example" };
    const open = await openServer(values, silentLog, false);
    await open.store.transaction(({ counters }) => counters.put("staged.owner/00", { rows: 3 }));
    await open.database.close();
    await refused(/the counter staged\.owner\/00 is wrong/, 1, "check");
    const again = await openServer(values, silentLog, false);
    await again.database.transaction(async (rows) => {
      const [row] = await rows.page("users", "", 1);
      assert.ok(row);
      await rows.put("users", {
        ...row,
        value: row.value.map((octet, i) => (i === row.value.length - 1 ? octet ^ 1 : octet)),
      });
    });
    await again.database.close();
    await refused(/a row was altered/, 1, "check");
  });
});

describe("a back-up from SQLite into PostgreSQL and back", function () {
  this.timeout(60_000);
  withFolder();

  let postgres: TemporaryPostgres;
  before(async function () {
    postgres = await TemporaryPostgres.start(this);
  });
  after(() => postgres?.remove());

  it("keeps every User, and a dump that was put back is told to forget", async () => {
    await withAlice();
    const first = join(folder, "a.backup");
    await done("backup", first);
    const environment = { CPNS_DATABASE: postgres.fresh("restored") };
    const there = async (...command: readonly string[]): Promise<string> => {
      const { code, out, errors } = await operated([...command, "--data", join(folder, "data")], environment);
      assert.equal(code, 0, errors);
      return out;
    };
    await there("restore", first);
    assert.match(await there("users"), /^alice\t/);
    assert.match(await there("check"), /every row opens/);
    assert.match(await there("restore"), /devices join anew/);
    const second = join(folder, "b.backup");
    await there("backup", second);
    await done("restore", second, "--replace");
    assert.match(await done("users"), /^alice\t/);
    const restored = (await objects("audit")).filter(({ event }) => event === "database.restored");
    const floors = restored.map(({ fields }) => (fields as { floor: number }).floor);
    assert.equal(new Set(floors).size, 3);
    assert.deepEqual(
      floors,
      [...floors].sort((a, b) => a - b),
    );
  });
});
