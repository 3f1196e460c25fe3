import assert from "node:assert/strict";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { everyMessage, fromPNE } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { Reassembler } from "../../src/link/fragment.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { keypad, outcome, TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

const seconds = (net: TestNetwork, time: number): Promise<void> =>
  net.clock.runFor(Milliseconds(time * 1000));
const say = async (net: TestNetwork, kind: "sendToServer" | "sendToGateway"): Promise<string> =>
  outcome(await net.run({ kind, text: "hello" }));
const logged = (net: TestNetwork, event: string): number =>
  net.log.filter((line) => line.includes(` ${event} `)).length;

const short = { records: 1_000, lifetime: Seconds(200) };
const few = { records: 24, lifetime: Seconds(100_000) };
const secure: DeviceSpec = { ...keypad, secure: true };
const noLocalKey: DeviceSpec = { ...secure, localEUKeyCriterion: "flow" };

describe("the sessions of an idle PNE in a PN (GWA-01, GWA-02)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("are renewed before their time ends, over and over, and the person sees nothing of it", async () => {
    const net = await new TestNetwork({ limits: short }).joined();
    const before = net.device.pne?.view.pn?.id;
    const notices = net.notices.length;
    await seconds(net, 1_000);
    assert.equal(net.device.pne?.view.pn?.id, before);
    assert.ok(net.notices.slice(notices).every((notice) => notice.kind === "state"));
    assert.equal(logged(net, "pn.rekeyed"), 5);
    assert.equal(logged(net, "pn.reauthenticated"), 5);
    assert.equal(await say(net, "sendToServer"), "message");
    assert.equal(await say(net, "sendToGateway"), "message");
    assert.equal(await net.network.serverStore.size("pns"), 1);
  });

  it("are renewed on a secure PAN too, where there is that with the Server only", async () => {
    const net = await new TestNetwork({ limits: short, devices: [secure] }).joined();
    await seconds(net, 1_000);
    assert.deepEqual([logged(net, "pn.rekeyed"), logged(net, "pn.reauthenticated")], [5, 0]);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("end no PN when the Server is away for longer than they last: it comes back by itself (GWA-01, PNR-14)", async () => {
    const net = await new TestNetwork({ limits: short }).joined();
    const before = net.device.pne?.view.pn?.id;
    net.network.backhaul.unreachable = true;
    await seconds(net, 195);
    const notices = net.notices.length;
    await seconds(net, 30);
    assert.equal(net.device.pne?.view.pn?.id, before);
    // What needs no Server works; what does is told for what it is, and nothing goes under keys that are over.
    assert.equal(await say(net, "sendToGateway"), "message");
    const sent = net.backhaul.length;
    assert.equal(await say(net, "sendToServer"), "result.serverUnreachable");
    assert.ok(!net.backhaul.slice(sent).some((octets) => everyMessage.decode(octets).name === "Relayed"));
    await seconds(net, 100_000);
    assert.equal(net.device.pne?.view.pn?.id, before);
    net.network.backhaul.unreachable = false;
    await seconds(net, 45);
    assert.equal(net.device.pne?.view.pn?.id, before);
    assert.equal(await say(net, "sendToServer"), "message");
    const kinds = new Set(net.notices.slice(notices).map(({ kind }) => kind));
    assert.deepEqual(
      [...kinds].sort(),
      ["failed", "message", "progress", "state"],
      "no joining, nor leaving",
    );
    assert.equal(await net.network.serverStore.size("pns"), 1);
    assert.equal(await net.network.serverStore.size("members"), 1);
    await seconds(net, 1_000);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("are tried again ever less often while the Server is away, and at least every half minute", async () => {
    const net = await new TestNetwork({ limits: short }).joined();
    net.network.backhaul.unreachable = true;
    await seconds(net, 200);
    const tries = async (time: number): Promise<number> => {
      const before = logged(net, "pne.notRenewed");
      await seconds(net, time);
      return logged(net, "pne.notRenewed") - before;
    };
    const first = await tries(60);
    assert.ok(first > 4 && first < 20, `${first}`);
    await seconds(net, 600);
    const later = await tries(600);
    // A try takes the five seconds after which the PN GW says that the Server is not there.
    assert.ok(later >= 16 && later <= 20, `${later}`);
  });

  for (const ahead of [3, 100_000]) {
    it(`end no PN when the Server's clock is set forward by ${ahead} times as long`, async () => {
      const net = await new TestNetwork({ limits: short }).joined();
      const before = net.device.pne?.view.pn?.id;
      net.network.serverAhead = Milliseconds(ahead * 200_000);
      // It hears of it at the next word, or when it renews its session.
      assert.equal(await say(net, "sendToServer"), "result.sessionExpired");
      await seconds(net, 5);
      assert.equal(await say(net, "sendToServer"), "message");
      net.network.serverAhead = Milliseconds(2 * ahead * 200_000);
      await seconds(net, 200);
      assert.equal(await say(net, "sendToServer"), "message");
      assert.equal(net.device.pne?.view.pn?.id, before);
      assert.equal(logged(net, "pn.left"), 0);
    });
  }

  it("are renewed when the Server is back in time", async () => {
    const net = await new TestNetwork({ limits: short }).joined();
    net.network.backhaul.unreachable = true;
    await seconds(net, 180);
    net.network.backhaul.unreachable = false;
    await seconds(net, 600);
    assert.ok(net.device.pne?.view.pn);
    assert.equal(await say(net, "sendToServer"), "message");
  });
});

describe("the sessions of a busy PNE (GWA-01)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("are renewed before their counters end, and no message is lost", async () => {
    const net = await new TestNetwork({ limits: few }).joined();
    for (let i = 0; i < 60; i++) {
      const text = `number ${i}`;
      const kind = i % 3 === 0 ? "sendToGateway" : "sendToServer";
      const notice = await net.run({ kind, text });
      assert.equal(notice?.kind, "message", `${i} ${outcome(notice)}`);
      assert.ok(notice.text.endsWith(text));
    }
    assert.ok(logged(net, "pn.rekeyed") >= 2);
    assert.ok(logged(net, "pn.reauthenticated") >= 3);
  });

  it("go on under the old keys when the answer to a renewal is lost, and are renewed later", async () => {
    const net = await new TestNetwork({ limits: short, devices: [secure] }).joined();
    let lost = 0;
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction === "toServer" || logged(net, "pn.rekeyed") !== 1 || lost > 1) return octets;
      lost++;
      return [];
    };
    await seconds(net, 187);
    assert.equal(lost, 2, "and the one to its repeat");
    assert.equal(await say(net, "sendToServer"), "message");
    await seconds(net, 60);
    assert.equal(logged(net, "pn.rekeyed"), 2);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("lose the link in the middle of a renewal: back, and both ends agree", async () => {
    for (let n = 0; n < 6; n++) {
      const net = await new TestNetwork({ limits: short }).joined();
      await seconds(net, 150);
      let seen = 0;
      net.hand = (fragment) => {
        if (seen++ === n) net.network.dropLink(net.device);
        return [fragment];
      };
      await seconds(net, 45);
      assert.ok(seen > n, `${n}`);
      assert.ok(net.device.pne?.view.pn, `${n}`);
      assert.equal(await say(net, "sendToServer"), "message", `${n}`);
      assert.equal(await say(net, "sendToGateway"), "message", `${n}`);
      await seconds(net, 400);
      assert.equal(await say(net, "sendToServer"), "message", `${n}`);
    }
  });
});

