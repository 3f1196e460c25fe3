import assert from "node:assert/strict";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { ascii, hex } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { Secret } from "../../src/crypto/secret.js";
import { everyPage } from "../../src/database/backup.js";
import type { Row } from "../../src/database/port.js";
import { decodeRow, type RowDefinition } from "../../src/database/row.js";
import type { UserRecord } from "../../src/database/rows/users.js";
import { Sealer } from "../../src/database/sealing.js";
import { definitions, type ServerTables, Store } from "../../src/database/store.js";
import { Server } from "../../src/server/server.js";
import { ManualClock } from "../support/manualClock.js";
import { everyRow } from "./everyRow.js";

const day = 24 * 3_600_000;
const name = "alice.of.the.lake";
const [lamp, gateway, bobs] = [ascii("lamp-0001"), ascii("gateway-0001"), ascii("bobs-phone")];

class Bench {
  readonly clock = new ManualClock();
  readonly database = new MemoryDatabase();
  readonly sealer = new Sealer({
    suite: nodeSuite,
    aead: aes256Gcm,
    random: nodeRandom,
    keys: [{ id: 1, key: new Secret(new Uint8Array(32).fill(7)) }],
  });
  readonly store: Store;
  readonly server: Server;
  user: UserRecord | undefined;

  constructor() {
    const { clock, database, sealer } = this;
    this.store = new Store({ database, sealer, clock, random: nodeRandom, log: silentLog });
    this.server = new Server({
      suite: nodeSuite,
      random: nodeRandom,
      clock,
      store: this.store,
      log: silentLog,
      secrets: { unknown: new Secret(new Uint8Array(32)) },
      serverID: ascii("cpns.example"),
      application: () => undefined,
    });
  }

  /** A User with a row of each kind that a User can have, and another with whom he has to do. */
  async filled(): Promise<this> {
    await this.server.registerUser(ascii(name), ascii("a quiet kitchen table"));
    await this.server.registerUser(ascii("bob"), ascii("another kitchen table"));
    await this.store.transaction(async (tables) => this.#fill(tables));
    return this;
  }

  async #fill(tables: ServerTables): Promise<void> {
    const user = await tables.users.get(hex(ascii(name)));
    this.user = user;
    const bob = await tables.users.get(hex(ascii("bob")));
    assert.ok(user && bob);
    const mine = { owner: user.identity, userID: user.userID };
    const soon = Milliseconds(this.clock.now() + 50_000);
    const sample = <N extends keyof typeof definitions>(of: N) =>
      everyRow.find(([one]) => one === of)?.[1] as Parameters<ServerTables[N]["put"]>[1];
    const put = async <N extends keyof typeof definitions>(
      of: N,
      key: string,
      more: object,
    ): Promise<void> => {
      await tables[of].put(key, { ...(sample(of) as object), ...more } as never);
    };
    await put("entities", hex(lamp), { ...mine, role: "pne", name: "Alice's lamp", gatewayID: gateway });
    await put("entities", hex(gateway), { ...mine, role: "gateway", gatewayID: gateway });
    await put("staged", `${hex(lamp)}/00`, { ...mine, entityID: lamp, gatewayID: gateway, endsAt: soon });
    await put("histories", hex(lamp), {});
    await put("handshakes", hex(gateway), {});
    await put("guests", `${hex(user.identity)}/${hex(bob.identity)}`, { owner: user.identity });
    await put("guestLists", hex(user.identity), { names: [ascii("bob")] });
    await put("pageSessions", "token", { identity: user.identity, userID: user.userID, endsAt: soon });
    await put("pageBrowsers", `browser/${hex(user.identity)}`, { identity: user.identity, endsAt: soon });
    await put("apiTokens", "token", { ...mine, identity: user.identity, endsAt: soon });
    const said = { identity: user.identity, entityID: lamp, endsAt: soon };
    await put("readings", `${hex(lamp)}/temperature`, said);
    await put("events", `${hex(user.identity)}/000000000000001`, said);
    await put("eventHeads", hex(user.identity), {});
    await put("preferences", hex(user.identity), {});
    await put("webhooks", "2727272727272727", { ...mine, identity: user.identity, device: lamp });
    await put("deliveries", "2727272727272727/000000000000001", { endsAt: soon });
    await put("budgets", `${hex(user.identity)}/page`, { endsAt: soon });
    await put("tickets", "ticket", { entityID: gateway, endsAt: soon });
    await put("gatewaySessions", "sid", { entityID: gateway, ticket: "ticket", endsAt: soon });
    await put("pushes", `${hex(gateway)}/1/1`, { gatewayID: gateway, result: undefined, endsAt: soon });
    const pn = new Uint8Array(16).fill(9);
    const place = `${hex(gateway)}/${hex(pn)}`;
    await put("pns", place, {
      pnID: pn,
      gatewayID: gateway,
      owner: user.identity,
      alias: "Lake",
      endsAt: soon,
    });
    for (const entityID of [lamp, bobs])
      await put("members", `${place}/${hex(entityID)}`, {
        entityID,
        gatewayID: gateway,
        pnID: pn,
        endsAt: soon,
      });
  }

