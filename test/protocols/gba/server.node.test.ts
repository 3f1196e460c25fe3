import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../../../src/base/units.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { resultName } from "../../../src/codec/results.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import type { HistoryRecord } from "../../../src/database/rows/entities.js";
import { users } from "../../../src/database/rows/users.js";
import { gbaKeyID } from "../../../src/protocols/gba/keys.js";
import { euKeyAssignmentRequestGba } from "../../../src/protocols/gba/messages.js";
import type { ZnAnswer } from "../../../src/protocols/gba/ports.js";
import { GbaServer } from "../../../src/protocols/gba/server.js";
import { ServerPN } from "../../support/serverPN.js";

const bTID = "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example";
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const key = filled(32, 7);
const entityID = ascii("gateway-07");
const id = gbaKeyID(nodeSuite, bTID);
const proof = keyConfirmation(nodeSuite, deriveKeys(nodeSuite, "EUK", key, entityID), "confirm", id);

/** A Server that is asked by itself, with a BSF that is asked here: what both have made is kept hold of. */
class Bench extends ServerPN {
  readonly fetched: Uint8Array[] = [];
  readonly derived: Uint8Array[] = [];
  known: Partial<ZnAnswer> | undefined = {};
  userID: Uint8Array | undefined = ascii("alice");

  get seconds(): number {
    return toSeconds(Milliseconds(this.now));
  }

  /** Alice is registered. */
  async registered(): Promise<this> {
    const user = { ...users.sham, identity: this.identity("alice"), userID: ascii("alice") };
    await this.work((tables) => tables.users.put(hex(ascii("alice")), user as never));
    return this;
  }

  async #zn(): Promise<ZnAnswer | undefined> {
    if (this.known === undefined) return undefined;
    const ksExtNaf = key.slice();
    this.fetched.push(ksExtNaf);
    const times = { bootstrappedAt: Seconds(this.seconds), expiresAt: Seconds(this.seconds + 60) };
    return { ksExtNaf, impi: "alice@ims.example", ...times, ...this.known };
  }

  /** What the Server says: "ack", or the Result. */
  async assign(hash: Uint8Array = proof): Promise<string> {
    const hkdf: typeof nodeSuite.hkdf = (...all) => {
      const made = nodeSuite.hkdf(...all);
      this.derived.push(made);
      return made;
    };
    const gba = { zn: () => this.#zn(), userOf: () => this.userID };
    const server = new GbaServer({ ...this.ports, suite: { ...nodeSuite, hkdf }, gba });
    const request = encodeMessage(euKeyAssignmentRequestGba, 9, { entityID, bTID, hash });
    const said = everyMessage.decode(
      await server.assign(messageSet(euKeyAssignmentRequestGba).decode(request)),
    );
    assert.equal(said.exchange, 9);
    if (said.name === "Failure") return resultName(said.body.result);
    assert.equal(said.name, "EUKeyAssignmentResponse.ack");
    return "ack";
  }

  history(more: Partial<HistoryRecord>): Promise<void> {
    const history = { localKeyID: 0, committedAt: Milliseconds(0), ...more };
    return this.work(({ histories }) => histories.put(hex(entityID), history));
  }
}

const bench = (): Promise<Bench> => new Bench().registered();

describe("the Server that is asked for a key by GBA_U (EUK-GW-03)", () => {
  it("wipes what it has fetched and derived, whether it assigns the key or not", async () => {
    const [taken, unknown, unproven] = [await bench(), await bench(), await bench()];
    assert.equal(await taken.assign(), "ack");
    unknown.userID = undefined;
    assert.equal(await unknown.assign(), "refused");
    assert.equal(await unproven.assign(filled(16, 1)), "refused");
    for (const one of [taken, unknown, unproven]) {
      assert.equal(one.fetched.length, 1);
      assert.equal(one.derived.length > 0, one !== unknown);
      assert.ok([...one.fetched, ...one.derived].every(allZero));
    }
    assert.deepEqual(taken.store.get("entities", hex(entityID))?.committed.key, key, "the row has its own");
  });

  it("takes the key of a bootstrapping that is younger than the one by password, by a second", async () => {
    for (const [age, said] of [
      [0, "refused"],
      [1, "ack"],
    ] as const) {
      const one = await bench();
      const createdAt = Seconds(one.seconds - 10);
      await one.history({ createdAt });
      one.known = { bootstrappedAt: Seconds(createdAt + age) };
      assert.equal(await one.assign(), said);
    }
  });

  it("does not count when a key by password was made by a clock that stood too high (C-35)", async () => {
    for (const [ahead, said] of [
      [0, "refused"],
      [1, "ack"],
    ] as const) {
      const one = await bench();
      const createdAt = Seconds(one.seconds + ahead);
      await one.history({ createdAt });
      one.known = { bootstrappedAt: Seconds(one.seconds) };
      assert.equal(await one.assign(), said);
    }
  });
});