/** The RekeyRequest that the PNE sent on a secure PAN, where messages are in the clear. */
function requestOnAir(net: TestNetwork): Uint8Array {
  const halves = new Map<number, Reassembler>();
  let found: Uint8Array | undefined;
  for (const { link, direction, octets } of net.fragments) {
    const half = halves.get(link) ?? new Reassembler();
    halves.set(link, half);
    const message = direction === "toGateway" ? half.push(octets) : undefined;
    if (message !== undefined && everyMessage.decode(message).name === "RekeyRequest") found = message;
  }
  assert.ok(found);
  return found;
}

/** The Server's answer to a message that its PN GW relays for this PNE. */
async function answerTo(net: TestNetwork, origin: string, message: Uint8Array): Promise<Uint8Array> {
  let answer = new Uint8Array(0);
  const octets = encodeMessage(relayed, 9, { origin: fromHex(origin), message });
  net.network.gateway.server.exchange(octets, (result) => {
    if ("error" in result) return;
    const outer = everyMessage.decode(result.value);
    if (outer.name === "Relayed") answer = outer.body.message.slice();
  });
  await seconds(net, 5);
  return answer;
}

/** Its name, or the Result of a Failure. */
async function relay(net: TestNetwork, origin: string, message: Uint8Array): Promise<string> {
  const inner = everyMessage.decode(await answerTo(net, origin, message));
  return inner.name === "Failure" ? `Failure ${inner.body.result}` : inner.name;
}

