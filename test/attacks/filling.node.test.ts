import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import { pnSetupNotifyResponse, pnSetupResponseOfPNE } from "../../src/protocols/network/invitations.js";
import { LinkKey, maximumMembers, pneInfo } from "../../src/protocols/network/messages.js";
import { Family } from "../support/family.js";
import { Stranger } from "../support/stranger.js";

/** As many as a PN has members, each in a name of his own. */
async function strangersAt(net: Family): Promise<readonly Stranger[]> {
  const all: Stranger[] = [];
  for (let i = 0; i < maximumMembers; i++) all.push(await new Stranger(net).claim(ascii(`stranger-${i}`)));
  return all;
}

/** Each says yes to what he was asked, at once. */
function sayYes(strangers: readonly Stranger[]): number {
  let count = 0;
  for (const [i, stranger] of strangers.entries()) {
    const own = { entityID: ascii(`stranger-${i}`), flags: 3, linkKey: LinkKey.localEUKey };
    const yes = { result: Result.ok, pneInfo: encode(pneInfo, own), rand: new Uint8Array(32).fill(9) };
    for (const { name, body } of stranger.heard) {
      if (name !== "PNSetupRequest.gateway" && name !== "PNSetupNotify") continue;
      const { pnID } = body;
      const definition = name === "PNSetupNotify" ? pnSetupNotifyResponse : pnSetupResponseOfPNE;
      stranger.tell((exchange) => encodeMessage(definition, exchange, { pnID, ...yes }));
      count++;
    }
  }
  return count;
}

describe("strangers who say yes first, in as many names as a PN has places (PNI-03, GWI-04)", () => {
  it("keep nobody out of a PN that the PN GW's user makes with all", async () => {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id))).ready();
    const strangers = await strangersAt(net);
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    assert.ok(sayYes(strangers) >= maximumMembers - 1);
    await net.pass(2);
    for (const id of ["kitchen", "hall"]) net.command(id, { kind: "acceptInvitation" });
    await net.pass(60);
    for (const id of ["kitchen", "hall"]) assert.deepEqual(net.members(id), ["hall", "kitchen"]);
  }).timeout(120_000);

  it("keep nobody out of a PN that a device makes with all", async () => {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id))).ready();
    const strangers = await strangersAt(net);
    net.command("kitchen", { kind: "createPN", who: "all" });
    await net.pass(2);
    assert.ok(sayYes(strangers) >= maximumMembers - 1);
    await net.pass(2);
    net.command("hall", { kind: "acceptInvitation" });
    await net.pass(60);
    for (const id of ["kitchen", "hall"]) assert.deepEqual(net.members(id), ["hall", "kitchen"]);
  }).timeout(120_000);
});
