import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { keyConfirmation } from "../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { deviceClaim } from "../../src/crypto/keys/temporaryKey.js";
import { disown, release } from "../../src/database/ownership.js";
import type { StagedRecord } from "../../src/database/rows/entities.js";
import { euKeyAssignmentConfirm } from "../../src/protocols/enrolment/messages.js";
import { asPne, EnrolPair, pne, realm } from "../support/enrolPair.js";

const temporaryKey = new Uint8Array(32).fill(9);
const [home, theirs] = [ascii("gateway-01"), ascii("gateway-66")];
const password = "wonderland";

/** Users who enrol one device, and a PN GW between them that delivers confirmations when it likes. */
class Enrolling extends EnrolPair {
  /** `known`: the factory has told the Server the device's Temporary Key. */
  static async of({ known }: { readonly known: boolean }): Promise<Enrolling> {
    const pair = new Enrolling();
    await pair.register("alice", password);
    await pair.register("mallory", password);
    if (known) await pair.store.transaction((tables) => tables.devices.put(hex(pne), { temporaryKey }));
    return pair;
  }

  /** A key that was delivered to the device, and whose confirmation is kept back. */
  async withheld(userID: string, gateway = home): Promise<StagedRecord> {
    const before = new Set(this.store.all("staged").map(([name]) => name));
    await this.attempt({
      methods: [Method.spake2plus],
      userID,
      origin: { ...asPne, gatewayID: gateway },
      parties: { pne, gateway, server: realm },
      tamper: (octets, direction) =>
        direction === "toServer" && everyMessage.decode(octets).name === "EUKeyAssignmentRequest.confirm"
          ? octets.subarray(0, 1)
          : octets,
    });
    const fresh = this.store.all("staged").find(([name]) => !before.has(name));
    return fresh?.[1] ?? assert.fail(`nothing staged for ${userID}`);
  }

  /** "committed" or "refused"; `device`: its claim by the Temporary Key is beside it, as the device itself sent it. */
  async confirm({ id, key, gatewayID }: StagedRecord, { device = false } = {}): Promise<string> {
    const hash = keyConfirmation(nodeSuite, deriveKeys(nodeSuite, "EUK", key, pne), "confirm", id);
    const claim = deviceClaim(nodeSuite, deriveKeys(nodeSuite, "TK", temporaryKey, pne), id, hash);
    const body = { keyID: id, hash, ...(device && { claim }) };
    const answer = await this.answer(encodeMessage(euKeyAssignmentConfirm, 9, body), { ...asPne, gatewayID });
    return everyMessage.decode(answer).name === "EUKeyAssignmentResponse.ack" ? "committed" : "refused";
  }

  async remove(userID: string, how: "whole" | "name alone" = "whole"): Promise<void> {
    const name = hex(ascii(userID));
    await this.store.transaction(async (tables) => {
      const user = (await tables.users.get(name)) ?? assert.fail();
      await tables.users.delete(name);
      if (how === "whole") await disown(tables, user.identity, this.clock.now());
    });
  }

  get owner(): string {
    const entity = this.store.get("entities", hex(pne));
    return entity === undefined ? "nobody" : String.fromCharCode(...entity.userID);
  }

  get keyID(): string {
    return hex(this.store.get("entities", hex(pne))?.committed.id ?? new Uint8Array(0));
  }
}

