import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { decode } from "../../../src/codec/schema.js";
import { memberName, pnName } from "../../../src/database/networks.js";
import { gatewayInfo, SetupType } from "../../../src/protocols/network/messages.js";
import type { How } from "../../../src/protocols/network/setupOptions.js";
import { gatewayID, pnID } from "../../support/serverPN.js";
import { SetupPN, type Taking } from "../../support/setupPN.js";

const invited: How = { kind: "invited", pnID, byGateway: false };
const starts: How = { kind: "create", setupType: SetupType.all };

let bench: SetupPN;
/** Kitchen and hall are in a PN that Alice's kitchen has started. */
async function begin(): Promise<void> {
  bench = await new SetupPN().ready();
  const all = [await wants("kitchen", starts), await wants("hall")];
  assert.equal(await bench.establish(all), "ok");
  bench.events.length = 0;
}

async function wants(name: string, how = invited, owner = "alice"): Promise<Taking> {
  if (bench.store.get("entities", hex(ascii(name))) === undefined) await bench.entity(ascii(name), owner);
  return bench.taking(name, { how, panSecure: true });
}

const offered = async (...all: readonly Taking[]) => bench.offer(all);
const names = (one: Taking): string =>
  (one.outcome?.inventory.members ?? []).map(({ entityID }) => String.fromCharCode(...entityID)).join();

/** So many more rows of this PN: members, or such as have proven nothing. */
const fill = (count: number, inside: boolean): Promise<void> =>
  bench.work(async ({ members }) => {
    const { returning, session, ...row } = bench.member("hall");
    const { pneInfo, flags, rand } = row;
    const endsAt = Milliseconds(bench.now + 100_000);
    const waiting = { endsAt, returning: { pneInfo, flags, rand, randServer: rand, endsAt } };
    for (let n = 0; n < count; n++) {
      const entityID = ascii(`${inside ? "in" : "out"}-${n}`);
      const more = inside && session ? { session } : waiting;
      await members.put(memberName(gatewayID, pnID, entityID), { ...row, entityID, ...more });
    }
  });

describe("a member that takes part anew in a PN that stands (PNI-05, PNI-11)", () => {
  beforeEach(begin);

  it("has its old session until it has proven itself, and a new one from then on", async () => {
    const before = bench.member("kitchen");
    const { randServer } = bench.pn;
    const one = await wants("kitchen");
    assert.equal(await offered(one), "asked");
    const { returning, ...row } = bench.member("kitchen");
    assert.deepEqual(row, before);
    const { pneInfo, rand } = one.member.entry;
    assert.deepEqual(
      { ...returning, randServer: 0 },
      {
        pneInfo,
        flags: 1,
        rand,
        randServer: 0,
        endsAt: bench.now + 120_000,
        localKeyID: returning?.localKeyID,
      },
    );
    assert.notDeepEqual(returning?.randServer, randServer, "a RAND of its own");
    bench.now += 1_000;
    assert.equal(await bench.settle([one]), "ok");
    const after = bench.member("kitchen");
    assert.deepEqual([after.returning, after.rand, after.flags], [undefined, rand, 1]);
    assert.deepEqual(after.session?.randServer, returning?.randServer);
    assert.equal(after.localKeyID, undefined);
    assert.equal(names(one), "hall,kitchen");
    const { endsAt, size } = bench.pn;
    assert.deepEqual([endsAt, size, after.endsAt], [bench.now + 3_600_000, 2, bench.now + 3_600_000]);
    assert.deepEqual(bench.events, ["pn.returned"]);
  });

  it("keeps what it had when it cannot prove itself, and is asked for a new proof each time", async () => {
    const before = bench.member("kitchen");
    const one = await wants("kitchen");
    await offered(one);
    const said = async (hash = one.member.hash) => {
      const reply = await bench.prove([{ entityID: ascii("kitchen"), hash: hash ?? new Uint8Array(32) }]);
      if (reply.name === "Failure") return resultName(reply.body.result);
      return reply.name === "PNRegistrationResponse"
        ? resultName(reply.body.members[0]?.result ?? 99)
        : reply.name;
    };
    assert.equal(await said(new Uint8Array(32).fill(1)), "refused");
    assert.deepEqual(bench.member("kitchen"), before);
    assert.equal(await said(), "protocol", "one try");
    await offered(await wants("kitchen"));
    assert.equal(await said(), "refused", "the proof of before");
    const last = await wants("kitchen");
    await offered(last);
    bench.now += 120_000;
    assert.equal(await said(last.member.hash), "protocol", "two minutes later");
    assert.deepEqual(bench.events, []);
    assert.deepEqual(bench.member("kitchen"), before);
  });

  it("is offered it with forward secrecy, of which nothing is kept afterwards", async () => {
    const one = await bench.taking("kitchen", { how: invited, panSecure: true, forwardSecrecy: true });
    await offered(one);
    const { returning } = bench.member("kitchen");
    assert.deepEqual([returning?.ecdh?.length, returning?.share?.length], [32, 33]);
    assert.equal(await bench.settle([one]), "ok");
    const { ecdh, share } = bench.member("kitchen");
    assert.deepEqual([ecdh, share], [undefined, undefined]);
  });

  it("does not shorten a PN that ends later", async () => {
    const endsAt = Milliseconds(bench.now + 3_700_000);
    await bench.work(({ pns }) => pns.put(pnName(gatewayID, pnID), { ...bench.pn, endsAt }));
    assert.equal(await bench.establish([await wants("kitchen")]), "ok");
    assert.equal(bench.pn.endsAt, endsAt);
  });
});