describe("who attacks the renewal of the session with the Server", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  async function rekeyedOnce(): Promise<TestNetwork> {
    const net = await new TestNetwork({ limits: short, devices: [secure] }).joined();
    await seconds(net, 180);
    assert.equal(logged(net, "pn.rekeyed"), 1);
    return net;
  }
  const id = (net: TestNetwork): string => net.device.pne?.view.entityID ?? "";

  it("replays a request after the new session was used: refused, and the session goes on", async () => {
    const net = await rekeyedOnce();
    assert.equal(await say(net, "sendToServer"), "message");
    assert.equal(await relay(net, id(net), requestOnAir(net)), `Failure ${Result.refused}`);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("doubles a request before the new session is used: the same answer, and the session is the one that there is", async () => {
    const net = await rekeyedOnce();
    const request = requestOnAir(net);
    const first = await answerTo(net, id(net), request);
    assert.equal(everyMessage.decode(first).name, "RekeyResponse");
    assert.deepEqual(await answerTo(net, id(net), request), first);
    assert.equal(await say(net, "sendToServer"), "message");
    await seconds(net, 400);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("alters any part of a request, or relays it for another PNE: refused", async () => {
    const net = await rekeyedOnce();
    const request = requestOnAir(net);
    const message = fromPNE.decode(request);
    assert.ok(message.name === "RekeyRequest");
    for (const at of [30, 50, 62, 80, request.length - 1]) {
      const altered = request.slice();
      altered[at] = (altered[at] as number) ^ 1;
      assert.match(await relay(net, id(net), altered), /^Failure [14]$/, `${at}`);
    }
    assert.equal(await relay(net, "0011", request), `Failure ${Result.sessionExpired}`);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("uses a session whose EUKey was replaced: over, and proven anew by the one of now", async () => {
    const net = await new TestNetwork().joined();
    await net.network.serverStore.transaction(async (tables) => {
      const entity = await tables.entities.get(id(net));
      assert.ok(entity?.committed);
      const committed = { ...entity.committed, id: new Uint8Array(8).fill(3) };
      await tables.entities.put(id(net), { ...entity, committed });
    });
    assert.equal(await say(net, "sendToServer"), "result.sessionExpired");
    await seconds(net, 5);
    const [member] = await net.network.serverStore.read(({ members }) => members.find("entity", id(net), 2));
    assert.deepEqual(member?.value.session?.keyID, new Uint8Array(8).fill(3));
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("mixes the records of the old and the new session: each opens under its own only", async () => {
    const net = await rekeyedOnce();
    const member = async () => {
      const all = net.network.serverStore.rows().pns;
      const id = await name();
      return all.find(([one]) => one === id)?.[1].members[0];
    };
    const name = async (): Promise<string> => {
      const gateway = hex(net.network.gatewayID);
      return `${gateway}/${net.device.pne?.view.pn?.id}`;
    };
    const staged = await member();
    const next = staged?.staged?.[0];
    assert.ok(staged?.session && next);
    assert.notEqual(hex(staged.session.sk), hex(next.sk));
    assert.equal(await say(net, "sendToServer"), "message");
    const after = await member();
    assert.equal(after?.staged, undefined);
    assert.equal(hex(after?.session?.sk ?? new Uint8Array(0)), hex(next.sk));
    assert.deepEqual([after?.session?.received, after?.session?.next], [1, 2]);
  });
});

describe("a PNE without a LocalEUKey whose link is lost", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("is vouched for by the Server, and its PN goes on", async () => {
    const net = await new TestNetwork({ devices: [noLocalKey] }).joined();
    const before = net.device.pne?.view.pn?.id;
    net.network.dropLink(net.device);
    await seconds(net, 5);
    const pn = net.device.pne?.view.pn;
    assert.deepEqual([pn?.id, pn?.away], [before, false]);
    assert.equal(logged(net, "pn.vouched"), 1);
    assert.equal(await say(net, "sendToServer"), "message");
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  for (const devices of [[noLocalKey], [secure], [keypad]])
    it(`is back when its PN GW was away for longer than any session: ${devices[0] === noLocalKey ? "without" : "with"} a LocalEUKey, ${devices[0]?.secure === true ? "secure" : "insecure"} PAN`, async () => {
      const net = await new TestNetwork({ limits: short, devices }).joined();
      const before = net.device.pne?.view.pn?.id;
      const night = net.network.gatewayFlash.snapshot();
      net.network.setRange(net.device, false);
      await seconds(net, 10 * 3_600);
      net.network.gatewayFlash.restore(night);
      net.network.restartGateway();
      net.network.setRange(net.device, true);
      const said = net.notices.length;
      await seconds(net, 60);
      const pn = net.device.pne?.view.pn;
      assert.deepEqual([pn?.id, pn?.away], [before, false]);
      assert.ok(net.notices.slice(said).every(({ kind }) => kind === "state"));
      assert.equal(await say(net, "sendToServer"), "message");
      assert.equal(await say(net, "sendToGateway"), "message");
    });

  it("is not let in on the word of one who claims to be it", async () => {
    const net = await new TestNetwork({ devices: [noLocalKey] }).joined();
    net.network.setRange(net.device, false);
    await seconds(net, 1);
    // The claimed identity reaches the Server, a HASH without the EUKey does not hold.
    assert.equal(logged(net, "pn.vouched"), 0);
    net.hand = (fragment, direction) => {
      if (direction === "toPNE" || fragment.length < 60) return [fragment];
      const altered = fragment.slice();
      altered[altered.length - 1] = (altered[altered.length - 1] as number) ^ 1;
      return [altered];
    };
    net.network.setRange(net.device, true);
    await seconds(net, 30);
    assert.equal(logged(net, "pn.vouched"), 0);
    assert.equal(net.device.pne?.view.pn, undefined, "it has given up");
  });
});

describe("a message that the person sends while a session is being renewed", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("waits for the new session and arrives", async () => {
    const net = await new TestNetwork({ limits: short }).joined();
    let caught = false;
    net.onTraffic = () => {
      if (caught || logged(net, "pn.rekeyed") === 0) return;
      caught = true;
      net.clock.after(Milliseconds(0), () => net.device.command({ kind: "sendToServer", text: "now" }));
    };
    await seconds(net, 190);
    assert.equal(caught, true);
    const last = net.notices.filter((notice) => notice.kind !== "state").at(-1);
    assert.deepEqual(last, { kind: "message", from: "server", text: "Server got: now" });
  });
});
