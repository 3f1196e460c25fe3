import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, toSeconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { decode } from "../../../src/codec/schema.js";
import { applicationData } from "../../../src/protocols/data/messages.js";
import { RelayServer } from "../../../src/protocols/data/server.js";
import { LinkKey, localKeyLifetime, pneInfo, SetupType } from "../../../src/protocols/network/messages.js";
import { gatewayID, pnID } from "../../support/serverPN.js";
import { linkKeys, SetupPN, type Taking } from "../../support/setupPN.js";

const text = (octets: Uint8Array): string => String.fromCharCode(...octets);
const invited = { kind: "invited", pnID, byGateway: false } as const;

let bench: SetupPN;
async function begin(): Promise<void> {
  bench = await new SetupPN().ready();
}

/** What the Server answers to a record of this session. */
async function heard(one: Taking, name: string): Promise<string> {
  const { server } = one.outcome ?? {};
  assert.ok(server);
  const relay = new RelayServer({ ...bench.ports, application: () => ascii("yes") });
  const message = encodeMessage(applicationData, 1, { pnID, payload: server.layer.seal(ascii("hello")) });
  const answer = await bench.work((tables) =>
    relay.data(tables, bench.origin(name), messageSet(applicationData).decode(message)),
  );
  return text(server.layer.open(messageSet(applicationData).decode(answer).body.payload));
}

