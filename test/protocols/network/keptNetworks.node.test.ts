import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii } from "../../../src/base/octets.js";
import { encode } from "../../../src/codec/schema.js";
import { KeptNetworks, type KeptPN } from "../../../src/protocols/network/keptNetworks.js";
import { pnInventory } from "../../../src/protocols/network/messages.js";
import { MemoryStore } from "../../support/memoryStore.js";

const id = (octet: number): Uint8Array => new Uint8Array(16).fill(octet);
const contents = Uint8Array.of(0x81, 1);

function pn(octet: number, more: Partial<KeptPN> = {}): KeptPN {
  const pnID = id(octet);
  const members = [{ entityID: ascii("kitchen"), contents }, { entityID: ascii("hall") }];
  const localKey = { keyID: 4, key: new Uint8Array(32).fill(9), expiresAt: 77 };
  return {
    pnID,
    inventory: encode(pnInventory, { pnID, gateway: ascii("gw"), members }),
    initiator: ascii("kitchen"),
    open: true,
    members: [
      { entityID: ascii("hall"), contents: undefined, localKey, started: false },
      { entityID: ascii("kitchen"), contents, localKey: undefined, started: true },
    ],
    ...more,
  };
}

class Bench {
  readonly flash = new MemoryStore();
  readonly logged: string[] = [];
  readonly kept = this.open(this.flash);

  open(networks?: MemoryStore): KeptNetworks {
    const log = {
      event: (name: string, fields: object = {}) =>
        void this.logged.push([name, ...Object.values(fields)].join(" ")),
    };
    return new KeptNetworks({ suite: nodeSuite, log, ...(networks && { networks }) });
  }
}

let bench: Bench;
function begin(): void {
  bench = new Bench();
}

describe("the PNs that a PN GW keeps in its flash (PNI-13, GWI-14, C-33)", () => {
  beforeEach(begin);

  it("are as they were, each by itself, with the keys that they have", () => {
    const other = pn(2, { initiator: undefined, open: false });
    for (const one of [other, pn(1)]) bench.kept.keep(one);
    assert.deepEqual(bench.open(bench.flash).all(), [pn(1), other]);
    assert.deepEqual(bench.logged, []);
  });

  it("lie under names of the PN ID's first five octets, beside what is not theirs", () => {
    bench.flash.write("pnother", Uint8Array.of(1));
    bench.flash.write("key.a", Uint8Array.of(1));
    bench.flash.write("xpn0101010101.a", Uint8Array.of(1));
    bench.kept.keep(pn(1));
    assert.ok(
      bench.flash.names().some((name) => /^pn0101010101\.[ab]$/.test(name)),
      bench.flash.names().join(),
    );
    assert.equal(bench.kept.all().length, 1);
    bench.kept.forget(id(1));
    assert.deepEqual(
      [bench.kept.all(), bench.flash.names().sort()],
      [[], ["key.a", "pnother", "xpn0101010101.a"]],
    );
  });

  it("are replaced by what they are now, and forgotten alone", () => {
    bench.kept.keep(pn(1));
    bench.kept.keep(pn(2));
    const [, last] = pn(1).members;
    const now = pn(1, { members: last ? [last] : [] });
    bench.kept.keep(now);
    assert.deepEqual(bench.kept.all(), [now, pn(2)]);
    bench.kept.forget(id(1));
    assert.deepEqual(bench.kept.all(), [pn(2)]);
    bench.kept.forget(id(7));
  });

  it("have a key only whole", () => {
    bench.kept.keep(pn(1));
    const [{ localKey } = {}] = bench.kept.all()[0]?.members ?? [];
    assert.deepEqual(localKey, { keyID: 4, key: new Uint8Array(32).fill(9), expiresAt: 77 });
    for (const field of ["keyID", "key", "expiresAt"] as const) {
      const one = pn(1);
      const [first] = one.members;
      assert.ok(first?.localKey);
      const part = { ...first.localKey, [field]: undefined } as never;
      bench.kept.keep({ ...one, members: [{ ...first, localKey: part }] });
      assert.equal(bench.kept.all()[0]?.members[0]?.localKey, undefined, field);
    }
  });

  it("are forgotten where they cannot be read, and cost nothing else", () => {
    for (const one of [pn(1), pn(2)]) bench.kept.keep(one);
    for (const name of bench.flash.names().filter((one) => one.startsWith("pn01")))
      bench.flash.write(name, Uint8Array.of(1, 2, 3));
    assert.deepEqual(bench.kept.all(), [pn(2)]);
    assert.equal(
      bench.flash.names().some((one) => one.startsWith("pn01")),
      false,
    );
  });

  it("are lost, and said to be, where flash is full or there is none, and nothing fails for it", () => {
    bench.flash.capacity = 10;
    bench.kept.keep(pn(1));
    assert.deepEqual(bench.logged, ["pn.notKept store.full"]);
    assert.deepEqual(bench.kept.all(), []);
    const none = bench.open();
    none.keep(pn(1));
    none.forget(id(1));
    assert.deepEqual(none.all(), []);
    assert.equal(bench.logged.length, 1);
  });
});
