import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { PushKind } from "../../../src/codec/pushKinds.js";
import { failure } from "../../../src/codec/replies.js";
import { resultName } from "../../../src/codec/results.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { withDirectionKey } from "../../../src/crypto/keys/passingKeys.js";
import { rekeyHashPNE } from "../../../src/crypto/keys/rekey.js";
import { Secret } from "../../../src/crypto/secret.js";
import { memberName, pnName } from "../../../src/database/networks.js";
import { type SessionLimits, sealRecord } from "../../../src/link/record.js";
import { applicationData } from "../../../src/protocols/data/messages.js";
import { RelayServer } from "../../../src/protocols/data/server.js";
import type { ServerSession } from "../../../src/protocols/network/setupOptions.js";
import { rekeyRequest, rekeyResponse } from "../../../src/protocols/rekey/messages.js";
import { Rekey, wipeSession } from "../../../src/protocols/rekey/pne.js";
import { RekeyServer } from "../../../src/protocols/rekey/server.js";
import { codeOf } from "../../support/codeOf.js";
import { gatewayID, pnID, ServerPN } from "../../support/serverPN.js";
import { left, usedSecrets } from "../../support/usedSecrets.js";

const replies = messageSet(rekeyResponse, failure, applicationData);
const requests = messageSet(rekeyRequest);
const wiped = /wiped/;
const day = 24 * 3_600_000;

/** A kitchen in a PN, and what it says to the Server. */
class Bench extends ServerPN {
  readonly server = new RekeyServer(this.ports);
  session!: ServerSession;
  limits: SessionLimits | undefined;

  async ready(): Promise<this> {
    await this.start();
    this.session = await this.join("kitchen");
    return this;
  }

  rekey(session = this.session, forwardSecrecy = false, key = this.key("kitchen")): Rekey {
    const clock = { now: this.clock.now, after: () => ({ cancel() {} }) };
    const ports = { suite: nodeSuite, random: this.random, clock, policy: { forwardSecrecy } };
    const { limits } = this;
    return new Rekey({ ...ports, ...(limits && { limits }) }, session, key, 7);
  }

  request(rekey: Rekey): Uint8Array {
    const step = rekey.start();
    assert.equal(step.kind, "request");
    return step.kind === "request" ? step.octets : new Uint8Array(0);
  }

  ask(octets: Uint8Array, origin = this.origin("kitchen")): Promise<Uint8Array> {
    return this.work((tables) => this.server.rekey(tables, origin, requests.decode(octets)));
  }

  /** The name of the answer, or of its Result. */
  async told(octets: Uint8Array, origin = this.origin("kitchen")): Promise<string> {
    const { name, body, exchange } = replies.decode(await this.ask(octets, origin));
    assert.equal(exchange, 7);
    return name === "Failure" ? resultName(body.result) : name;
  }

  /** The PNE has its new session once the Server has answered. */
  async renewed(session = this.session, forwardSecrecy = false): Promise<ServerSession> {
    const rekey = this.rekey(session, forwardSecrecy);
    const step = rekey.receive(await this.ask(this.request(rekey)));
    rekey.dispose();
    assert.equal(step.kind, "done");
    return (step as { outcome: ServerSession }).outcome;
  }

  /** A record of this session: what the Server answers. */
  async says(session: ServerSession, text = "hello"): Promise<string> {
    const relay = new RelayServer({ ...this.ports, application: () => ascii("yes") });
    const message = encodeMessage(applicationData, 1, { pnID, payload: session.layer.seal(ascii(text)) });
    const answer = await this.work((tables) =>
      relay.data(tables, this.origin("kitchen"), messageSet(applicationData).decode(message)),
    );
    const { name, body } = replies.decode(answer);
    if (name === "Failure") return resultName(body.result);
    return name === "ApplicationData" ? String.fromCharCode(...session.layer.open(body.payload)) : name;
  }
}

let bench: Bench;
async function begin(): Promise<void> {
  bench = await new Bench().ready();
}

