import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { acknowledgement } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { decode } from "../../../src/codec/schema.js";
import { memberName, pnName } from "../../../src/database/networks.js";
import { pnUpdateRequest } from "../../../src/protocols/network/invitations.js";
import { gatewayInfo, LinkKey, localKeyLifetime } from "../../../src/protocols/network/messages.js";
import { gatewayID, pnID } from "../../support/serverPN.js";
import { SetupPN, type Taking } from "../../support/setupPN.js";

let bench: SetupPN;
async function begin(): Promise<void> {
  bench = await new SetupPN().ready();
}

/** What the Server asks of those who want in, by their names. */
async function asked(...all: readonly Taking[]) {
  const reply = await bench.register(all.map(({ member }) => member.entry));
  assert.ok(reply.name === "PNAuthenticationRequest");
  return reply.body;
}

/** A PN of one is forgotten, so that the next one is new. */
async function forget(): Promise<void> {
  for (const [key] of bench.store.all("members")) await bench.work(({ members }) => members.delete(key));
  for (const [key] of bench.store.all("pns")) await bench.work(({ pns }) => pns.delete(key));
}

/** What the Server says of each hash, by name. */
async function verdicts(...proofs: readonly (readonly [string, Uint8Array | undefined])[]) {
  const members = proofs.map(([name, hash]) => ({ entityID: ascii(name), hash: hash ?? new Uint8Array(32) }));
  const reply = await bench.prove(members);
  if (reply.name === "Failure") return resultName(reply.body.result);
  assert.ok(reply.name === "PNRegistrationResponse");
  const { body } = reply;
  const each = body.members.map(({ entityID, result, hash }) => {
    assert.equal(hash !== undefined, result === Result.ok);
    return `${String.fromCharCode(...entityID)} ${resultName(result)}`;
  });
  assert.equal(body.pnInventory !== undefined, body.result === Result.ok);
  return [resultName(body.result), ...each].join(", ");
}

