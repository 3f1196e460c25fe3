import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../src/base/octets.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { keyConfirmation } from "../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { temporaryKeyAck } from "../../src/crypto/keys/temporaryKey.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { refusal } from "../../src/procedure/procedure.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { euKeyAssignmentAck } from "../../src/protocols/enrolment/messages.js";
import { euKeyAssignmentTrigger } from "../../src/protocols/temporaryKey/messages.js";
import { outcome } from "../support/network.js";
import { SensorNetwork, sensorID } from "../support/noUI.js";

const none = new Uint8Array(0);

/** A device without UI whose PN GW, which knows the EUKey that it delivers, does as it likes with the last message. */
class Delivering extends SensorNetwork {
  /** What the PN GW itself answers to the confirmation; undefined: nothing, and the Server has or has not heard it. */
  answer: ((confirm: { readonly keyID: Uint8Array; readonly hash: Uint8Array }) => Uint8Array) | undefined;
  passes = false;
  #honest: (() => void) | undefined;

  rogue(): void {
    const { server } = this.network.gateway;
    const honest = server.exchange.bind(server);
    this.#honest = () => {
      server.exchange = honest;
    };
    server.exchange = (octets, done) => {
      const outer = everyMessage.decode(octets, 8192);
      const inner = outer.name === "Relayed" ? everyMessage.decode(outer.body.message) : undefined;
      if (outer.name !== "Relayed" || inner?.name !== "EUKeyAssignmentRequest.confirm") {
        honest(octets, done);
        return;
      }
      if (this.passes) honest(octets, () => {});
      if (this.answer === undefined) {
        done({ error: refusal(2) });
        return;
      }
      const hash = this.answer(inner.body);
      const message = encodeMessage(euKeyAssignmentAck, inner.exchange, { hash });
      const { origin } = outer.body;
      done({ value: encodeMessage(relayed, outer.exchange, { origin, message }) });
    };
  }

  honest(): void {
    this.#honest?.();
  }

  /** The key that waits at the Server, which the PN GW has sealed itself. */
  get waiting() {
    const [, one] = this.network.serverStore.all("staged")[0] ?? assert.fail("nothing staged");
    return one;
  }

  get stored() {
    return new KeyStore(this.device.options.flash, nodeSuite).facts;
  }
}

async function delivering(): Promise<Delivering> {
  const net = new Delivering();
  await net.start();
  net.rogue();
  return net;
}

describe("a PN GW that acknowledges in the place of the Server (SEC-05)", () => {
  it("is not believed: by the EUKey that it knows, or by what the Server said of another key", async () => {
    const forgeries = {
      "under the EUKey": (net: Delivering, keyID: Uint8Array) =>
        keyConfirmation(nodeSuite, deriveKeys(nodeSuite, "EUK", net.waiting.key, sensorID), "ack", keyID),
      "as for the Temporary Key, under the EUKey": (
        net: Delivering,
        keyID: Uint8Array,
        confirm: Uint8Array,
      ) =>
        temporaryKeyAck(nodeSuite, deriveKeys(nodeSuite, "EUK", net.waiting.key, sensorID), keyID, confirm),
      "its own confirmation": (_net: Delivering, _keyID: Uint8Array, confirm: Uint8Array) => confirm,
    };
    for (const [title, forge] of Object.entries(forgeries)) {
      const net = await delivering();
      net.answer = ({ keyID, hash }) => forge(net, keyID, hash);
      // What this PN GW tells its own person is its affair.
      await net.atGateway("temporaryKey");
      assert.notEqual(net.keys, "enrolled", title);
      assert.equal(net.entity, undefined, title);
      net.honest();
      net.network.dropLink(net.device);
      await net.pass(15);
      assert.equal(net.keys, "enrolled", `${title}: the device confirms again by itself, at an honest one`);
      assert.equal(outcome(await net.join()), "joined", title);
    }
  });
});

describe("a key that a device has staged, whose acknowledgement was kept back", () => {
  it("gives way to no trigger for another User: the Server may have committed it (SEC-05)", async () => {
    for (const passes of [false, true]) {
      const net = await delivering();
      net.passes = passes;
      assert.notEqual(await net.atGateway("temporaryKey"), "done");
      const before = hex(net.stored.staged?.id ?? none);
      assert.notEqual(before, "");
      const body = { userID: ascii("mallory"), rand: new Uint8Array(32).fill(5), keyID: new Uint8Array(8) };
      const from = net.log.length;
      await net.pass(8);
      const link = net.network.pneLink(net.device) ?? assert.fail("not connected");
      link.push((n) => encodeMessage(euKeyAssignmentTrigger, n, body));
      await net.pass(2);
      assert.ok(
        net.log.slice(from).some((line) => line.includes("pne.trigger") && line.includes("occupied")),
        "refused before anything is written",
      );
      assert.equal(hex(net.stored.staged?.id ?? net.stored.committed?.id ?? none), before);
      net.honest();
    }
  });
});