describe("who comes into a PN that stands", () => {
  beforeEach(begin);

  it("is in once it has proven itself, in the inventory with all; until then it is nothing but somebody who waits", async () => {
    const [one, two] = [await wants("cellar"), await wants("porch")];
    assert.equal(await offered(one, two), "asked");
    const { returning, ...row } = bench.member("cellar");
    assert.ok(returning);
    assert.deepEqual(Object.keys(row).sort(), [
      "endsAt",
      "entityID",
      "flags",
      "gatewayID",
      "pnID",
      "pneInfo",
      "rand",
    ]);
    assert.equal(bench.pn.size, 2);
    assert.equal(await bench.settle([one, two]), "ok");
    assert.deepEqual([names(one), names(two)], Array(2).fill("hall,kitchen,cellar,porch"));
    assert.equal(bench.pn.size, 4);
    assert.deepEqual(bench.events, ["pn.entered", "pn.entered"]);
  });

  it("leaves nothing when it cannot prove itself, and keeps nobody else out", async () => {
    const [one, two] = [await wants("cellar"), await wants("porch")];
    await offered(one, two);
    const reply = await bench.prove([
      { entityID: ascii("cellar"), hash: new Uint8Array(32) },
      { entityID: ascii("attic"), hash: new Uint8Array(32) },
      { entityID: ascii("porch"), hash: two.member.hash ?? new Uint8Array(32) },
    ]);
    assert.ok(reply.name === "PNRegistrationResponse");
    assert.deepEqual(
      reply.body.members.map(({ result }) => result),
      [Result.refused, Result.ok],
    );
    assert.equal(bench.store.get("members", memberName(gatewayID, pnID, ascii("cellar"))), undefined);
    assert.deepEqual([bench.pn.size, bench.store.size("members")], [3, 3]);
    const last = await wants("cellar");
    await offered(last);
    const refused = await bench.prove([{ entityID: ascii("cellar"), hash: new Uint8Array(32) }]);
    assert.ok(refused.name === "PNRegistrationResponse");
    assert.deepEqual([refused.body.result, refused.body.pnInventory], [Result.refused, undefined]);
  });

  it("comes alone or with others who are none, and members one at a time", async () => {
    const [kitchen, hall, cellar] = [await wants("kitchen"), await wants("hall"), await wants("cellar")];
    assert.equal(await offered(kitchen, hall), "refused");
    assert.equal(await offered(kitchen, cellar), "refused");
    const reply = await bench.register([{ ...cellar.member.entry, rand: new Uint8Array(32) }]);
    assert.ok(reply.name === "Failure");
    assert.equal(reply.body.result, Result.refused);
  });

  it("finds room for 32 in all, and for 64 who wait", async () => {
    await fill(29, true);
    assert.equal(await offered(await wants("cellar"), await wants("porch")), "full");
    assert.equal(await offered(await wants("cellar")), "asked");
    await fill(30, true);
    assert.equal(await offered(await wants("porch")), "full");
    assert.equal(await offered(await wants("kitchen")), "asked", "it is in");
    await bench.work(async ({ members }) => {
      for (let n = 0; n < 30; n++) await members.delete(memberName(gatewayID, pnID, ascii(`in-${n}`)));
    });
    await fill(62, false);
    assert.equal(await offered(await wants("porch")), "asked", "the 64th with the cellar");
    assert.equal(await offered(await wants("attic")), "busy");
    bench.now += 100_001;
    assert.equal(await offered(await wants("attic")), "asked", "what was offered is over");
    const waits = bench.store
      .all("members")
      .filter(([, one]) => one.returning !== undefined && one.endsAt > bench.now);
    assert.equal(waits.length, 4, "and forgotten: kitchen, cellar, porch and attic");
    bench.now += 120_000;
    assert.equal(await offered(await wants("hall")), "asked");
    assert.equal(bench.member("kitchen").returning, undefined, "of a member, too");
  });

  it("is refused when it is full, or another's alone, by the time of its proof", async () => {
    const one = await wants("cellar");
    await offered(one);
    await fill(30, true);
    assert.equal(await bench.settle([one]), "refused");
    assert.equal(one.code, "result.full");
    const back = await wants("kitchen");
    await offered(back);
    assert.equal(await bench.settle([back]), "ok", "who is in comes back");
  });
});