describe("a PN that a PN GW registers at the Server (PNI-05)", () => {
  beforeEach(begin);

  const entry = async (name = "kitchen", more = {}) => (await bench.taking(name, more)).member.entry;
  const result = async (entries: readonly Awaited<ReturnType<typeof entry>>[]) => {
    const reply = await bench.register(entries);
    return reply.name === "Failure" ? resultName(reply.body.result) : reply.name;
  };

  it("is none of a PN GW that the Server does not know, nor the same once more", async () => {
    const one = await entry();
    assert.equal(await result([one]), "PNAuthenticationRequest");
    assert.equal(await result([one]), "protocol");
    await forget();
    await bench.work(({ entities }) => entities.delete(hex(gatewayID)));
    assert.equal(await result([one]), "protocol");
    assert.equal(bench.store.size("pns"), 0);
  });

  it("is none where nobody can be a member", async () => {
    const zeros = { ...(await entry()), rand: new Uint8Array(32) };
    assert.equal(await result([zeros]), "refused");
    const nothing = { ...(await entry()), pneInfo: Uint8Array.of(1) };
    assert.equal(await result([nothing]), "refused");
    assert.deepEqual([bench.store.size("pns"), bench.store.size("members")], [0, 0]);
  });

  it("is pending for two minutes, with those who can be members, each once, and with what the PN GW is (C-29)", async () => {
    const [one, two] = [await entry("kitchen"), await entry("hall")];
    const odd = { ...two, rand: new Uint8Array(32) };
    const again = { ...one, rand: new Uint8Array(32).fill(8) };
    const info = {
      flags: 1,
      links: 7,
      technologies: ["BLE"],
      subscription: { kind: 1, realm: "cpns.example" },
    };
    const reply = await bench.register([one, again, odd], { gatewayInfo: info as never, alias: "Home" });
    assert.ok(reply.name === "PNAuthenticationRequest");
    const { randServer, gatewayInfo: kept, ...pn } = bench.pn;
    const endsAt = bench.now + 120_000;
    const owner = bench.identity("alice");
    assert.deepEqual(pn, { established: false, pnID, gatewayID, owner, alias: "Home", size: 1, endsAt });
    assert.deepEqual(decode(gatewayInfo, kept ?? new Uint8Array(0)), info);
    assert.deepEqual([reply.body.rand, reply.body.pnID], [randServer, pnID]);
    const { localKeyID, ...row } = bench.member("kitchen");
    const { pneInfo, rand } = one;
    assert.deepEqual(row, { gatewayID, pnID, entityID: ascii("kitchen"), pneInfo, flags: 3, rand, endsAt });
    assert.equal(localKeyID, reply.body.members[0]?.keyID);
  });

  it("takes the place of the oldest that is pending when there are 64, and is refused beside 512 that stand", async () => {
    await bench.start({ established: false });
    const row = bench.pn;
    const id = (n: number) =>
      new Uint8Array(16)
        .fill(200)
        .fill(n >> 8, 0, 1)
        .fill(n & 255, 1, 2);
    const put = (count: number, established: boolean) =>
      bench.work(async ({ pns, members }) => {
        await pns.delete(pnName(gatewayID, pnID));
        for (let n = 0; n < count; n++) {
          const endsAt = Milliseconds(bench.now + 1_000 + n);
          await pns.put(pnName(gatewayID, id(n)), { ...row, pnID: id(n), established, endsAt });
        }
        const { pneInfo, rand } = one;
        const member = {
          gatewayID,
          pnID: id(0),
          entityID: ascii("porch"),
          pneInfo,
          flags: 0,
          rand,
          endsAt: row.endsAt,
        };
        await members.put(memberName(gatewayID, id(0), ascii("porch")), member);
      });
    const one = await entry();
    await put(63, false);
    assert.equal(await result([one]), "PNAuthenticationRequest");
    assert.equal(bench.store.size("pns"), 64);
    await forget();
    await put(64, false);
    assert.equal(await result([one]), "PNAuthenticationRequest");
    assert.equal(bench.store.size("pns"), 64);
    assert.equal(bench.store.get("pns", pnName(gatewayID, id(0))), undefined);
    assert.ok(bench.store.get("pns", pnName(gatewayID, id(1))));
    assert.equal(bench.store.get("members", memberName(gatewayID, id(0), ascii("porch"))), undefined);
    await forget();
    await put(511, true);
    assert.equal(await result([one]), "PNAuthenticationRequest");
    await forget();
    await put(512, true);
    assert.equal(await result([one]), "full");
  });
});