  /** Tables with a row in which one of these stands, in its key, a column, or its octets when they are opened. */
  async tablesWith(...wanted: readonly Uint8Array[]): Promise<readonly string[]> {
    const found = new Set<string>();
    const byTable = new Map(Object.values(definitions).map((one) => [one.table as string, one]));
    await this.database.read(async (rows) => {
      for await (const { table, page } of everyPage(rows)) {
        const definition = byTable.get(table) as unknown as RowDefinition<unknown, string>;
        for (const row of page) if (wanted.some((one) => this.#holds(definition, row, one))) found.add(table);
      }
    });
    return [...found].sort();
  }

  #holds(definition: RowDefinition<unknown, string>, row: Row, wanted: Uint8Array): boolean {
    const value = decodeRow(definition, this.sealer, row.key, row.value);
    const texts = [row.key, ...Object.values(row.columns), shown(value)].join(" ");
    return texts.includes(hex(wanted)) || texts.includes(String.fromCharCode(...wanted));
  }
}

/** Octets in hexadecimal, wherever they stand. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? hex(one) : one));

describe("a User who deletes the account, as docs/PRIVACY.md says", () => {
  it("leaves no row with the User ID but lines of the audit, and those for 90 days", async () => {
    const bench = await new Bench().filled();
    const before = await bench.tablesWith(ascii(name));
    for (const table of ["users", "entities", "staged", "page_sessions"])
      assert.ok(before.includes(table), `the detector sees ${table}`);
    await bench.server.removeUser(ascii(name));
    assert.deepEqual(await bench.tablesWith(ascii(name)), ["audit"]);
    bench.clock.advance(Milliseconds(91 * day));
    await bench.store.sweep();
    assert.deepEqual(await bench.tablesWith(ascii(name)), []);
  });

  it("leaves of devices and gateways what keeps their numbers from coming again, and nothing else", async () => {
    const bench = await new Bench().filled();
    const before = await bench.tablesWith(lamp, gateway, ascii("Alice's lamp"), ascii("Lake"));
    assert.ok(before.length > 8, before.join());
    await bench.server.removeUser(ascii(name));
    // Entity IDs alone: whose they were stands nowhere.
    const left = await bench.tablesWith(lamp, gateway, ascii("Alice's lamp"), ascii("Lake"));
    assert.deepEqual(left, ["histories"]);
    assert.deepEqual(await bench.tablesWith(ascii("Alice's lamp"), ascii("Lake")), []);
  });

  it("is but a random number in what is left of throttling", async () => {
    const bench = await new Bench().filled();
    await bench.server.removeUser(ascii(name));
    const identity = bench.user?.identity ?? assert.fail();
    assert.deepEqual(await bench.tablesWith(identity), ["budgets"]);
    bench.clock.advance(Milliseconds(9 * day));
    await bench.store.sweep();
    assert.deepEqual(await bench.tablesWith(identity), []);
  });

  it("is forgotten alone: others keep what is theirs", async () => {
    const bench = await new Bench().filled();
    await bench.server.removeUser(ascii(name));
    const users = await bench.store.read(({ users: all }) => all.page("", 10));
    assert.deepEqual(
      users.map(({ key }) => key),
      [hex(ascii("bob"))],
    );
  });
});