describe("who comes into another's network by himself (C-34)", () => {
  beforeEach(async () => {
    await begin();
    bench.ports.policy = { mayJoin: () => true };
  });

  it("is a device of who has started it; another's has to be asked by who is in", async () => {
    assert.equal(await offered(await wants("cellar", starts)), "asked");
    assert.equal(await offered(await wants("bobs", starts, "bob")), "notAuthorized");
    assert.equal(await offered(await wants("bobs too", invited, "bob")), "asked");
  });

  it("is as well a device of whom all are that are in it by now", async () => {
    for (const name of ["kitchen", "hall"]) await bench.changeEntity(name, { owner: bench.identity("bob") });
    const one = await wants("bobs", starts, "bob");
    assert.equal(await offered(one), "asked");
    await bench.changeEntity("hall", { owner: bench.identity("carol") });
    assert.equal(await bench.settle([one]), "refused", "and not any more when it proves itself");
    assert.equal(one.code, "result.notAuthorized");
    assert.equal(await offered(await wants("bobs", starts, "bob")), "notAuthorized");
  });

  it("is nobody's device, nor a PN GW", async () => {
    const one = await wants("ghost", starts);
    await bench.work(({ entities }) => entities.delete(hex(ascii("ghost"))));
    assert.equal(await offered(one), "notAuthorized");
    const two = await wants("second", starts);
    await bench.changeEntity("second", { role: "gateway" });
    assert.equal(await offered(two), "notAuthorized");
  });

  it("is a device of the PN GW's owner where it was started by nobody known", async () => {
    const { starter, ...pn } = bench.pn;
    assert.ok(starter);
    await bench.work(({ pns }) => pns.put(pnName(gatewayID, pnID), pn));
    await bench.changeEntity("hall", { owner: bench.identity("bob") });
    assert.equal(await offered(await wants("cellar", starts)), "asked");
    assert.equal(await offered(await wants("bobs", starts, "bob")), "notAuthorized");
  });
});

describe("what a PN GW says of itself when its PN stands already (C-29)", () => {
  beforeEach(begin);

  const info = { flags: 1, links: 7, technologies: ["BLE"], subscription: { kind: 2 } };
  const register = async (said?: object) => {
    const one = await wants("kitchen");
    await bench.register([one.member.entry], said && { gatewayInfo: said as never });
    const kept = bench.pn.gatewayInfo;
    return kept && decode(gatewayInfo, kept);
  };

  it("is kept as it is now", async () => {
    assert.equal(await register(), undefined);
    assert.deepEqual(await register(info), info);
    const other = { ...info, links: 8 };
    assert.deepEqual(await register(other), other);
    assert.deepEqual(await register(), other, "nothing said changes nothing");
  });
});
