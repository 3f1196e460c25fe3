import assert from "node:assert/strict";
import { longestFile, readDevices } from "../../hosts/factory/devicesFile.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import { euKeyAssignmentRequest } from "../../src/protocols/enrolment/messages.js";
import { pnSetupResponseOfPNE } from "../../src/protocols/network/invitations.js";
import { LinkKey, pneInfo } from "../../src/protocols/network/messages.js";
import { codeOf } from "../support/codeOf.js";
import { Family } from "../support/family.js";
import { ManualClock } from "../support/manualClock.js";
import { outcome, TestNetwork } from "../support/network.js";
import { TestEnd } from "../support/radioPair.js";
import { Stranger } from "../support/stranger.js";

/** Attacks that had a number once, measured again; docs/THREATS.md has both. */
const seconds = (count: number) => Milliseconds(count * 1000);

describe("attacks with a number", () => {
  it("35 are asked into a PN, 33 say yes, one is silent: the PN GW stands, and its devices are in (before: it ended)", async () => {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id))).ready();
    const strangers: Stranger[] = [];
    for (let i = 0; i < 33; i++) strangers.push(await new Stranger(net).claim(ascii(`stranger-${i}`)));
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    for (const id of ["kitchen", "hall"]) net.command(id, { kind: "acceptInvitation" });
    await net.pass(2);
    const answers: string[] = [];
    for (const [i, stranger] of strangers.slice(0, 31).entries()) {
      const asked = stranger.heard.find((one) => one.name === "PNSetupRequest.gateway");
      assert.ok(asked?.name === "PNSetupRequest.gateway");
      const own = { entityID: ascii(`stranger-${i}`), flags: 3, linkKey: LinkKey.localEUKey };
      const body = { pnID: asked.body.pnID, result: Result.ok, pneInfo: encode(pneInfo, own) };
      stranger.tell((exchange) =>
        encodeMessage(pnSetupResponseOfPNE, exchange, { ...body, rand: new Uint8Array(32).fill(9) }),
      );
      answers.push("said yes");
    }
    assert.equal(answers.length + 2, 33);
    await net.pass(90);
    for (const id of ["kitchen", "hall"]) assert.deepEqual(net.members(id), ["hall", "kitchen"]);
    assert.deepEqual(
      net.log.filter((line) => / \w+\.fault /.test(line)),
      [],
    );
  }).timeout(120_000);

  it("70 enrolments in the clear a second: 10 of 10 joins at PN GWs without a session (before: 0 of 10)", async () => {
    const net = await new TestNetwork({ pneSuite: nodeSuite }).enrolled();
    const body = { entityID: ascii("x"), userID: ascii("nobody"), nonce: new Uint8Array(16) };
    const octets = encodeMessage(euKeyAssignmentRequest, 1, { ...body, methods: [Method.spake2plus] });
    let address = 0;
    const flood = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await net.network.server.handle(octets, `address ${address++}`);
    };
    await flood(4_200);
    let joined = 0;
    for (let i = 0; i < 10; i++) {
      await flood(70);
      net.network.restartGateway();
      await net.clock.runFor(seconds(8));
      if (outcome(await net.join()) === "joined") joined++;
      await net.run({ kind: "leavePN" });
    }
    assert.equal(joined, 10);
  }).timeout(120_000);

  it("a message in 2 069 fragments of one octet, each just in time: given up after 15 s (before: 10 035 s)", () => {
    const clock = new ManualClock();
    const end = new TestEnd(clock);
    end.channel.fragment(Uint8Array.of(0x81, 0, 0x08, 0x15, 0x84));
    let waited = 0;
    for (let i = 1; i < 2_069 && end.failures.length === 0; i++) {
      clock.advance(Milliseconds(4_900));
      waited += 4_900;
      if (end.failures.length === 0) end.channel.fragment(Uint8Array.of(0x01, i & 15, 0));
    }
    assert.ok(waited > 14_000 && waited < 20_000, `${waited} ms, looked at each 4.9 s`);
    assert.deepEqual(end.failures, ["link.reassembly"]);
  });

  for (const [what, file, before] of [
    ["3.9 MB of commas", new Uint8Array(3_900_000).fill(0x2c), "5 s, 430 MB"],
    ["256 KiB of quotes", new Uint8Array(262_144).fill(0x22), "2.6 s"],
    ["4 MB of empty lines", new Uint8Array(longestFile).fill(0x0a), "not measured"],
    ["4 MB of quotes and commas, a line each", lines('"""","",', 1_000), "not measured"],
  ] as const) {
    it(`a factory's file of ${what} is refused within 0.5 s and 40 MB (before: ${before})`, () => {
      const memory = process.memoryUsage();
      const began = performance.now();
      assert.match(`${codeOf(() => readDevices(file))}`, /^factory\.\w+$/);
      const took = performance.now() - began;
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      const grown = (heapUsed + arrayBuffers - memory.heapUsed - memory.arrayBuffers) / 1e6;
      assert.ok(took < 500 && grown < 40, `${took.toFixed(1)} ms, ${grown.toFixed(1)} MB`);
    });
  }
});

/** Lines of so many octets of a pattern, as large as a file may be. */
function lines(pattern: string, length: number): Uint8Array {
  const line = `${pattern.repeat(length).slice(0, length)}\n`;
  return ascii(`entityID,temporaryKey,name\n${line.repeat(3_900)}`);
}