describe("the LocalEUKey that the Server offers (PNI-05a, C-01, C-25)", () => {
  beforeEach(begin);

  const history = (name: string, localKeyID: number) =>
    bench.work(({ histories }) =>
      histories.put(hex(ascii(name)), { localKeyID, committedAt: Milliseconds(5) }),
    );
  const used = (name: string) => bench.store.get("histories", hex(ascii(name)));

  it("has a greater id than the one before, also after a back-up was put back", async () => {
    await history("kitchen", 41);
    const one = await bench.taking("kitchen");
    assert.equal((await asked(one)).members[0]?.keyID, 42);
    assert.deepEqual(used("kitchen"), { localKeyID: 42, committedAt: 5 });
    await forget();
    assert.equal((await asked(one)).members[0]?.keyID, 43);
    await forget();
    await bench.work(({ settings }) => settings.put("restored", { count: 100 }));
    assert.equal((await asked(one)).members[0]?.keyID, 101);
    await forget();
    await history("kitchen", 500);
    assert.equal((await asked(one)).members[0]?.keyID, 501);
  });

  it("uses up no id of a PNE that may not join, before it has proven itself", async () => {
    bench.ports.policy = { mayJoin: () => false };
    await history("kitchen", 41);
    const one = await bench.taking("kitchen", { panSecure: true });
    await bench.offer([one]);
    assert.equal(used("kitchen")?.localKeyID, 41);
    assert.equal(bench.member("kitchen").localKeyID, 42);
    assert.equal(await verdicts(["kitchen", one.member.hash]), "refused, kitchen notAuthorized");
    assert.equal(used("kitchen")?.localKeyID, 42);
  });

  it("never takes an id back: a proof that comes late does not", async () => {
    const one = await bench.taking("kitchen", { panSecure: true });
    await bench.offer([one]);
    await history("kitchen", 900);
    assert.equal(await verdicts(["kitchen", one.member.hash]), "ok, kitchen ok");
    assert.equal(used("kitchen")?.localKeyID, 900);
  });

  it("holds for 30 days from now, or from when the EUKey was made by a calendar that was ahead (C-21)", async () => {
    const now = toSeconds(Milliseconds(bench.now));
    const one = await bench.taking("kitchen");
    assert.equal((await asked(one)).members[0]?.expiresAt, now + localKeyLifetime);
    await forget();
    const { committed } = await bench.entity(ascii("kitchen"), "alice");
    await bench.changeEntity("kitchen", { committed: { ...committed, createdAt: Seconds(now + 77) } });
    assert.equal((await asked(one)).members[0]?.expiresAt, now + 77 + localKeyLifetime);
    await forget();
    await bench.changeEntity("kitchen", { role: "gateway" });
    assert.equal((await asked(one)).members[0]?.expiresAt, now + localKeyLifetime);
  });

  it("is told for a PNE that nobody has enrolled as for one that is there, and always alike", async () => {
    const form = async (name: string, more = {}) => {
      const one = await bench.taking(name, more);
      await bench.work(({ entities }) => entities.delete(hex(ascii(name))));
      const [said] = (await asked(one)).members;
      await forget();
      assert.equal(used(name), undefined);
      const { keyID = 0, wrappedKey, gatewayCopy } = said ?? {};
      assert.ok(keyID >= 1 && keyID <= 8, `${keyID}`);
      return [keyID, wrappedKey?.length, gatewayCopy?.length];
    };
    const all = [];
    for (const name of ["attic", "barn", "cellar", "den", "entry", "foyer"]) {
      const first = await form(name);
      assert.deepEqual(await form(name), first);
      assert.deepEqual(first.slice(1), [60, 60]);
      all.push(first[0]);
    }
    assert.ok(new Set(all).size > 2, all.join());
    const without = { linkKey: LinkKey.preAssigned, capabilities: 0 };
    assert.deepEqual((await form("gate", without)).slice(1), [undefined, 60]);
  });

  it("is none for who asks for none", async () => {
    const one = await bench.taking("kitchen", { linkKey: LinkKey.none, panSecure: true });
    assert.deepEqual((await asked(one)).members, [{ entityID: ascii("kitchen") }]);
    assert.equal(bench.member("kitchen").localKeyID, undefined);
  });
});

