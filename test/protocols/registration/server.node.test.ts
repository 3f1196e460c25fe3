import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { failure } from "../../../src/codec/replies.js";
import { resultName } from "../../../src/codec/results.js";
import { basePoint, order } from "../../../src/crypto/curve.js";
import { clientProof, makeVerifier, serverSignature } from "../../../src/crypto/scram.js";
import { budgetsOf, registering, spend } from "../../../src/database/budgets.js";
import { userVerifier, verifierIterations } from "../../../src/protocols/enrolment/verifiers.js";
import { UserAdministration } from "../../../src/protocols/registration/admin.js";
import {
  idpwdRegistrationChallenge,
  idpwdRegistrationRequest,
  idpwdRegistrationResponse,
  idpwdRegistrationVerifier,
} from "../../../src/protocols/registration/messages.js";
import { RegistrationServer } from "../../../src/protocols/registration/server.js";
import { registrationMessage } from "../../../src/protocols/registration/transcript.js";
import { EnrolPair, gateway, realm } from "../../support/enrolPair.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const alice = ascii("alice");
const replies = messageSet(idpwdRegistrationResponse, failure);
const fresh = {
  ...makeVerifier(nodeSuite, filled(32, 1)),
  w0: filled(32, 2),
  l: basePoint(),
};

class Bench extends EnrolPair {
  readonly registrations = new RegistrationServer(this.ports);
  #request: Uint8Array = new Uint8Array(0);
  #challenge: Uint8Array = new Uint8Array(0);