describe("a session of PNE and Server that is renewed (GWA-01)", () => {
  beforeEach(begin);

  for (const forwardSecrecy of [false, true]) {
    it(`is the same at both ends, and takes the old one's place by its first record (forward secrecy: ${forwardSecrecy})`, async () => {
      const fresh = await bench.renewed(bench.session, forwardSecrecy);
      assert.equal(bench.member("kitchen").staged?.length, 1);
      assert.equal(await bench.says(bench.session), "yes", "the old one goes on until then");
      assert.equal(bench.member("kitchen").staged?.length, 1, "and the new one is still to come");
      assert.equal(await bench.says(fresh), "yes");
      const { staged, session } = bench.member("kitchen");
      assert.equal(staged, undefined);
      assert.deepEqual(
        [session?.randPNE, session?.randServer, session?.received, session?.next],
        [fresh.context.randPNE, fresh.context.randServer, 1, 2],
      );
      assert.equal(await bench.says(bench.session), "refused", "the old one is over");
      assert.notDeepEqual(fresh.binder.octets, bench.session.binder.octets);
      assert.equal(await bench.says(await bench.renewed(fresh, forwardSecrecy)), "yes", "and once more");
    });
  }

  it("has a new lifetime, and with it the PN, which never ends earlier than before", async () => {
    bench.now += 600_000;
    await bench.renewed();
    const { staged, endsAt, session } = bench.member("kitchen");
    const end = bench.now + 3_600_000;
    assert.deepEqual([staged?.[0]?.endsAt, endsAt, bench.pn.endsAt], [end, end, end]);
    assert.equal(session?.endsAt, end - 600_000);
    const later = Milliseconds(end + 5);
    await bench.work(({ pns }) => pns.put(pnName(gatewayID, pnID), { ...bench.pn, endsAt: later }));
    await bench.renewed();
    assert.equal(bench.pn.endsAt, later);
    assert.equal(bench.member("kitchen").endsAt, later);
  });

  it("is asked for once when the request comes twice: the same answer, and no second session", async () => {
    for (const forwardSecrecy of [false, true]) {
      const request = bench.request(bench.rekey(bench.session, forwardSecrecy));
      const first = await bench.ask(request);
      const before = bench.member("kitchen");
      assert.deepEqual(await bench.ask(request), first);
      assert.deepEqual(bench.member("kitchen"), before);
    }
    assert.equal(bench.member("kitchen").staged?.length, 2);
  });

  it("may be asked for again when the answer was lost, and of five the newest four are kept", async () => {
    const all: ServerSession[] = [];
    for (let n = 0; n < 5; n++) all.push(await bench.renewed());
    assert.deepEqual(
      bench.member("kitchen").staged?.map(({ randPNE }) => hex(randPNE)),
      all.slice(1).map(({ context }) => hex(context.randPNE)),
    );
    assert.equal(await bench.says(all[0] as ServerSession), "refused");
    assert.equal(await bench.says(all[2] as ServerSession), "yes");
    assert.equal(await bench.says(all[4] as ServerSession), "refused", "one takes the place of all");
  });

  it("may follow one whose first record has not come: the HASH proves that as well", async () => {
    const first = await bench.renewed();
    const second = await bench.renewed(first);
    const { session, staged } = bench.member("kitchen");
    assert.deepEqual(session?.randPNE, first.context.randPNE);
    assert.deepEqual(
      staged?.map(({ randPNE }) => randPNE),
      [second.context.randPNE],
    );
    assert.equal(await bench.says(second), "yes");
  });

  it("says that the device was there, for the log and for its owner, who may want another key of it", async () => {
    await bench.renewed();
    assert.deepEqual(bench.events, ["pn.rekeyed"]);
    const seenAt = bench.store.get("entities", hex(ascii("kitchen")))?.seenAt ?? 0;
    assert.ok(bench.now / 1000 - seenAt < day / 1000, "to a day");
    assert.equal(bench.store.size("pushes"), 0);
    await bench.changeEntity("kitchen", { renewal: true });
    const request = bench.request(bench.rekey());
    await bench.ask(request);
    const [push] = bench.store.all("pushes").map(([, one]) => one);
    assert.deepEqual([push?.kind, push?.entityID], [PushKind.rekey, ascii("kitchen")]);
    await bench.ask(request);
    assert.equal(bench.store.size("pushes"), 1, "the same request reminds of nothing");
  });
});

