import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii, equalBytes, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { messageSet } from "../../../src/codec/message.js";
import { failure } from "../../../src/codec/replies.js";
import { resultName } from "../../../src/codec/results.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { resumptionSecret } from "../../../src/crypto/keys/resumption.js";
import { Secret } from "../../../src/crypto/secret.js";
import { Initiator } from "../../../src/protocols/authentication/initiator.js";
import {
  authenticateResponse,
  connectRequest,
  connectResponse,
} from "../../../src/protocols/authentication/messages.js";
import { Resumption } from "../../../src/protocols/authentication/resumption.js";
import { resumeRequest, resumeResponse } from "../../../src/protocols/authentication/resumptionMessages.js";
import { AuthServer } from "../../../src/protocols/authentication/server.js";
import { gatewayID, ServerPN } from "../../support/serverPN.js";
import { left, usedSecrets } from "../../support/usedSecrets.js";

const connects = messageSet(connectRequest);
const proofs = messageSet(authenticateResponse);
const resumes = messageSet(resumeRequest);
const answers = messageSet(connectResponse, resumeResponse, failure);

/** A PN GW's key by the Server's table. */
const key = nodeSuite.sha256(ascii("key of "), gatewayID);

/** "ConnectResponse", "ResumeResponse", or the Result. */
function said(octets: Uint8Array): string {
  const message = answers.decode(octets);
  return message.name === "Failure" ? resultName(message.body.result) : message.name;
}

/** A Server that is asked by itself; whatever key it derives is kept hold of, Secret or not. */
class Bench extends ServerPN {
  readonly derived: Uint8Array[] = [];
  readonly server: AuthServer;

  constructor() {
    super();
    const keep = (octets: Uint8Array): Uint8Array => {
      this.derived.push(octets);
      return octets;
    };
    const { hkdf, hmac } = nodeSuite;
    this.server = new AuthServer({
      ...this.ports,
      suite: {
        ...nodeSuite,
        hkdf: (...all) => keep(hkdf(...all)),
        // In place of the key of who has none.
        hmac: (by, ...parts) => {
          const mac = hmac(by, ...parts);
          return hex(parts[0] ?? mac) === hex(ascii("key")) ? keep(mac) : mac;
        },
      },
    });
  }

  async known(): Promise<this> {
    await this.entity(gatewayID, "alice", { role: "gateway" });
    return this;
  }

  /** The Server's part of a handshake as far as the PN GW's proof, and the PN GW's session once it has the answer. */
  async begin(more: { readonly wrong?: boolean; readonly entityID?: Uint8Array } = {}) {
    const { entityID = gatewayID, wrong = false } = more;
    const keys = deriveKeys(nodeSuite, "EUK", wrong ? new Uint8Array(32).fill(6) : key, entityID);
    const options = { suite: nodeSuite, random: this.random, entityID, keys, forwardSecrecy: true };
    const initiator = new Initiator(options);
    const asked = connects.decode(initiator.start(1));
    const request = await this.work((tables) => this.server.connect(tables, asked));
    const proof = initiator.receive(request);
    assert.ok(proof instanceof Uint8Array);
    const message = proofs.decode(proof);
    return {
      prove: () => this.work((tables) => this.server.authenticate(tables, message)),
      session: (answer: Uint8Array) => {
        const session = initiator.receive(answer);
        assert.ok(!(session instanceof Uint8Array));
        return session;
      },
    };
  }

  /** The SK of a session that was made just now. */
  async session(): Promise<Secret> {
    const { prove, session } = await this.begin();
    return session(await prove()).sk;
  }

  /** Resumes the session with this SK; the new one's, and what the Server has said. */
  async resume(sk: Secret): Promise<{ readonly answer: string; readonly sk: Secret | undefined }> {
    const ticket = { secret: resumptionSecret(nodeSuite, sk), until: Milliseconds(this.now), left: 1 };
    const asking = new Resumption(nodeSuite, this.random, ticket);
    const message = resumes.decode(asking.start(7));
    const octets = await this.work((tables) => this.server.resume(tables, message));
    const answer = said(octets);
    return { answer, sk: answer === "ResumeResponse" ? asking.receive(octets).sk : undefined };
  }

