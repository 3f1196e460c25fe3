import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../../../src/base/units.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { keyConfirmation } from "../../../src/crypto/keys/directKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { validKey } from "../../../src/database/sessions.js";
import { gbaKeyID } from "../../../src/protocols/gba/keys.js";
import { euKeyAssignmentRequestGba } from "../../../src/protocols/gba/messages.js";
import { GbaServer } from "../../../src/protocols/gba/server.js";
import { TestNetwork } from "../../support/network.js";
import { serverPorts } from "../../support/serverPorts.js";

const bTID = "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example";
const key = new Uint8Array(32).fill(7);
const entityID = ascii("gateway-07");

/** A Server whose BSF knows the B-TID until then, and a PN GW that proves its key. */
async function assign(net: TestNetwork, expiresAt: Seconds): Promise<string> {
  const known = { impi: "alice@ims.example", bootstrappedAt: Seconds(0), expiresAt };
  const zn = async () => ({ ...known, ksExtNaf: key.slice() });
  const server = new GbaServer({ ...serverPorts(net), gba: { zn, userOf: () => ascii("alice") } });
  const keys = deriveKeys(nodeSuite, "EUK", key, entityID);
  const hash = keyConfirmation(nodeSuite, keys, "confirm", gbaKeyID(nodeSuite, bTID));
  const request = encodeMessage(euKeyAssignmentRequestGba, 1, { entityID, bTID, hash });
  const message = messageSet(euKeyAssignmentRequestGba).decode(request);
  return everyMessage.decode(await server.assign(message)).name;
}

describe("the lifetime of a B-TID at the Server (C-21)", () => {
  it("is looked at when the key is assigned: what the BSF still tells of may be over (EUK-GW-03, C-21)", async () => {
    const net = await new TestNetwork().start();
    const now = toSeconds(net.clock.now());
    assert.equal(await assign(net, Seconds(now)), "Failure");
    assert.equal(await assign(net, Seconds(now + 60)), "EUKeyAssignmentResponse.ack");
  });

  it("ends the key with it, whatever the PN GW believes (C-21, GWA-01)", async () => {
    const net = await new TestNetwork().start();
    const until = toSeconds(net.clock.now()) + 60;
    await assign(net, Seconds(until));
    const entity = await net.network.serverStore.read(({ entities }) => entities.get(hex(entityID)));
    assert.deepEqual(validKey(entity, Milliseconds(until * 1000 - 1))?.key, key);
    assert.equal(validKey(entity, Milliseconds(until * 1000)), undefined);
  });
});
