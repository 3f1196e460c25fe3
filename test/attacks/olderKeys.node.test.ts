import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../src/codec/message.js";
import { keyConfirmation } from "../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { gbaKeyID } from "../../src/protocols/gba/keys.js";
import { euKeyAssignmentRequestGba } from "../../src/protocols/gba/messages.js";
import { GbaServer } from "../../src/protocols/gba/server.js";
import { alice, TestNetwork } from "../support/network.js";
import { confirmGateway } from "../support/ownGateway.js";
import { register } from "../support/registering.js";
import { serverPorts } from "../support/serverPorts.js";

const entityID = ascii("gateway-07");
const key = new Uint8Array(32).fill(7);
const committed = "EUKeyAssignmentResponse.ack";

/** A bootstrapping of one subscriber, whose key the PN GW proves as often as it likes. */
class Bootstrapping {
  readonly #net: TestNetwork;
  readonly #bTID: string;
  readonly #at: Seconds;
  /** Whose subscription it is; and what happens while the BSF is asked. */
  userID: string = alice.userID;
  meanwhile: () => Promise<unknown> = async () => undefined;

  constructor(net: TestNetwork, name: string, at: Seconds) {
    this.#net = net;
    this.#bTID = `${name}@bsf.example`;
    this.#at = at;
  }

  get id(): string {
    return hex(gbaKeyID(nodeSuite, this.#bTID));
  }

  async shown(): Promise<string> {
    const bTID = this.#bTID;
    const expiresAt = Seconds(this.#at + 86_400);
    const zn = async () => {
      await this.meanwhile();
      return { impi: "alice@ims.example", bootstrappedAt: this.#at, expiresAt, ksExtNaf: key.slice() };
    };
    const server = new GbaServer({
      ...serverPorts(this.#net),
      gba: { zn, userOf: () => ascii(this.userID) },
    });
    const keys = deriveKeys(nodeSuite, "EUK", key, entityID);
    const hash = keyConfirmation(nodeSuite, keys, "confirm", gbaKeyID(nodeSuite, bTID));
    const request = encodeMessage(euKeyAssignmentRequestGba, 1, { entityID, bTID, hash });
    return everyMessage.decode(await server.assign(messageSet(euKeyAssignmentRequestGba).decode(request)))
      .name;
  }
}

class Home {
  readonly net = new TestNetwork();

  async start(): Promise<this> {
    await this.net.start();
    return this;
  }

  get now(): Seconds {
    return toSeconds(this.net.clock.now());
  }

  bootstrapping(name: string, at: number = this.now): Bootstrapping {
    return new Bootstrapping(this.net, name, Seconds(at));
  }

  get committed(): string | undefined {
    const entity = this.net.network.serverStore.get("entities", hex(entityID));
    return entity && hex(entity.committed.id);
  }

  pass(seconds: number): Promise<void> {
    return this.net.clock.runFor(Milliseconds(seconds * 1000));
  }
}

describe("a recorded request of an older bootstrapping (EUK-GW-03)", () => {
  it("does not come back once the PN GW was released, nor when its next owner has it", async () => {
    const home = await new Home().start();
    const [old, younger] = [home.bootstrapping("old"), home.bootstrapping("younger", home.now + 5)];
    await home.pass(10);
    assert.equal(await old.shown(), committed);
    assert.equal(await younger.shown(), committed);
    await home.net.network.server.releaseDevice(entityID);
    assert.equal(home.committed, undefined);
    assert.equal(await old.shown(), "Failure");
    assert.equal(await younger.shown(), "Failure");
    assert.equal(home.committed, undefined);
    const next = home.bootstrapping("next");
    assert.equal(await next.shown(), committed);
    assert.equal(await younger.shown(), "Failure");
    assert.equal(home.committed, next.id);
  });

  it("does not take the place of a key by password that was made since, nor come back once that was let go", async () => {
    const home = await new Home().start();
    const recorded = home.bootstrapping("recorded");
    await home.pass(10);
    assert.equal(await confirmGateway(home.net, entityID, alice), "enrolled");
    const byPassword = home.committed;
    assert.equal(await recorded.shown(), "Failure");
    assert.equal(home.committed, byPassword);
    await home.net.network.server.releaseDevice(entityID);
    assert.equal(await recorded.shown(), "Failure");
    assert.equal(home.committed, undefined);
    await home.pass(10);
    const next = home.bootstrapping("next");
    assert.equal(await next.shown(), committed, "a younger one is taken");
    assert.equal(home.committed, next.id);
  });

  it("does not take the place of one of the same second: nobody knows which is the younger", async () => {
    const home = await new Home().start();
    const [one, other] = [home.bootstrapping("one"), home.bootstrapping("other")];
    assert.equal(await one.shown(), committed);
    assert.equal(await other.shown(), "Failure");
    assert.equal(await one.shown(), committed, "repeated after a lost answer");
    assert.equal(home.committed, one.id);
  });
});

describe("a bootstrapping of who is not registered (EUK-GW-03)", () => {
  it("gets no key when he never was, and none when he was removed while the BSF was asked", async () => {
    const home = await new Home().start();
    const stranger = home.bootstrapping("stranger");
    stranger.userID = "carol";
    assert.equal(await stranger.shown(), "Failure");
    const removed = home.bootstrapping("removed");
    removed.meanwhile = () => home.net.network.server.removeUser(ascii(alice.userID));
    assert.equal(await removed.shown(), "Failure");
    assert.equal(home.committed, undefined);
  });

  it("is not acknowledged to who was removed after it, nor to another who has his name since", async () => {
    const home = await new Home().start();
    const { server } = home.net.network;
    assert.equal(await register(home.net, "carol", "carol's own password"), "sent");
    const own = home.bootstrapping("carol's");
    own.userID = "carol";
    assert.equal(await own.shown(), committed);
    await server.removeUser(ascii("carol"));
    assert.equal(await own.shown(), "Failure");
    assert.equal(await register(home.net, "carol", "another's password"), "sent");
    assert.equal(await own.shown(), "Failure", "the key of before");
    assert.equal(home.committed, undefined);
  });
});