describe("who renews no session (GWA-01)", () => {
  beforeEach(begin);

  const mine = () => bench.request(bench.rekey());

  it("is who is in no PN here, or in none that stands: there is no session", async () => {
    assert.equal(await bench.told(mine(), bench.origin("hall")), "sessionExpired");
    const elsewhere = { ...bench.origin("kitchen"), gatewayID: ascii("gateway-02") };
    assert.equal(await bench.told(mine(), elsewhere), "sessionExpired");
    await bench.work(({ pns }) => pns.put(pnName(gatewayID, pnID), { ...bench.pn, established: false }));
    assert.equal(await bench.told(mine()), "sessionExpired");
  });

  it("is a PN GW, or nobody's device any more", async () => {
    await bench.changeEntity("kitchen", { role: "gateway" });
    assert.equal(await bench.told(mine()), "sessionExpired");
    await bench.work(({ entities }) => entities.delete(hex(ascii("kitchen"))));
    assert.equal(await bench.told(mine()), "sessionExpired");
  });

  it("is who comes when the session's time is over, though not a millisecond before", async () => {
    bench.now += 3_600_000 - 1;
    assert.equal(await bench.told(mine()), "RekeyResponse");
    const { staged, ...old } = bench.member("kitchen");
    assert.equal(staged?.length, 1);
    await bench.work(({ members }) => members.put(memberName(gatewayID, pnID, ascii("kitchen")), old));
    bench.now += 1;
    assert.equal(await bench.told(mine()), "sessionExpired");
  });

  it("is whose EUKey was replaced, or is over (C-21)", async () => {
    const { committed } = await bench.entity(ascii("kitchen"), "alice");
    await bench.changeEntity("kitchen", {
      committed: { ...committed, expiresAt: Seconds(bench.now / 1000) },
    });
    assert.equal(await bench.told(mine()), "sessionExpired");
    await bench.changeEntity("kitchen", { committed: { ...committed, id: new Uint8Array(8) } });
    assert.equal(await bench.told(mine()), "sessionExpired");
  });

  it("is who has another EUKey, or is bound to another session", async () => {
    const wrong = bench.request(bench.rekey(bench.session, false, bench.key("hall")));
    assert.equal(await bench.told(wrong), "refused");
    const other = await bench.join("hall");
    const strange = { ...bench.session, binder: other.binder };
    assert.equal(await bench.told(bench.request(bench.rekey(strange))), "refused");
    const older = {
      ...bench.session,
      context: { ...bench.session.context, randServer: new Uint8Array(32).fill(3) },
    };
    assert.equal(await bench.told(bench.request(bench.rekey(older))), "refused");
    assert.equal(bench.member("kitchen").staged, undefined);
  });

  it("is whose RAND or share was changed on its way", async () => {
    const { body, exchange } = requests.decode(bench.request(bench.rekey(bench.session, true)));
    const rand = body.rand.map((octet) => octet ^ 1);
    assert.equal(await bench.told(encodeMessage(rekeyRequest, exchange, { ...body, rand })), "refused");
    const { share, ...without } = body;
    assert.ok(share);
    assert.equal(await bench.told(encodeMessage(rekeyRequest, exchange, without)), "refused");
  });

  it("is who may not be there any longer, by the operator's rule or the owners' (PNR-12, C-13, C-34)", async () => {
    bench.ports.policy = { mayJoin: (pne, _, gateway) => hex(pne) + hex(gateway) === "" };
    assert.equal(await bench.told(mine()), "notAuthorized");
    bench.ports.policy = {
      mayJoin: (...all) =>
        all.map((one) => String.fromCharCode(...one)).join() === "kitchen,alice,gateway-01,alice",
    };
    assert.equal(await bench.told(mine()), "RekeyResponse");
    delete (bench.ports as { policy?: unknown }).policy;
    await bench.changeEntity("kitchen", { owner: bench.identity("bob") });
    assert.equal(await bench.told(mine()), "notAuthorized");
    await bench.changeEntity("kitchen", { owner: bench.identity("alice") });
    await bench.work(({ entities }) => entities.delete(hex(gatewayID)));
    assert.equal(await bench.told(mine()), "notAuthorized");
  });
});

describe("a PNE that renews its session", () => {
  beforeEach(begin);

  const code = (rekey: Rekey, answer: Uint8Array) => codeOf(() => rekey.receive(answer));

  it("asks in its PN, with 32 fresh octets, and with a share only when it wants forward secrecy", async () => {
    const [one, other] = [false, true].map((wanted) =>
      requests.decode(bench.request(bench.rekey(bench.session, wanted))),
    );
    assert.deepEqual([one?.body.pnID, one?.exchange], [pnID, 7]);
    assert.deepEqual([one?.body.share, other?.body.share?.length], [undefined, 33]);
    assert.notDeepEqual(one?.body.rand, other?.body.rand);
    assert.notDeepEqual(one?.body.rand, new Uint8Array(32));
    assert.equal(bench.rekey().name, "rekey");
  });

  it("takes no answer that another than the Server could have made", async () => {
    const rekey = bench.rekey();
    const answer = replies.decode(await bench.ask(bench.request(rekey)));
    assert.ok(answer.name === "RekeyResponse");
    const { body } = answer;
    const changed = (more: Partial<typeof body>) => encodeMessage(rekeyResponse, 7, { ...body, ...more });
    for (let at = 0; at < 32; at += 31) {
      const hash = body.hash.slice();
      hash[at] = (hash[at] ?? 0) ^ 0x80;
      assert.equal(code(rekey, changed({ hash })), "pn.notTrusted");
    }
    assert.equal(code(rekey, changed({ rand: new Uint8Array(32).fill(8) })), "pn.notTrusted");
    assert.equal(code(rekey, changed({ rand: new Uint8Array(32) })), "crypto.rand");
    assert.equal(
      code(rekey, changed({ share: new Uint8Array(33).fill(2) })),
      "protocol.unexpected",
      "not asked for",
    );
    assert.equal(code(rekey, encodeMessage(failure, 7, { result: 5 })), "result.sessionExpired");
    assert.equal(
      code(rekey, encodeMessage(applicationData, 7, { pnID, payload: pnID })),
      "protocol.unexpected",
    );
    assert.equal(rekey.receive(changed({})).kind, "done", "the Server's own is still good");
  });

  it("takes its own request for no answer", () => {
    const rekey = bench.rekey();
    const { body } = requests.decode(bench.request(rekey));
    assert.equal(
      code(rekey, encodeMessage(rekeyResponse, 7, { rand: body.rand, hash: body.hash })),
      "crypto.rand",
    );
  });

  it("derives nothing slow, and wipes its keys and its share's secret", () => {
    const rekey = bench.rekey(bench.session, true);
    bench.request(rekey);
    assert.equal(
      codeOf(() => rekey.derived()),
      "protocol.unexpected",
    );
    rekey.dispose();
    const body = { rand: new Uint8Array(32).fill(3), hash: new Uint8Array(32) };
    const shared = { ...body, share: new Uint8Array(33).fill(2) };
    for (const answer of [body, shared])
      assert.throws(() => rekey.receive(encodeMessage(rekeyResponse, 7, answer)), wiped);
  });

  it("leaves nothing of a session that it gives up", () => {
    const { session } = bench;
    wipeSession(session);
    assert.throws(() => session.binder.octets, wiped);
    assert.throws(() => session.layer.seal(ascii("hello")));
    wipeSession(undefined);
  });
});