describe("the hashes of those who want in (PNI-11, PNI-12, C-13, C-16)", () => {
  beforeEach(begin);

  const secure = { panSecure: true } as const;

  it("let in who has proven himself, and tell each of the others why not", async () => {
    const [one, two, three] = [
      await bench.taking("kitchen", secure),
      await bench.taking("hall", secure),
      await bench.taking("cellar", secure),
    ];
    bench.ports.policy = { mayJoin: (pne) => hex(pne) !== hex(ascii("cellar")) };
    await bench.offer([one, two, three]);
    const said = await verdicts(
      ["kitchen", one.member.hash],
      ["hall", new Uint8Array(32).fill(4)],
      ["cellar", three.member.hash],
      ["porch", one.member.hash],
    );
    assert.equal(said, "ok, kitchen ok, hall refused, cellar notAuthorized");
    assert.equal(bench.pn.size, 1);
    assert.equal(bench.store.size("members"), 1);
  });

  it("are tried once, whatever comes of it", async () => {
    const one = await bench.taking("kitchen", secure);
    await bench.offer([one]);
    const { hash } = one.member;
    assert.equal(
      await verdicts(["kitchen", new Uint8Array(32)], ["kitchen", hash]),
      "refused, kitchen refused",
    );
    assert.equal(await verdicts(["kitchen", hash]), "protocol");
    assert.deepEqual([bench.store.size("pns"), bench.store.size("members")], [0, 0]);
  });

  it("are none of a PN that was not registered, or by a PN GW that is nobody's any more", async () => {
    assert.equal(await verdicts(["kitchen", undefined]), "protocol");
    const one = await bench.taking("kitchen", secure);
    await bench.offer([one]);
    await bench.work(({ entities }) => entities.delete(hex(gatewayID)));
    assert.equal(await verdicts(["kitchen", one.member.hash]), "protocol");
  });

  it("are none after two minutes", async () => {
    const one = await bench.taking("kitchen", secure);
    await bench.offer([one]);
    bench.now += 120_000;
    assert.equal(await verdicts(["kitchen", one.member.hash]), "protocol");
  });

  it("do not hold of a key that a PN GW has seen (C-18), of a PN GW, or of nobody", async () => {
    for (const change of ["gatewayEscrow", "gateway", "nobody"] as const) {
      bench = await new SetupPN().ready();
      const one = await bench.taking("kitchen", secure);
      await bench.offer([one]);
      const { committed } = await bench.entity(ascii("kitchen"), "alice");
      if (change === "gatewayEscrow")
        await bench.changeEntity("kitchen", { committed: { ...committed, origin: change } });
      if (change === "gateway") await bench.changeEntity("kitchen", { role: change });
      if (change === "nobody") await bench.work(({ entities }) => entities.delete(hex(ascii("kitchen"))));
      assert.equal(await verdicts(["kitchen", one.member.hash]), "refused, kitchen refused", change);
      assert.deepEqual([bench.store.size("pns"), bench.store.size("members")], [0, 0]);
    }
  });

  it("remind of a key that the Server wants in place of this one, once the PNE is in", async () => {
    const one = await bench.taking("kitchen", secure);
    await bench.changeEntity("kitchen", { renewal: true });
    await bench.offer([one]);
    assert.equal(bench.store.size("pushes"), 0);
    assert.equal(await verdicts(["kitchen", one.member.hash]), "ok, kitchen ok");
    assert.equal(bench.store.size("pushes"), 1);
  });
});

describe("what a PN GW tells of who has left (PNR-14)", () => {
  beforeEach(begin);

  const updates = messageSet(pnUpdateRequest);
  const update = (left: readonly string[], from = gatewayID) => {
    const octets = encodeMessage(pnUpdateRequest, 6, { pnID, left: left.map((name) => ascii(name)) });
    return bench.work((tables) => bench.server.update(tables, from, updates.decode(octets)));
  };

  it("takes them out, and the PN with the last; of its own PNs only, and of those that stand", async () => {
    const all = [];
    for (const name of ["kitchen", "hall", "cellar"]) all.push(await bench.taking(name, { panSecure: true }));
    await bench.offer(all);
    await update(["kitchen"]);
    assert.equal(bench.store.size("members"), 3, "it does not stand yet");
    assert.equal(await bench.settle(all), "ok");
    await update(["kitchen"], ascii("gateway-02"));
    assert.deepEqual([bench.pn.size, bench.store.size("members")], [3, 3]);
    const answer = await update(["kitchen", "porch"]);
    assert.deepEqual(answer, encodeMessage(acknowledgement, 6, {}));
    assert.deepEqual([bench.pn.size, bench.store.size("members")], [2, 2]);
    await update(["hall", "cellar"]);
    assert.deepEqual([bench.store.size("pns"), bench.store.size("members")], [0, 0]);
  });
});
