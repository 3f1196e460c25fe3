import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { relayedToServer } from "../../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { Method } from "../../../src/codec/methods.js";
import { failure } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { basePoint, compress } from "../../../src/crypto/curve.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { possessionProof } from "../../../src/crypto/keys/temporaryKey.js";
import { budgetsOf, spend, ways } from "../../../src/database/budgets.js";
import { enrolmentsOf, openExchange } from "../../../src/database/pending.js";
import type { Role } from "../../../src/database/rows/entities.js";
import type { Origin } from "../../../src/procedure/serverPorts.js";
import {
  euKeyAssignmentChallenge,
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  euKeyAssignmentResponse,
  euKeyAssignmentShare,
  euKeyAssignmentShareAnswer,
} from "../../../src/protocols/enrolment/messages.js";
import { EnrolServer } from "../../../src/protocols/enrolment/server.js";
import { asPne, EnrolPair, gateway, pne } from "../../support/enrolPair.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const handle = filled(8, 0x61);
const guess = compress(basePoint());
const euKey = filled(32, 0x71);
const temporaryKey = filled(32, 0x72);
const asGateway: Origin = { role: "gateway", entityID: gateway, gatewayID: gateway, source: "192.0.2.1" };
const answers = messageSet(
  ...[euKeyAssignmentChallenge, euKeyAssignmentShareAnswer, euKeyAssignmentResponse, failure],
);

/** The Server alone, with rows that a test puts there, asked by messages that it makes. */
class Bench extends EnrolPair {
  identity(name: string): Uint8Array {
    return nodeSuite.sha256(ascii(name)).slice(0, 16);
  }

  async user(name: string): Promise<void> {
    await this.register(name, "wonderland");
    await this.store.transaction(async ({ users }) => {
      const row = await users.get(hex(ascii(name)));
      if (row) await users.put(hex(ascii(name)), { ...row, identity: this.identity(name) });
    });
  }

  owned(entityID: Uint8Array, owner: string, role: Role = "pne", gatewayID = gateway): Promise<void> {
    const committed = { id: filled(8, 1), key: euKey, origin: "password", createdAt: Seconds(0) } as const;
    const whose = { owner: this.identity(owner), userID: ascii(owner) };
    const row = { role, ...whose, committed, gatewayID, seenAt: Seconds(0), possessed: false };
    return this.store.transaction(({ entities }) => entities.put(hex(entityID), row));
  }

  made(entityID = pne): Promise<void> {
    return this.store.transaction(({ devices }) => devices.put(hex(entityID), { temporaryKey }));
  }

  open(method: Method, userID = "alice", origin = asPne, source = "its source"): Promise<void> {
    const { role, entityID, gatewayID } = origin;
    const endsAt = Milliseconds(this.clock.now() + 60_000);
    const legs = { request: ascii("request"), challenge: ascii("challenge") };
    const row = { method, role, entityID, gatewayID, source, endsAt, userID: ascii(userID), ...legs };
    return this.store.transaction((tables) => openExchange(tables, handle, row));
  }

  async share(share = guess, possession?: Uint8Array, origin = asPne, server = this.server) {
    const octets = encodeMessage(euKeyAssignmentShare, 2, {
      handle,
      share,
      ...(possession && { possession }),
    });
    const message = relayedToServer.decode(octets);
    assert.ok(message.name === "EUKeyAssignmentRequest.share");
    return answers.decode(await this.store.transaction((tables) => server.share(tables, origin, message)));
  }

  async proof(proof: Uint8Array, possession?: Uint8Array): Promise<string> {
    const octets = encodeMessage(euKeyAssignmentProof, 3, {
      handle,
      proof,
      ...(possession && { possession }),
    });
    const message = relayedToServer.decode(octets);
    assert.ok(message.name === "EUKeyAssignmentRequest.proof");
    const answer = await this.store.transaction((tables) => this.server.proof(tables, asPne, message));
    const { name, body } = answers.decode(answer);
    assert.ok(name === "EUKeyAssignmentResponse");
    assert.equal((body.euKey ?? body.padding)?.length, 71);
    return resultName(body.result);
  }

