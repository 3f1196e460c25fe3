import assert from "node:assert/strict";
import { type everyMessage, everyMessage as messages } from "../../src/catalogue/legs.js";
import { encodeMessage, type MessageOf } from "../../src/codec/message.js";
import { decode, encode } from "../../src/codec/schema.js";
import { authenticationRequest, pneInfo, pnSetupRequest } from "../../src/protocols/network/messages.js";
import { outcome } from "../support/network.js";
import { SensorNetwork } from "../support/noUI.js";

type Message = MessageOf<typeof everyMessage>;

/** Header of a message in one fragment: its length is in the last two of four octets. */
const rewrapped = (fragment: Uint8Array, message: Uint8Array): Uint8Array => {
  const made = new Uint8Array(4 + message.length);
  made.set(fragment.subarray(0, 2));
  made.set([message.length >> 8, message.length & 255], 2);
  made.set(message, 4);
  return made;
};

/** How a join ends when somebody in the air writes one message anew. */
async function joined(change: (message: Message) => Uint8Array | undefined): Promise<string> {
  const net = new SensorNetwork();
  await net.start();
  assert.equal(await net.atGateway("temporaryKey"), "done");
  let changed = 0;
  net.hand = (fragment) => {
    if (fragment[4] !== 0x84) return [fragment];
    const made = change(messages.decode(fragment.subarray(4)));
    if (made === undefined) return [fragment];
    changed++;
    return [rewrapped(fragment, made)];
  };
  const end = outcome(await net.join());
  assert.equal(changed, 1);
  assert.equal(net.device.pne?.view.pn, undefined);
  return end;
}

const request = (change: (body: (Message & { name: "AuthenticationRequest" })["body"]) => object) =>
  joined((message) => {
    if (message.name !== "AuthenticationRequest") return undefined;
    const body = { ...message.body, ...change(message.body) };
    return encodeMessage(authenticationRequest, message.exchange, body);
  });

describe("attacks on the pre-assigned key of a PNE without UI (LEU-02, C-04)", () => {
  it("change the number or the time of the key: the PN GW's is another one then", async () => {
    assert.equal(await request(({ keyID }) => ({ keyID: (keyID ?? 0) + 1 })), "pn.refused");
    assert.equal(await request(({ expiresAt }) => ({ expiresAt: (expiresAt ?? 0) + 1 })), "pn.refused");
  });

  it("change rand_server or the PN: derived from them", async () => {
    assert.equal(await request(({ rand }) => ({ rand: rand.map((octet) => octet ^ 1) })), "pn.refused");
    assert.equal(await request(({ pnID }) => ({ pnID: pnID.map((octet) => octet ^ 1) })), "pn.refused");
  });

  it("take the key away, so that the link stays open: the PNE does not go on", async () => {
    const none = { keyID: undefined, expiresAt: undefined };
    const strip = (body: object): object =>
      Object.fromEntries(Object.entries({ ...body, ...none }).filter(([, value]) => value !== undefined));
    assert.equal(
      await joined((message) =>
        message.name === "AuthenticationRequest"
          ? encodeMessage(authenticationRequest, message.exchange, strip(message.body) as typeof message.body)
          : undefined,
      ),
      "pn.keyUnknown",
    );
  });

  it("put a wrapped key in its place", async () => {
    assert.equal(await request(() => ({ wrappedKey: new Uint8Array(60) })), "pn.keyUnknown");
  });

  it("make PNEInfo ask for no key, or for a LocalEUKey without UI: the PN GW refuses the one, the Server the other (C-31)", async () => {
    const asking = (linkKey: number): Promise<string> =>
      joined((message) => {
        if (message.name !== "PNSetupRequest") return undefined;
        const info = encode(pneInfo, { ...decode(pneInfo, message.body.pneInfo), linkKey });
        return encodeMessage(pnSetupRequest, message.exchange, { ...message.body, pneInfo: info });
      });
    assert.equal(await asking(0), "result.protocol");
    // A device without UI has no LocalEUKey: it is not registered (C-31).
    assert.equal(await asking(1), "pn.refused");
  });

  it("name the highest id there is, so that no later key counts as newer: nothing is kept before the PN GW has proven itself (C-25)", async () => {
    const net = new SensorNetwork();
    await net.start();
    assert.equal(await net.atGateway("temporaryKey"), "done");
    net.hand = (fragment) => {
      if (fragment[4] !== 0x84) return [fragment];
      const message = messages.decode(fragment.subarray(4));
      if (message.name !== "AuthenticationRequest") return [fragment];
      const body = { ...message.body, keyID: 0xffffffff };
      return [rewrapped(fragment, encodeMessage(authenticationRequest, message.exchange, body))];
    };
    assert.equal(outcome(await net.join()), "pn.refused");
    net.hand = undefined;
    await net.pass(8);
    assert.equal(outcome(await net.join()), "joined");
  });
});
