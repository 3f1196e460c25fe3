import assert from "node:assert/strict";
import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryDatabase } from "../../hosts/simulator/world/memoryDatabase.js";
import { allZero } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { Secret } from "../../src/crypto/secret.js";
import { type Aead, Sealer } from "../../src/database/sealing.js";
import { Store } from "../../src/database/store.js";

/** A store that counts what is sealed, opened and derived for it, and keeps every secret that it has made. */
function observed() {
  const count = { opened: 0, sealed: 0, keys: 0 };
  const made: Uint8Array[] = [];
  const keep = (octets: Uint8Array): Uint8Array => {
    made.push(octets);
    return octets;
  };
  const aead: Aead = {
    seal: (...given) => {
      count.sealed++;
      return nodeSuite.seal(...given);
    },
    open: (...given) => {
      count.opened++;
      const opened = nodeSuite.open(...given);
      return opened && keep(opened);
    },
  };
  const hmac: typeof nodeSuite.hmac = (...given) => {
    count.keys++;
    return keep(nodeSuite.hmac(...given));
  };
  const keys = [{ id: 0, key: new Secret(new Uint8Array(32).fill(1)) }] as const;
  const sealer = new Sealer({ suite: { hmac }, aead, random: nodeRandom, keys });
  const clock = { now: () => Milliseconds(1_800_000_000_000) };
  const store = new Store({
    database: new MemoryDatabase(),
    ...{ sealer, clock, random: nodeRandom, log: silentLog },
  });
  const during = async (work: () => Promise<unknown>): Promise<typeof count> => {
    const before = { ...count };
    await work();
    return {
      opened: count.opened - before.opened,
      sealed: count.sealed - before.sealed,
      keys: count.keys - before.keys,
    };
  };
  return { store, during, made };
}

const temporaryKey = new Uint8Array(32).fill(0xa5);
const device = Object.freeze({ temporaryKey });

describe("rows that are sealed", () => {
  it("are opened once in a transaction, with one key, and each reader has a copy of his own", async () => {
    const { store, during } = observed();
    await store.transaction((tables) => tables.devices.put("one", device));
    const work = await during(() =>
      store.transaction(async ({ devices }) => {
        const [first, second] = [await devices.get("one"), await devices.get("one")];
        assert.deepEqual(first, device);
        first?.temporaryKey.fill(0);
        assert.deepEqual(second, device);
        assert.deepEqual(await devices.get("one"), device);
        await devices.put("one", device);
        assert.deepEqual(await devices.get("one"), device);
      }),
    );
    assert.deepEqual(work, { opened: 1, sealed: 1, keys: 1 });
  });

  it("are what was put last in the transaction", async () => {
    const { store } = observed();
    const other = { temporaryKey: new Uint8Array(32).fill(0x5a) };
    await store.transaction(async ({ devices }) => {
      await devices.put("one", device);
      await devices.put("one", other);
      assert.deepEqual(await devices.get("one"), other);
      await devices.delete("one");
      assert.equal(await devices.get("one"), undefined);
    });
  });

  it("take as many openings when they are not there, for those whose absence nobody may hear", async () => {
    const { store, during } = observed();
    const read = (names: readonly string[]) => async (): Promise<void> =>
      void (await store.transaction(async ({ users }) => {
        for (const name of names) await users.get(name);
      }));
    const nobody = await during(read(["nobody"]));
    const again = await during(read(["nobody", "nobody"]));
    const two = await during(read(["nobody", "none", "nobody"]));
    assert.deepEqual([nobody.opened, again.opened, two.opened], [1, 1, 2]);
    assert.deepEqual([again.keys, two.keys], [1, 2]);
  });

  for (const way of ["transaction", "read"] as const) {
    it(`leave neither a key nor what they opened to behind a ${way}`, async () => {
      const { store, made } = observed();
      await store.transaction((tables) => tables.devices.put("one", device));
      made.length = 0;
      await store[way](async (tables) => {
        await tables.devices.get("one");
        assert.equal(made.length, 2);
        assert.equal(made.every(allZero), false);
      });
      assert.ok(made.every(allZero));
    });
  }
});