  /** What the Server awaits; a transaction wipes what it has read. */
  pending() {
    return this.store.transaction(async (tables) => {
      const row = await enrolmentsOf(tables, "pne").get(hex(handle));
      return row && { user: row.confirming?.user, confirmP: row.confirming?.confirmP.slice() };
    });
  }

  /** What a guess was charged to, by names of Users. */
  async charged(userID = "alice", possession?: Uint8Array, origin = asPne): Promise<readonly string[]> {
    await this.store.transaction(async ({ budgets }) => {
      for (const [name] of this.store.all("budgets")) await budgets.delete(name);
    });
    await this.open(Method.spake2plus, userID, origin);
    const { name } = await this.share(guess, possession, origin);
    assert.equal(name, "EUKeyAssignmentResponse.share");
    const known = ["alice", "bob"].map((one) => [hex(this.identity(one)), one] as const);
    return this.store
      .all("budgets")
      .map(([whole]) => known.reduce((text, [octets, one]) => text.replaceAll(octets, one), whole))
      .map((text) => text.replaceAll(hex(pne), "pne").replaceAll(hex(gateway), "gw"))
      .sort();
  }
}

const shown = (
  kind: "EUK" | "TK",
  { key = kind === "EUK" ? euKey : temporaryKey, of = pne, by = handle, beside = guess } = {},
): Uint8Array => possessionProof(nodeSuite, deriveKeys(nodeSuite, kind, key, of), by, beside);

const foreign = (user: string, owner: string) =>
  [`${user}/foreign`, `${user}/foreign/${owner}`, `guesser/${owner}`].sort();
const factory = (user: string) => [`${user}/factory`, `${user}/factory/pne`];