describe("secrets of a session that is renewed", () => {
  beforeEach(begin);

  it("are wiped at the Server once it has answered, well or not, and at the PNE when it is told by nobody", async () => {
    const lasting = await usedSecrets(() => bench.join("hall"));
    const { binder } = bench.session;
    for (const forwardSecrecy of [false, true]) {
      for (const key of ["kitchen", "hall"]) {
        const request = bench.request(bench.rekey(bench.session, forwardSecrecy, bench.key(key)));
        const used = await usedSecrets(() => bench.ask(request), [...lasting, binder]);
        assert.ok(used.size >= 5, `${used.size}`);
        assert.equal(left(used), 0, `${key} ${forwardSecrecy}`);
      }
      const rekey = bench.rekey(bench.session, forwardSecrecy);
      const answer = replies.decode(await bench.ask(bench.request(rekey)));
      assert.ok(answer.name === "RekeyResponse");
      const wrong = encodeMessage(rekeyResponse, 7, { ...answer.body, hash: new Uint8Array(32) });
      const used = await usedSecrets(() => {
        assert.equal(
          codeOf(() => rekey.receive(wrong)),
          "pn.notTrusted",
        );
        rekey.dispose();
      }, [binder]);
      assert.ok(used.size >= 3, `${used.size}`);
      assert.equal(left(used), 0);
    }
  });

  it("that is made from the same 32 octets at both ends is none: the Server makes others", async () => {
    const rand = new Uint8Array(32).fill(7);
    const same = { fill: (into: Uint8Array) => void into.fill(7) };
    bench.ports.random = same;
    const rekey = bench.rekey();
    const { body } = requests.decode(bench.request(rekey));
    const { context, binder } = bench.session;
    const keys = deriveKeys(nodeSuite, "EUK", bench.key("kitchen"), ascii("kitchen"));
    const hash = rekeyHashPNE(nodeSuite, keys, context, binder, rand);
    const request = encodeMessage(rekeyRequest, 7, { pnID: body.pnID, rand, hash });
    await assert.rejects(bench.ask(request), { code: "crypto.rand" });
  });
});

describe("the limits of a session that is renewed (GWA-01)", () => {
  beforeEach(begin);

  it("are the PNE's own, and its records are taken whatever their order", async () => {
    bench.limits = { records: 2, lifetime: Seconds(60) };
    const fresh = await bench.renewed();
    const sealed = ["one", "two"].map((text) => fresh.layer.seal(ascii(text)));
    assert.equal(sealed.length, 2);
    assert.throws(() => fresh.layer.seal(ascii("three")));
    const [last, first] = [2, 1].map((counter) => {
      const { sk } = bench.member("kitchen").staged?.[0] ?? { sk: new Uint8Array(32) };
      return withDirectionKey(nodeSuite, new Secret(sk.slice()), "CPNS record r2i", (key) =>
        sealRecord(nodeSuite, key, counter, ascii(`number ${counter}`)),
      );
    });
    assert.deepEqual(fresh.layer.open(last as Uint8Array), ascii("number 2"));
    assert.deepEqual(fresh.layer.open(first as Uint8Array), ascii("number 1"));
  });
});