  async ask(userID = alice, by = gateway) {
    this.#request = encodeMessage(idpwdRegistrationRequest, 1, { userID });
    const message = messageSet(idpwdRegistrationRequest).decode(this.#request);
    this.#challenge = await this.store.transaction((tables) =>
      this.registrations.request(tables, by, message),
    );
    return messageSet(idpwdRegistrationChallenge).decode(this.#challenge).body;
  }

  /** AuthMessage of the old password's proof. */
  get seen(): Uint8Array {
    return registrationMessage(gateway, realm, this.#request, this.#challenge, fresh);
  }

  async give(handle: Uint8Array, more: Partial<typeof fresh & { proof: Uint8Array }> = {}, by = gateway) {
    const body = { handle, ...fresh, proof: filled(32, 0), ...more };
    const octets = encodeMessage(idpwdRegistrationVerifier, 2, body);
    const message = messageSet(idpwdRegistrationVerifier).decode(octets);
    const made = await this.store.transaction((tables) => this.registrations.verifier(tables, by, message));
    const { name, body: said } = replies.decode(made);
    return name === "Failure" ? resultName(said.result) : said.proof;
  }

  user(userID = alice) {
    return this.store.get("users", hex(userID));
  }

  owned(by: Uint8Array, owner: Uint8Array): Promise<void> {
    const key = { id: filled(8, 1), key: filled(32, 1), origin: "password", createdAt: Seconds(0) } as const;
    const whose = { owner, userID: ascii("owner"), committed: key, gatewayID: by };
    const row = { role: "gateway", ...whose, seenAt: Seconds(0), possessed: false } as const;
    return this.store.transaction(({ entities }) => entities.put(hex(by), row));
  }

  /** Names of what is spent. */
  get spent(): readonly string[] {
    return this.store.all("budgets").flatMap(([name, { spent }]) => (spent > 0 ? [name] : []));
  }
}

describe("the Server that is asked for a registration (REG-05, REG-06)", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  const salted = (password: string, { salt }: { salt: Uint8Array }): Uint8Array =>
    nodeSuite.pbkdf2(ascii(password), salt, verifierIterations).step(verifierIterations) as Uint8Array;

  it("takes a verifier once, from the PN GW that has asked, and for a time", async () => {
    const { handle } = await bench.ask();
    assert.equal(await bench.give(handle, {}, ascii("another")), "protocol");
    assert.equal(bench.user(), undefined);
    assert.equal(typeof (await bench.give(handle)), "object");
    assert.deepEqual(bench.user()?.w0, fresh.w0);
    assert.equal(await bench.give(handle), "protocol");
    const late = await bench.ask();
    bench.clock.advance(Milliseconds(60_000));
    assert.equal(await bench.give(late.handle), "protocol");
  });

  it("takes no verifier to which no password leads", async () => {
    const { handle } = await bench.ask();
    const [flag, off, beyond] = [basePoint(), basePoint(), filled(65, 0xff)];
    flag[0] = 6;
    beyond[0] = 4;
    off[40] = (off[40] ?? 0) ^ 1;
    const scalars = [filled(32, 0), Uint8Array.from(Buffer.from(order, "hex"))].map((w0) => ({ w0 }));
    for (const wrong of [{ l: flag }, { l: off }, { l: beyond }, ...scalars])
      await assert.rejects(bench.give(handle, wrong), { code: "protocol.verifier" });
    assert.equal(bench.user(), undefined);
  });

  it("changes the password of who proves the old one, forgets his browsers, and takes nothing for it (C-23)", async () => {
    await bench.register("alice", "wonderland");
    const before = bench.user();
    assert.ok(before);
    const signedIn = () => {
      const row = { identity: before.identity, endsAt: Milliseconds(bench.clock.now() + 1_000) };
      return bench.store.transaction(({ pageBrowsers }) => pageBrowsers.put("aa/bb", row));
    };
    await signedIn();
    const wrong = await bench.ask();
    assert.deepEqual([wrong.salt, wrong.iterations], [before.salt, before.iterations]);
    const told = await bench.give(wrong.handle, {
      proof: clientProof(nodeSuite, filled(32, 9), bench.seen),
    });
    const { serverKey } = makeVerifier(nodeSuite, salted("wonderland", before));
    assert.notDeepEqual(told, serverSignature(nodeSuite, serverKey, bench.seen));
    assert.deepEqual([bench.user(), bench.store.size("pageBrowsers")], [before, 1]);
    const whose = hex(before.identity);
    const source = hex(gateway);
    const guess = [
      `guesser/unknown`,
      `registering/${source}`,
      `${whose}/foreign`,
      `${whose}/foreign/unknown`,
    ];
    assert.deepEqual([...bench.spent].sort(), guess.sort());
    bench.clock.advance(Milliseconds(3_600_000));
    await signedIn();
    const right = await bench.ask();
    const old = salted("wonderland", before);
    const signature = await bench.give(right.handle, {
      proof: clientProof(nodeSuite, old.slice(), bench.seen),
    });
    assert.deepEqual(signature, serverSignature(nodeSuite, serverKey, bench.seen));
    const { identity, createdAt, w0 } = bench.user() ?? before;
    assert.deepEqual([identity, createdAt, w0], [before.identity, before.createdAt, fresh.w0]);
    assert.equal(bench.store.size("pageBrowsers"), 0);
    const now = bench.clock.now();
    const owed = bench.store.all("budgets").filter(([name, { endsAt: until }]) => {
      return until > now && !name.startsWith("registering/");
    });
    assert.deepEqual(owed, [], "a right guess was none");
  });

  it("charges a guess to the owner's way at his own PN GW, and looks at none that is not paid for", async () => {
    await bench.register("alice", "wonderland");
    const before = bench.user();
    assert.ok(before);
    await bench.owned(gateway, before.identity);
    const whose = hex(before.identity);
    await bench.give((await bench.ask()).handle);
    assert.deepEqual([...bench.spent].sort(), [`${whose}/own`, `registering/${whose}`].sort());
    await bench.owned(gateway, filled(16, 7));
    const [wanted] = budgetsOf(before, { by: "foreign", gatewayOwner: undefined });
    assert.ok(wanted);
    await bench.store.transaction(async (tables) => {
      while (await spend(tables, [wanted], bench.clock.now()));
    });
    const { handle } = await bench.ask();
    await bench.give(handle, { proof: clientProof(nodeSuite, salted("wonderland", before), bench.seen) });
    assert.deepEqual(bench.user(), before);
  });

  it("has 32 open for one owner, of which the oldest gives way, and so many a day", async () => {
    const { handle } = await bench.ask();
    bench.clock.advance(Milliseconds(1));
    for (let n = 0; n < 31; n++) await bench.ask();
    assert.equal(bench.store.size("registrations"), 32);
    await bench.ask();
    assert.equal(bench.store.size("registrations"), 32);
    assert.equal(await bench.give(handle), "protocol");
    const quota = [{ name: `registering/${hex(gateway)}`, ...registering }];
    await bench.store.transaction(async (tables) => {
      while (await spend(tables, quota, bench.clock.now()));
    });
    const last = await bench.ask();
    assert.equal(await bench.give(last.handle), "busy");
    assert.equal(bench.user(), undefined);
  });
});

describe("the Server's own interface for Users, by itself (REG-03, REG-12)", () => {
  const verifier = userVerifier(nodeSuite, filled(32, 1), filled(16, 2), alice, realm);

  it("wipes what it derives of a password, and leaves the password to who has it", async () => {
    const bench = new Bench();
    const derived: Uint8Array[] = [];
    const suite: typeof nodeSuite = {
      ...nodeSuite,
      pbkdf2: (password, salt, iterations) => {
        const made = nodeSuite.pbkdf2(password, salt, iterations);
        const step = (slice: number) => {
          const octets = made.step(slice);
          if (octets) derived.push(octets);
          return octets;
        };
        return { iterations, done: 0, step, cancel: () => made.cancel() };
      },
    };
    const password = ascii("through the mirror");
    await new UserAdministration({ ...bench.ports, suite }).register(alice, password);
    assert.deepEqual(derived.map(allZero), [true]);
    assert.deepEqual(password, ascii("through the mirror"));
  });

  it("keeps who the User is with a new password, and none of his browsers; a new User is another", async () => {
    const bench = new Bench();
    const admin = new UserAdministration(bench.ports);
    await assert.rejects(admin.put(alice, verifier, "known"), { code: "user.unknown" });
    await admin.put(alice, verifier, "new");
    await assert.rejects(admin.put(alice, verifier, "new"), { code: "user.known" });
    const before = bench.user();
    assert.ok(before);
    const endsAt = Milliseconds(bench.clock.now() + 1_000);
    await bench.store.transaction(({ pageBrowsers }) =>
      pageBrowsers.put("aa/bb", { identity: before.identity, endsAt }),
    );
    bench.clock.advance(Milliseconds(500));
    await admin.put(alice, { ...verifier, w0: filled(32, 3) }, "known");
    const { identity, createdAt, w0 } = bench.user() ?? before;
    assert.deepEqual([identity, createdAt, w0], [before.identity, before.createdAt, filled(32, 3)]);
    assert.equal(bench.store.size("pageBrowsers"), 0);
    const events = bench.store.all("audit").map(([, { event }]) => event);
    assert.deepEqual(events, ["register.created", "register.changed"]);
    await admin.remove(alice);
    await admin.put(alice, verifier, "new");
    assert.notDeepEqual(bench.user()?.identity, before.identity);
  });
});