describe("the Server that is given a guess at a password (EUK-UI-17)", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench();
    await bench.user("alice");
  });

  it("charges it to the owner of the PN GW, if that is another, and to nobody's when nobody knows the PN GW", async () => {
    assert.deepEqual(await bench.charged(), foreign("alice", "unknown"));
    await bench.owned(gateway, "bob", "gateway");
    assert.deepEqual(await bench.charged(), foreign("alice", "bob"));
    assert.deepEqual(await bench.charged("nobody"), foreign("unknown", "bob"));
  });

  it("has budgets for the User's own PN GW, for a link that its owner stands for, and for one where a device of his is", async () => {
    await bench.owned(gateway, "alice", "gateway", ascii("elsewhere"));
    assert.deepEqual(await bench.charged(), ["alice/own"]);
    assert.deepEqual(await bench.charged("alice", undefined, { ...asPne, assured: true }), ["alice/assured"]);
    assert.deepEqual(await bench.charged("alice", undefined, { ...asPne, assured: false }), ["alice/own"]);
    assert.deepEqual(await bench.charged("nobody"), foreign("unknown", "alice"));
    await bench.owned(gateway, "bob", "gateway");
    assert.deepEqual(
      await bench.charged("alice", undefined, { ...asPne, assured: true }),
      foreign("alice", "bob"),
      "who stands for the link is not the User",
    );
    await bench.owned(ascii("lamp"), "alice");
    assert.deepEqual(await bench.charged(), ["alice/familiar", "alice/familiar/gw"]);
    await bench.user("bob");
    assert.deepEqual(await bench.charged("bob"), ["bob/own"]);
  });

  it("opens the way of a device to it alone: to who shows its key, for its owner", async () => {
    await bench.owned(gateway, "bob", "gateway", ascii("elsewhere"));
    const away = { ...asPne, gatewayID: ascii("elsewhere") };
    const at = (possession: Uint8Array | undefined, user = "alice") => bench.charged(user, possession, away);
    assert.deepEqual(await at(shown("EUK")), foreign("alice", "unknown"), "nobody has this device");
    assert.deepEqual(await at(shown("TK")), foreign("alice", "unknown"), "no factory has told of it");
    await bench.owned(pne, "alice");
    assert.deepEqual(await at(shown("EUK")), ["alice/bound/pne"]);
    assert.deepEqual(await at(undefined), foreign("alice", "unknown"));
    for (const wrong of [
      shown("EUK", { key: temporaryKey }),
      shown("EUK", { of: gateway }),
      shown("EUK", { by: filled(8, 1) }),
      shown("EUK", { beside: filled(33, 2) }),
      shown("TK"),
    ])
      assert.deepEqual(await at(wrong), foreign("alice", "unknown"));
    await bench.made();
    assert.deepEqual(await at(shown("TK")), ["alice/bound/pne"]);
    assert.deepEqual(await at(shown("TK", { key: euKey })), foreign("alice", "unknown"));
    assert.deepEqual(await at(shown("TK"), "nobody"), factory("unknown"));
    await bench.owned(pne, "bob");
    assert.deepEqual(await at(shown("TK")), factory("alice"), "it is not this User's");
    assert.deepEqual(await at(shown("EUK")), foreign("alice", "unknown"));
  });

  it("charges a PN GW for itself by its address, and by its key once that is shown", async () => {
    const address = ["alice/clear", "alice/clear/its source"];
    await bench.owned(gateway, "alice", "gateway");
    assert.deepEqual(await bench.charged("alice", undefined, asGateway), address);
    assert.deepEqual(await bench.charged("alice", shown("EUK", { of: gateway }), asGateway), [
      "alice/bound/gw",
    ]);
  });

  it("counts open exchanges by the owner of the PN GW, or by the address in the clear", async () => {
    const source = async (origin: Origin): Promise<string | undefined> => {
      const body = { entityID: origin.entityID, userID: ascii("alice"), nonce: filled(16, 1) };
      const octets = encodeMessage(euKeyAssignmentRequest, 1, { ...body, methods: [Method.spake2plus] });
      const made = answers.decode(await bench.answer(octets, origin));
      assert.ok(made.name === "EUKeyAssignmentResponse.challenge");
      const name = hex(made.body.handle);
      const row = await bench.store.transaction((tables) => enrolmentsOf(tables, origin.role).get(name));
      return row?.source;
    };
    assert.equal(await source(asPne), hex(gateway));
    assert.equal(await source(asGateway), "192.0.2.1");
    const { source: _, ...unnamed } = asGateway;
    assert.equal(await source(unnamed), "clear");
    await bench.owned(gateway, "bob", "gateway");
    assert.equal(await source(asPne), hex(bench.identity("bob")));
    assert.equal(await source(asGateway), "192.0.2.1");
  });

  it("takes the best method that both have, in whatever order, and says so when there is none, or no clock (SEC-02)", async () => {
    const body = { entityID: pne, userID: ascii("alice"), nonce: filled(16, 1) };
    const chosen = async (methods: readonly number[]) => {
      const octets = encodeMessage(euKeyAssignmentRequest, 1, { ...body, methods: [...methods] });
      const { name, body: said } = answers.decode(await bench.answer(octets));
      if (name === "Failure") return resultName(said.result);
      return name === "EUKeyAssignmentResponse.challenge" ? said.method : name;
    };
    assert.equal(await chosen([Method.scram, Method.spake2plus]), Method.spake2plus);
    assert.equal(await chosen([Method.scram]), Method.scram);
    assert.equal(await chosen([9]), "noMethod");
    bench.clock.advance(Milliseconds(Date.UTC(2100, 0, 1) - bench.clock.now()));
    assert.equal(await chosen([Method.scram]), "serverClock");
  });

  it("takes one share for an exchange, and none for one by scram: either uses it up", async () => {
    const refused = async () => {
      const { name, body } = await bench.share();
      return name === "Failure" && body.result === Result.refused;
    };
    await bench.open(Method.spake2plus);
    assert.equal((await bench.share()).name, "EUKeyAssignmentResponse.share");
    assert.equal(await refused(), true);
    assert.equal(await bench.pending(), undefined);
    await bench.open(Method.scram);
    assert.equal(await refused(), true);
    assert.equal(await bench.pending(), undefined);
    assert.equal(await refused(), true, "and one that there is not");
  });

  it("gives a key for the right confirmation, once, with what it was charged, and asks for the share first", async () => {
    await bench.open(Method.spake2plus);
    assert.equal(await bench.proof(filled(32, 0)), "refused");
    assert.equal(await bench.failures(), 0, "nothing could be guessed by it");
    for (const right of [true, false]) {
      await bench.open(Method.spake2plus);
      await bench.share();
      const { confirmP } = (await bench.pending()) ?? {};
      assert.ok(confirmP);
      assert.equal(await bench.failures(), 1);
      assert.equal(await bench.proof(right ? confirmP : filled(32, 0)), right ? "ok" : "refused");
      assert.equal(await bench.failures(), right ? 0 : 1);
      assert.equal(await bench.proof(confirmP), "refused", "it is over");
      assert.equal(bench.store.size("staged"), 1);
    }
  });

  it("confirms nothing for who is unknown, has no guess left, or was removed meanwhile, whoever has the name then", async () => {
    const outcome = async (userID: string, meanwhile?: () => Promise<unknown>) => {
      await bench.open(Method.spake2plus, userID);
      await bench.share();
      const { confirmP, user } = (await bench.pending()) ?? {};
      assert.ok(confirmP && !allZero(confirmP));
      await meanwhile?.();
      return [user !== undefined, await bench.proof(confirmP)];
    };
    assert.deepEqual(await outcome("nobody"), [false, "refused"]);
    const name = hex(ascii("alice"));
    const gone = () => bench.store.transaction(({ users }) => users.delete(name));
    assert.deepEqual(await outcome("alice", gone), [true, "refused"]);
    await bench.user("alice");
    assert.deepEqual(await outcome("alice", () => bench.register("alice", "wonderland")), [true, "refused"]);
    const user = bench.store.get("users", name);
    const wanted = budgetsOf(user, { by: "foreign", gatewayOwner: undefined }).slice(0, 1);
    await bench.store.transaction(async (tables) => {
      for (let n = 0; n < ways.foreign.burst; n++) await spend(tables, wanted, bench.clock.now());
    });
    assert.deepEqual(await outcome("alice"), [false, "refused"]);
    assert.equal(bench.store.size("staged"), 0);
  });

  it("answers a share that is the blind alone like any other, which confirms nothing, and hides no fault of its own", async () => {
    const w0M = bench.store.get("users", hex(ascii("alice")))?.w0M;
    assert.ok(w0M);
    await bench.open(Method.spake2plus);
    assert.equal((await bench.share(compress(w0M))).name, "EUKeyAssignmentResponse.share");
    await bench.open(Method.spake2plus);
    let broken = false;
    const curve: typeof nodeSuite.curve = {
      ...nodeSuite.curve,
      multiply(scalar, point) {
        if (!broken) return nodeSuite.curve.multiply(scalar, point);
        broken = false;
        throw new RangeError("broken");
      },
    };
    const server = new EnrolServer({ ...bench.ports, suite: { ...nodeSuite, curve } });
    broken = true;
    await assert.rejects(bench.share(guess, undefined, asPne, server), RangeError);
  });

  it("keeps none of the keys that it derives for a guess", async () => {
    const made: Uint8Array[] = [];
    const suite: typeof nodeSuite = {
      ...nodeSuite,
      hkdf(...all) {
        const key = nodeSuite.hkdf(...all);
        made.push(key);
        return key;
      },
    };
    const keeping = new Bench(suite);
    await keeping.user("alice");
    await keeping.owned(pne, "alice");
    await keeping.made();
    made.length = 0;
    const left = (): boolean => made.splice(0).some((key) => !allZero(key));
    await keeping.open(Method.spake2plus);
    await keeping.share(guess, shown("EUK"));
    assert.ok(made.length > 4);
    assert.equal(left(), false);
    await keeping.open(Method.scram);
    assert.equal(await keeping.proof(filled(32, 1), shown("TK", { beside: filled(32, 1) })), "refused");
    assert.ok(made.length > 1);
    assert.equal(left(), false);
  });
});