describe("a PN that PNE, PN GW and Server make together (PNI-05, PNI-08, PNI-12, PNI-14)", () => {
  beforeEach(begin);

  for (const [name, options] of linkKeys) {
    for (const forwardSecrecy of [false, true]) {
      it(`has ${name} between PNE and PN GW, and a session with the Server (forward secrecy: ${forwardSecrecy})`, async () => {
        if (options.linkKey === LinkKey.preAssigned) await bench.factoryKnows("kitchen");
        const one = await bench.taking("kitchen", { ...options, forwardSecrecy });
        assert.equal(await bench.establish([one]), "ok");
        assert.equal(one.code, undefined);
        const { outcome } = one;
        assert.ok(outcome);
        assert.deepEqual([outcome.pnID, outcome.started, outcome.own], [pnID, true, true]);
        assert.deepEqual(outcome.inventory, {
          ...{ pnID, gateway: gatewayID },
          members: [{ entityID: ascii("kitchen") }],
        });
        const insecure = options.panSecure !== true;
        assert.equal(outcome.localSession, insecure);
        assert.equal(outcome.ticket !== undefined, insecure);
        assert.equal(one.layers.length, insecure ? 2 : 0);
        if (insecure) {
          const [own, gateways] = one.layers;
          assert.deepEqual(gateways?.open(own?.seal(ascii("hello")) as Uint8Array), ascii("hello"));
          assert.deepEqual(own?.open(gateways?.seal(ascii("hello")) as Uint8Array), ascii("hello"));
        }
        const { localKey, ticket } = one.kept ?? {};
        assert.equal(ticket !== undefined, insecure);
        if (ticket) assert.deepEqual(ticket.secret.octets, outcome.ticket?.secret.octets);
        if (options.linkKey === LinkKey.none) {
          assert.deepEqual([localKey, one.stored, outcome.ahead], [undefined, [], undefined]);
        } else {
          const expiresAt = toSeconds(Milliseconds(bench.now)) + localKeyLifetime;
          const [{ key, ...rest }] = one.stored as [(typeof one.stored)[0]];
          const keyID = rest.keyID;
          assert.deepEqual(rest, { pnID, gatewayID, keyID, expiresAt });
          assert.deepEqual(localKey, { keyID, key, expiresAt });
          assert.notDeepEqual(key, new Uint8Array(32));
          assert.equal(outcome.ahead, 0);
        }
        assert.equal(await heard(one, "kitchen"), "yes");
        assert.equal(await heard(one, "kitchen"), "yes");
      });
    }
  }

  it("numbers what the PNE asks one by one, so that no answer is taken for another's", async () => {
    for (const how of [{ kind: "create", setupType: SetupType.oneToOne }, invited] as const) {
      await begin();
      const one = await bench.taking("kitchen", { how });
      assert.equal(await bench.establish([one]), "ok");
      assert.equal(one.said.length, 4);
      assert.deepEqual(one.exchanges, [1, 2, 2, 3]);
    }
  });

  it("stands at the Server with what lasts, and nothing of how it was proven", async () => {
    const one = await bench.taking("kitchen", {
      forwardSecrecy: true,
      name: "Kitchen",
      contents: Uint8Array.of(0x80),
      how: { ...invited, byGateway: true },
    });
    const two = await bench.taking("hall", { how: invited, capabilities: 3 });
    assert.equal(await bench.establish([one, two], { alias: "Home" }), "ok");
    const end = bench.now + 3_600_000;
    const { randServer, ...pn } = bench.pn;
    const owner = bench.identity("alice");
    assert.deepEqual(pn, {
      established: true,
      pnID,
      gatewayID,
      owner,
      alias: "Home",
      size: 2,
      starter: owner,
      endsAt: end,
    });
    for (const [name, taking, flags] of [
      ["kitchen", one, 1],
      ["hall", two, 1],
    ] as const) {
      const { session, ...row } = bench.member(name);
      const { context } = taking.outcome?.server ?? {};
      assert.ok(context);
      const entityID = ascii(name);
      const { pneInfo: info, randPNE: rand } = context;
      assert.deepEqual(row, { gatewayID, pnID, entityID, pneInfo: info, flags, rand, endsAt: end });
      assert.deepEqual(
        { ...session, sk: 0 },
        {
          ...{ sk: 0, received: 0, next: 1, endsAt: end, randPNE: rand, randServer },
          keyID: nodeSuite.sha256(entityID).slice(0, 8),
        },
      );
      assert.equal(taking.outcome?.inventory.alias, "Home");
      const seenAt = bench.store.get("entities", hex(entityID))?.seenAt ?? 0;
      assert.ok(bench.now / 1000 - seenAt < 24 * 3600);
    }
    assert.deepEqual(
      one.outcome?.inventory.members.map(({ entityID, name }) => `${text(entityID)} ${name}`),
      ["kitchen Kitchen", "hall undefined"],
    );
    assert.deepEqual(bench.events, ["pn.registered"]);
  });

  it("is called what the PNE that starts it says, before what the PN GW says", async () => {
    const one = await bench.taking("kitchen", {
      how: { kind: "create", setupType: SetupType.all, alias: "Mine" },
    });
    const two = await bench.taking("hall", { how: invited });
    assert.equal(await bench.establish([two, one], { alias: "Home" }), "ok");
    assert.deepEqual(
      [one.outcome?.inventory.alias, two.outcome?.inventory.alias, bench.pn.alias],
      ["Mine", "Mine", "Mine"],
    );
  });

  it("has no name where nobody gave it one that starts it", async () => {
    const one = await bench.taking("kitchen");
    assert.equal(await bench.establish([one], { alias: "Home" }), "ok");
    assert.equal(one.outcome?.inventory.alias, undefined);
    const two = await new SetupPN().ready();
    const other = await two.taking("hall", { how: { ...invited, byGateway: true } });
    assert.equal(await two.establish([other], { alias: "Home" }), "ok");
    assert.equal(other.outcome?.inventory.alias, "Home");
    assert.deepEqual(other.said.slice(0, 1), ["PNSetupResponse.pne"]);
  });

  it("belongs to who has started it, of the PN GW's guests, else to the PN GW's owner (C-34)", async () => {
    bench.ports.policy = { mayJoin: () => true };
    await bench.entity(ascii("kitchen"), "bob");
    const one = await bench.taking("kitchen");
    assert.equal(await bench.establish([one]), "ok");
    assert.deepEqual([bench.pn.starter, bench.pn.owner], [bench.identity("bob"), bench.identity("alice")]);
    assert.equal(one.outcome?.own, false, "the PN GW is another's");
    bench = await new SetupPN().ready();
    bench.ports.policy = { mayJoin: () => true };
    await bench.entity(ascii("kitchen"), "bob");
    assert.equal(await bench.establish([await bench.taking("kitchen", { how: invited })]), "ok");
    assert.deepEqual(bench.pn.starter, bench.identity("alice"));
  });

  it("is none for a PNE that takes part at PN GWs of its own User alone (C-34)", async () => {
    bench.ports.policy = { mayJoin: () => true };
    await bench.entity(ascii("kitchen"), "bob");
    const one = await bench.taking("kitchen", { ownOnly: true });
    const two = await bench.taking("hall", { ownOnly: true });
    assert.equal(await bench.establish([one, two]), "ok");
    assert.deepEqual([one.code, two.code], ["result.notAuthorized", undefined]);
  });

  it("lets a PNE wait as long as persons and others' proofs take, and not where it is alone", async () => {
    const all: Record<string, readonly unknown[]> = {};
    for (const [name, how] of [
      ["alone", { kind: "create", setupType: SetupType.oneToOne }],
      ["all", { kind: "create", setupType: SetupType.all }],
      ["list", { kind: "create", setupType: SetupType.list, targets: [ascii("hall")] }],
      ["invited", invited],
    ] as const) {
      bench = await new SetupPN().ready();
      const one = await bench.taking("kitchen", { how });
      await bench.establish([one]);
      all[name] = one.patience;
    }
    const others = [60_000, undefined, undefined, 30_000];
    assert.deepEqual(all, { alone: Array(4).fill(undefined), all: others, list: others, invited: others });
  });
});

describe("what a PNE says of itself (PNI-01, C-30)", () => {
  beforeEach(begin);

  it("stands in PNEInfo, under every HASH of the pair", async () => {
    const one = await bench.taking("kitchen", {
      ...{ name: "Kitchen", capabilities: 3, contents: Uint8Array.of(0x80), forwardSecrecy: true },
      how: { kind: "create", setupType: SetupType.all, alias: "Mine" },
    });
    const { share, ...info } = decode(pneInfo, one.member.entry.pneInfo);
    assert.deepEqual(info, {
      ...{ entityID: ascii("kitchen"), flags: 3, linkKey: 1, name: "Kitchen", alias: "Mine" },
      contents: Uint8Array.of(0x80),
    });
    assert.equal(share?.length, 33);
    assert.deepEqual([one.member.entry.flags, one.member.initiator], [2, true]);
    const two = await bench.taking("hall", { how: { ...invited } });
    const bare = decode(pneInfo, two.member.entry.pneInfo);
    assert.deepEqual(bare, { entityID: ascii("hall"), flags: 1, linkKey: 1 });
    assert.deepEqual([two.member.entry.flags, two.member.initiator], [0, false]);
    assert.equal(one.setup.name, "join");
    assert.throws(() => one.setup.derived(), { code: "protocol.unexpected" });
  });
});
