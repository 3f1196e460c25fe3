import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import type { PNMember } from "../../src/database/rows/networks.js";
import { pnSetupNotifyResponse } from "../../src/protocols/network/invitations.js";
import { authenticationResponse, pneInfo } from "../../src/protocols/network/messages.js";
import { Family } from "../support/family.js";
import { outcome } from "../support/network.js";
import { Stranger } from "../support/stranger.js";

const two = ["kitchen", "hall"].map((id) => Family.spec(id, { secure: true }));

/** Two in a PN on PANs that are secure by themselves: a stranger needs no LocalEUKey to say what he likes. */
async function together(): Promise<{ net: Family; pnID: Uint8Array; hall: Uint8Array }> {
  const net = await new Family(two).ready();
  await net.together("kitchen", ["hall"]);
  assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  return { net, pnID: fromHex(net.of("hall").pne?.view.pn?.id ?? ""), hall: fromHex(net.id("hall")) };
}

const comesBack = (pnID: Uint8Array, entityID: Uint8Array) => (exchange: number) =>
  encodeMessage(pnSetupNotifyResponse, exchange, {
    pnID,
    result: Result.ok,
    pneInfo: encode(pneInfo, { entityID, flags: 3, linkKey: 0 }),
    rand: new Uint8Array(32).fill(7),
  });
const proof = (pnID: Uint8Array) => (exchange: number) =>
  encodeMessage(authenticationResponse, exchange, { pnID, hash: new Uint8Array(32) });

const row = (net: Family, entityID: Uint8Array): PNMember | undefined =>
  net.network.serverStore.all("members").find(([, one]) => hex(one.entityID) === hex(entityID))?.[1];

async function works(net: Family): Promise<void> {
  assert.equal(outcome(await net.run({ kind: "sendToServer", text: "hello" }, net.of("hall"))), "message");
  const before = net.kinds("hall").filter((kind) => kind === "message").length;
  net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
  await net.pass(5);
  assert.equal(net.kinds("hall").filter((kind) => kind === "message").length, before + 1);
}

describe("a stranger who says that he is a member that comes back (PNI-11, C-13)", () => {
  it("proves nothing, and takes nothing from the member, which is there", async () => {
    const { net, pnID, hall } = await together();
    const session = row(net, hall)?.session;
    for (let i = 0; i < 3; i++) {
      const stranger = await new Stranger(net, true).claim(hall);
      assert.equal(await stranger.ask(comesBack(pnID, hall)), "AuthenticationRequest");
      await works(net);
      assert.equal(await stranger.ask(proof(pnID)), "PNEstablishmentNotify");
      const said = stranger.heard.at(-1);
      assert.ok(said?.name === "PNEstablishmentNotify" && said.body.result === Result.refused);
      assert.equal(said.body.pnInventory, undefined);
      stranger.leave();
      assert.equal(row(net, hall)?.returning, undefined, "one try");
      assert.deepEqual(row(net, hall)?.session?.sk, session?.sk);
      await works(net);
    }
  });

  it("learns by the answer only that he may try: of no member, of no PN", async () => {
    const { net, pnID, hall } = await together();
    const other = new Uint8Array(16).fill(9);
    for (const [claimed, pn] of [
      [hall, other],
      [other, pnID],
    ] as const) {
      const stranger = await new Stranger(net, true).claim(claimed);
      assert.equal(await stranger.ask(comesBack(pn, claimed)), `Failure ${Result.noRoute}`);
      stranger.leave();
    }
    // In another's name, on a link of his own.
    const stranger = await new Stranger(net, true).claim(other);
    assert.equal(await stranger.ask(comesBack(pnID, hall)), `Failure ${Result.noRoute}`);
    await works(net);
  });

  it("keeps the member out no longer than he stays silent", async () => {
    const { net, pnID, hall } = await together();
    net.of("hall").powerOff();
    const stranger = await new Stranger(net, true).claim(hall);
    assert.equal(await stranger.ask(comesBack(pnID, hall)), "AuthenticationRequest");
    net.of("hall").powerOn();
    await net.pass(12);
    assert.equal(net.members("hall"), undefined);
    await net.pass(60);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    await works(net);
  });

  it("cannot do it so often that it costs others their turn", async () => {
    const { net, pnID, hall } = await together();
    const stranger = await new Stranger(net, true).claim(hall);
    const answers: string[] = [];
    for (let i = 0; i < 40; i++) {
      answers.push(await stranger.ask(comesBack(pnID, hall)));
      if (answers.at(-1) === "AuthenticationRequest") await stranger.ask(proof(pnID));
    }
    const tries = answers.filter((answer) => answer === "AuthenticationRequest").length;
    assert.ok(tries < 20 && answers.includes(`Failure ${Result.busy}`), answers.join(" "));
    await works(net);
  });
});
