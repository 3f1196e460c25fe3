import assert from "node:assert/strict";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryDatabase, TwiceDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { Secret } from "../../src/crypto/secret.js";
import { claimMasterKey } from "../../src/database/masterKey.js";
import { type MasterKey, Sealer } from "../../src/database/sealing.js";
import { Store } from "../../src/database/store.js";
import { everyRow } from "./everyRow.js";

const key = (id: number, fill = id): MasterKey => ({ id, key: new Secret(new Uint8Array(32).fill(fill)) });
const user = everyRow.find(([name]) => name === "users")?.[1] as never;

/** Servers on one database, each with the keys that it has read at its start. */
class Bench {
  readonly #database = new TwiceDatabase(new MemoryDatabase());

  serverWith(...keys: [MasterKey, ...MasterKey[]]) {
    const sealer = new Sealer({ suite: nodeSuite, aead: aes256Gcm, random: nodeRandom, keys });
    const clock = { now: () => Milliseconds(1_800_000_000_000) };
    const store = new Store({ database: this.#database, sealer, clock, random: nodeRandom, log: silentLog });
    return {
      start: () => claimMasterKey(store, sealer),
      renew: () => store.renew(),
      write: (name: string) => store.transaction(({ users }) => users.put(name, user)),
      writeOpen: () => store.transaction(({ settings }) => settings.put("x", { count: 1 })),
      names: async () => (await store.read(({ users }) => users.page("", 100))).map((row) => row.key),
    };
  }
}

describe("the master key that seals a database", () => {
  it("is that of who has changed it last: a Server that nobody has stopped seals nothing more", async () => {
    const bench = new Bench();
    const running = bench.serverWith(key(1));
    await running.start();
    await running.write("a");
    const changing = bench.serverWith(key(2), key(1));
    await changing.start();
    await assert.rejects(running.write("b"), { code: "database.otherKeys" });
    await changing.renew();
    await assert.rejects(running.write("c"), { code: "database.otherKeys" });
    await running.writeOpen();
    // What is left of the file: nothing that anybody has written is lost.
    const after = bench.serverWith(key(2));
    await after.start();
    await after.write("d");
    assert.deepEqual(await after.names(), ["a", "d"]);
  });

  it("may be any that a starting Server has, the first of which seals from then on", async () => {
    const bench = new Bench();
    for (const keys of [[key(1)], [key(2), key(1)], [key(3), key(2), key(1)], [key(3)]] as const)
      await bench.serverWith(...(keys as unknown as [MasterKey])).start();
    for (const keys of [[key(1)], [key(2), key(1)], [key(3, 7)], [key(4)]] as const) {
      const server = bench.serverWith(...(keys as unknown as [MasterKey]));
      await assert.rejects(server.start(), { code: "database.otherKeys" });
      await assert.rejects(server.write("a"), { code: "database.otherKeys" });
    }
  });

  it("is said by none whose key does not open what is there, where it was never said", async () => {
    const bench = new Bench();
    await bench.serverWith(key(1)).write("a");
    await assert.rejects(bench.serverWith(key(2)).start(), { code: "database.sealed" });
    await bench.serverWith(key(1)).start();
    await bench.serverWith(key(1)).write("b");
  });

  it("can be changed again after a change that was ended anywhere", async () => {
    for (let rows = 0; rows < 4; rows++) {
      const bench = new Bench();
      const first = bench.serverWith(key(1));
      await first.start();
      for (let i = 0; i < 4; i++) await first.write(`${i}`);
      const ended = bench.serverWith(key(2), key(1));
      if (rows > 0) await ended.start();
      for (let i = 0; i < rows; i++) await ended.write(`${i}`);
      const again = bench.serverWith(key(3), key(2), key(1));
      await again.start();
      assert.ok((await again.renew()) >= 4);
      assert.equal((await bench.serverWith(key(3)).names()).length, 4, `${rows}`);
    }
  });
});