describe("a confirmation that was kept back (EUK-UI-16, C-12)", () => {
  it("does not bring an older key back: what is not younger went with the commit", async () => {
    const pair = await Enrolling.of({ known: false });
    const old = await pair.withheld("alice", theirs);
    pair.clock.advance(Milliseconds(1));
    const young = await pair.withheld("alice");
    assert.equal(await pair.confirm(young), "committed");
    assert.equal(pair.store.size("staged"), 0);
    // Nor where its row is still there, as in a database that was put back.
    await pair.store.transaction(({ staged }) => staged.put(`${hex(pne)}/${hex(old.id)}`, old));
    assert.equal(await pair.confirm(old), "refused");
    assert.equal(pair.keyID, hex(young.id));
  });

  it("of an older key does not take the younger one away that was delivered", async () => {
    const pair = await Enrolling.of({ known: false });
    const old = await pair.withheld("alice", theirs);
    pair.clock.advance(Milliseconds(1));
    const young = await pair.withheld("alice");
    assert.equal(await pair.confirm(old), "committed");
    assert.equal(await pair.confirm(young), "committed");
    assert.equal(pair.keyID, hex(young.id));
  });

  it("brings no older key back when the Server's clock was set back between the two", async () => {
    const pair = await Enrolling.of({ known: false });
    const old = await pair.withheld("alice", theirs);
    pair.clock.advance(Milliseconds(-20_000));
    const young = await pair.withheld("alice");
    assert.equal(await pair.confirm(young), "committed");
    assert.equal(await pair.confirm(old), "refused");
    assert.equal(pair.keyID, hex(young.id));
  });

  it("does not take the device from who enrols it next, though the device itself has made it (SEC-06)", async () => {
    const pair = await Enrolling.of({ known: true });
    const hers = await pair.withheld("mallory", theirs);
    pair.clock.advance(Milliseconds(1));
    const own = await pair.withheld("alice");
    assert.equal(await pair.confirm(hers, { device: true }), "committed");
    assert.equal(await pair.confirm(own, { device: true }), "committed", "the youngest that it claims");
    assert.equal(pair.owner, "alice");
    assert.equal(await pair.confirm(hers, { device: true }), "refused");
    assert.equal(pair.owner, "alice");
  });

  it("from before a factory reset does no more than it would have done at once, and nothing after the owner's (SEC-06)", async () => {
    const ends: string[] = [];
    for (const when of ["at once", "after the reset", "after the owner"] as const) {
      const pair = await Enrolling.of({ known: true });
      const hers = await pair.withheld("mallory", theirs);
      if (when === "at once") assert.equal(await pair.confirm(hers, { device: true }), "committed");
      // The reset changes what the device holds; the Server hears nothing of it.
      pair.clock.advance(Milliseconds(60_000));
      if (when === "after the reset") assert.equal(await pair.confirm(hers, { device: true }), "committed");
      if (when === "after the owner") {
        const own = await pair.withheld("alice");
        assert.equal(await pair.confirm(own, { device: true }), "committed");
        assert.equal(await pair.confirm(hers, { device: true }), "refused");
      }
      ends.push(`${pair.owner}, ${pair.store.size("staged")} waiting`);
    }
    assert.deepEqual(ends, ["mallory, 0 waiting", "mallory, 0 waiting", "alice, 0 waiting"]);
  });

  it("takes no device over that shows nothing but its key, once it is another's (C-12)", async () => {
    const pair = await Enrolling.of({ known: false });
    const own = await pair.withheld("alice");
    pair.clock.advance(Milliseconds(1));
    const hers = await pair.withheld("mallory", theirs);
    assert.equal(await pair.confirm(own), "committed");
    assert.equal(pair.store.size("staged"), 1, "younger, so it is still there");
    assert.equal(await pair.confirm(hers), "refused");
    assert.equal(pair.owner, "alice");
  });

  it("brings no older key back after the device was released", async () => {
    const pair = await Enrolling.of({ known: false });
    const old = await pair.withheld("mallory", theirs);
    pair.clock.advance(Milliseconds(1));
    assert.equal(await pair.confirm(await pair.withheld("alice")), "committed");
    await pair.store.transaction((tables) => release(tables, pne, pair.clock.now()));
    await pair.store.transaction(({ staged }) => staged.put(`${hex(pne)}/${hex(old.id)}`, old));
    assert.equal(await pair.confirm(old), "refused");
    assert.equal(pair.owner, "nobody");
  });
});

describe("a User who is removed while a device confirms", () => {
  it("takes his own claims with him and nobody else's", async () => {
    const pair = await Enrolling.of({ known: false });
    const own = await pair.withheld("alice");
    const other = await pair.withheld("mallory", theirs);
    await pair.remove("alice");
    assert.equal(pair.store.size("staged"), 1);
    assert.equal(await pair.confirm(own), "refused");
    assert.equal(await pair.confirm(other), "committed");
    assert.equal(pair.owner, "mallory");
  });

  it("leaves nothing to who registers the name next: the transaction that commits looks for the User himself", async () => {
    const pair = await Enrolling.of({ known: false });
    const own = await pair.withheld("alice");
    await pair.remove("alice", "name alone");
    assert.equal(await pair.confirm(own), "refused");
    await pair.register("alice", "another one");
    assert.equal(await pair.confirm(own), "refused", "the name is not who he was");
    assert.equal(pair.owner, "nobody");
  });
});