  rows(table: "gatewaySessions" | "tickets"): number {
    return this.store.all(table).length;
  }
}

const bench = (): Promise<Bench> => new Bench().known();

describe("what the Server leaves in memory of a PN GW's authentication (GWA-06 … GWA-12)", () => {
  /** The secrets that the Server looks at meanwhile, but for its own and its tables'. */
  const used = async (one: Bench, work: () => Promise<unknown>) => {
    const lasting = await usedSecrets(() => one.entity(ascii("gateway-02"), "bob", { role: "gateway" }));
    return usedSecrets(work, [...lasting, one.ports.secrets.unknown]);
  };

  it("is nothing of the shares when it has asked for the proof", async () => {
    const one = await bench();
    const keys = deriveKeys(nodeSuite, "EUK", key, gatewayID);
    const options = { suite: nodeSuite, random: one.random, entityID: gatewayID, keys, forwardSecrecy: true };
    const asked = connects.decode(new Initiator(options).start(1));
    const secrets = await used(one, () => one.work((tables) => one.server.connect(tables, asked)));
    assert.equal(secrets.size, 2, "its own half, and what comes of both");
    assert.equal(left(secrets), 0);
  });

  it("is nothing once it has answered, whether it lets the PN GW in, for the first time or again, or not", async () => {
    const one = await bench();
    const [first, second] = [await one.begin(), await one.begin()];
    const [wrong, stranger] = [
      await one.begin({ wrong: true }),
      await one.begin({ entityID: ascii("gateway-99") }),
    ];
    for (const [name, { prove }, answer] of [
      ["in", first, "ConnectResponse"],
      ["the answer was lost", first, "ConnectResponse"],
      ["has authenticated since it began this one", second, "refused"],
      ["another key", wrong, "refused"],
      ["nobody", stranger, "refused"],
    ] as const) {
      one.derived.length = 0;
      const secrets = await used(one, async () => assert.equal(said(await prove()), answer, name));
      assert.ok(secrets.size > 0 && one.derived.length >= 2, name);
      assert.equal(left(secrets), 0, name);
      assert.ok(one.derived.every(allZero), name);
    }
    assert.equal(one.rows("gatewaySessions"), 1);
  });

  it("is nothing when it has resumed a session, or has not (GWA-01)", async () => {
    const one = await bench();
    const sk = await one.session();
    const t = resumptionSecret(nodeSuite, sk).octets;
    const ticket = { secret: new Secret(t.slice()), until: Milliseconds(one.now), left: 1 };
    const message = resumes.decode(new Resumption(nodeSuite, one.random, ticket).start(7));
    const forged = { ...message, body: { proof: message.body.proof.slice() } };
    forged.body.proof[15] = (forged.body.proof[15] ?? 0) ^ 1;
    for (const [asked, answer] of [
      [forged, "sessionExpired"],
      [message, "ResumeResponse"],
    ] as const) {
      const secrets = await used(one, () =>
        one.work(async (tables) => {
          const looked = await usedSecrets(async () =>
            assert.equal(said(await one.server.resume(tables, asked)), answer),
          );
          // Before the transaction wipes what it has read.
          const shown = [...looked].filter((it) => !it.wiped && equalBytes(it.octets, t));
          assert.equal(shown.length, 0, answer);
        }),
      );
      assert.ok(secrets.size > 0);
      assert.equal(left(secrets), 0, answer);
    }
  });
});

describe("how often a session is resumed (GWA-01, GWA-02)", () => {
  it("is 32 times, each in place of the one before; then the PN GW authenticates again", async () => {
    const one = await bench();
    let sk: Secret | undefined = await one.session();
    for (let n = 1; n <= 32; n++) {
      assert.ok(sk);
      const next = await one.resume(sk);
      assert.equal(next.answer, "ResumeResponse", `${n}`);
      assert.deepEqual([one.rows("gatewaySessions"), one.rows("tickets")], [1, n < 32 ? 1 : 0]);
      assert.equal((await one.resume(sk)).answer, "sessionExpired", "a ticket is of use once");
      sk = next.sk;
    }
    assert.ok(sk);
    assert.equal((await one.resume(sk)).answer, "sessionExpired");
  });
});
