import assert from "node:assert/strict";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { Reassembler } from "../../src/link/fragment.js";
import { absenceTime } from "../../src/pne/reconnect.js";
import { absenceTime as gatewayAbsence } from "../../src/protocols/network/member.js";
import { outcome, TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

/** Messages in the clear and records on the air since fragment `from`, by name. */
function onAir(net: TestNetwork, from: number): readonly string[] {
  const halves = new Map<string, Reassembler>();
  const names: string[] = [];
  for (const { link, direction, octets } of net.fragments.slice(from)) {
    const half = halves.get(`${link}/${direction}`) ?? new Reassembler();
    halves.set(`${link}/${direction}`, half);
    const message = half.push(octets);
    if (message !== undefined) names.push(message[0] === 1 ? "record" : everyMessage.decode(message).name);
  }
  return names;
}

const seconds = (net: TestNetwork, time: number): Promise<void> =>
  net.clock.runFor(Milliseconds(time * 1000));
const say = async (net: TestNetwork, kind: "sendToServer" | "sendToGateway"): Promise<string> =>
  outcome(await net.run({ kind, text: "hello" }));
const resumes = ["ResumeRequest", "ResumeResponse"];
const full = ["EntityDiscoveryRequest", "EntityDiscoveryResponse"].concat([
  "ConnectRequest",
  "AuthenticateRequest",
  "AuthenticateResponse",
  "ConnectResponse",
]);

describe("a PNE in a PN whose link is lost (GWA-01, GWA-02, C-15)", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  it("resumes on the next connection in one round trip of at most 60 octets, and the PN goes on", async () => {
    const net = await new TestNetwork().joined();
    const before = net.device.pne?.view.pn?.id;
    const notices = net.notices.length;
    const from = net.fragments.length;
    net.network.dropLink(net.device);
    assert.equal(net.device.pne?.view.pn?.away, true);
    await seconds(net, 3);
    const view = net.device.pne?.view.pn;
    assert.deepEqual([view?.id, view?.away, view?.secure], [before, false, true]);
    assert.deepEqual(onAir(net, from), resumes);
    const octets = net.fragments.slice(from).reduce((sum, one) => sum + one.octets.length, 0);
    assert.ok(octets <= 60, `${octets}`);
    assert.ok(net.notices.slice(notices).every((notice) => notice.kind === "state"));
    assert.equal(net.network.pneLink(net.device)?.protected, true);
    assert.equal(await say(net, "sendToServer"), "message");
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  it("resumes again and again", async () => {
    const net = await new TestNetwork().joined();
    for (let i = 0; i < 5; i++) {
      const from = net.fragments.length;
      net.network.dropLink(net.device);
      await seconds(net, 3);
      assert.deepEqual(onAir(net, from), resumes, `${i}`);
      assert.equal(await say(net, "sendToServer"), "message");
    }
  });

  it("authenticates in full after 32 resumptions, and goes on", async () => {
    const net = await new TestNetwork().joined();
    for (let i = 0; i <= 33; i++) {
      const from = net.fragments.length;
      net.network.dropLink(net.device);
      await seconds(net, 3);
      assert.deepEqual(onAir(net, from), i === 32 ? full : resumes, `${i}`);
    }
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  it("authenticates in full when its ticket is used up, its answer lost, or the PN GW has forgotten it", async () => {
    const net = await new TestNetwork().joined();
    let cut = true;
    const first = net.fragments.length;
    net.hand = (fragment, direction) => {
      if (direction === "toGateway" || !cut) return [fragment];
      cut = false;
      net.network.dropLink(net.device);
      return [];
    };
    net.network.dropLink(net.device);
    await seconds(net, 5);
    assert.deepEqual(onAir(net, first).slice(-full.length), full);
    assert.equal(net.device.pne?.view.pn?.away, false);
    assert.equal(await say(net, "sendToServer"), "message");
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  for (const fault of ["lost", "doubled", "truncated", "cut"] as const) {
    it(`comes back when a fragment of its return is ${fault}, whichever it is, and both ways work`, async () => {
      for (let n = 0; n < 8; n++) {
        const net = await new TestNetwork().joined();
        let seen = 0;
        // The first link after the loss is the one that resumes; from n = 2 on it has to authenticate in full.
        net.hand = (fragment) => {
          const now = seen++;
          if (n >= 2 && now === 1) {
            net.network.dropLink(net.device);
            return [];
          }
          if (now !== n) return [fragment];
          if (fault === "doubled") return [fragment, fragment];
          if (fault === "truncated") return [fragment.slice(0, -1)];
          if (fault === "cut") net.network.dropLink(net.device);
          return [];
        };
        net.network.dropLink(net.device);
        await seconds(net, 45);
        assert.ok(seen > n, `${n}`);
        assert.equal(net.device.pne?.view.pn?.away, false, `${n}`);
        assert.equal(await say(net, "sendToGateway"), "message", `${n}`);
        assert.equal(await say(net, "sendToServer"), "message", `${n}`);
      }
    });
  }

  it("comes back when the time of its sessions is over while it is away, and the Server renews them (GWA-01)", async () => {
    const net = await new TestNetwork({ limits: { records: 1000, lifetime: Seconds(60) } }).joined();
    const before = net.device.pne?.view.pn?.id;
    net.network.setRange(net.device, false);
    await seconds(net, 100);
    net.network.setRange(net.device, true);
    await seconds(net, 15);
    assert.deepEqual([net.device.pne?.view.pn?.id, net.device.pne?.view.pn?.away], [before, false]);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("comes back on a secure PAN, where there is no session to resume, by its LocalEUKey", async () => {
    const devices = [{ id: "keypad", keypad: "matrix" as const, secure: true }];
    const net = await new TestNetwork({ devices }).joined();
    const from = net.fragments.length;
    net.network.dropLink(net.device);
    await seconds(net, 3);
    assert.deepEqual(onAir(net, from), full);
    assert.equal(net.device.pne?.view.pn?.away, false);
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  it("is told that it cannot send meanwhile, and goes on afterwards", async () => {
    const net = await new TestNetwork().joined();
    net.network.setRange(net.device, false);
    assert.equal(await say(net, "sendToServer"), "linkLost");
    assert.equal(net.device.pne?.view.pn?.away, true);
    net.network.setRange(net.device, true);
    await seconds(net, 3);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("loses its link while it sends: told, and the session with the Server goes on", async () => {
    for (const n of [0, 1]) {
      const net = await new TestNetwork().joined();
      let left = n;
      net.hand = (fragment) => {
        if (left-- === 0) net.network.dropLink(net.device);
        return [fragment];
      };
      assert.equal(await say(net, "sendToServer"), "linkLost");
      assert.equal(await say(net, "sendToServer"), "message", `${n}`);
    }
  });

  it("has left for the PN GW and the Server when it does not come back in time, and hears of it when it does", async () => {
    const net = await new TestNetwork().joined();
    net.network.setRange(net.device, false);
    await net.clock.runFor(Milliseconds(gatewayAbsence + 5_000));
    assert.equal(net.device.pne?.view.pn?.away, true);
    assert.equal(net.network.gateway.pns.pns.length, 0);
    assert.equal(await net.network.serverStore.size("pns"), 0);
    net.network.setRange(net.device, true);
    await seconds(net, 45);
    assert.equal(net.device.pne?.view.pn, undefined);
    assert.equal(outcome(net.notices[net.notices.length - 1]), "pn.lost");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("waits a day for a gateway that is away, and not longer", async () => {
    const net = await new TestNetwork().joined();
    net.network.setRange(net.device, false);
    await net.clock.runFor(Milliseconds(absenceTime - 1));
    assert.equal(net.device.pne?.view.pn?.away, true);
    await net.clock.runFor(Milliseconds(2));
    assert.equal(net.device.pne?.view.pn, undefined);
    assert.equal(outcome(net.notices[net.notices.length - 1]), "pn.lost");
  });

  it("can leave, enrol or be reset while it waits, and waits no longer", async () => {
    for (const what of ["leavePN", "factoryReset"] as const) {
      const net = await new TestNetwork().joined();
      net.network.setRange(net.device, false);
      assert.ok(["left", "resetDone"].includes(outcome(await net.run({ kind: what }))));
      assert.equal(net.device.advertised, undefined);
      assert.equal(net.device.pne?.view.pn, undefined);
      await net.clock.runFor(Milliseconds(absenceTime));
      assert.ok(!net.notices.some((notice) => notice.kind === "failed"));
    }
    const net = await new TestNetwork().joined();
    net.network.dropLink(net.device);
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(net.network.gateway.pns.pns.length, 1, "the old membership ended with the new one");
  });

  it("has forgotten its sessions after a power cut, and proves itself to the Server anew", async () => {
    const net = await new TestNetwork().joined();
    const before = net.device.pne?.view.pn?.id;
    const from = net.fragments.length;
    net.device.powerOff();
    net.device.powerOn();
    await seconds(net, 10);
    const { id, away, secure } = net.device.pne?.view.pn ?? {};
    assert.deepEqual([id, away, secure], [before, false, true]);
    assert.deepEqual(onAir(net, from).slice(0, 4), [
      "EntityDiscoveryRequest",
      "EntityDiscoveryResponse",
      "PNSetupNotifyResponse",
      "AuthenticationRequest",
    ]);
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("gives up after three connections to a gateway that cannot prove itself", async () => {
    const net = await new TestNetwork().joined();
    net.network.setRogue(true);
    await seconds(net, 20);
    assert.equal(net.device.pne?.view.pn, undefined);
    assert.equal(outcome(net.notices[net.notices.length - 1]), "pn.lost");
    assert.equal(net.device.pne?.view.keys, "enrolled");
    net.network.setRogue(false);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("finds its gateway again behind a false one that was there first", async () => {
    const net = await new TestNetwork().joined();
    net.network.setRogue(true);
    await net.clock.runFor(Milliseconds(150));
    net.network.setRogue(false);
    await seconds(net, 15);
    assert.equal(net.device.pne?.view.pn?.away, false);
    assert.equal(await say(net, "sendToGateway"), "message");
  });
});

describe("the PN GW's side of a lost link", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  /** A stranger's connection to the PN GW; what comes back, by name. */
  function stranger(net: TestNetwork, fragments: readonly Uint8Array[]): readonly string[] {
    const names: string[] = [];
    const half = new Reassembler();
    let closed = false;
    const link = net.network.gateway.connected({
      secure: false,
      maximumWrite: 182,
      write: (fragment, sent) => {
        const message = half.push(fragment);
        if (message !== undefined)
          names.push(message[0] === 1 ? "record" : everyMessage.decode(message).name);
        sent();
      },
      disconnect: () => {
        closed = true;
      },
    });
    for (const fragment of fragments) if (!closed) link?.fragment(fragment);
    return names;
  }

  /** The request of a resumption, caught on the air, and the network after it. */
  async function caught(deliver: boolean): Promise<readonly [TestNetwork, Uint8Array]> {
    const net = await new TestNetwork().joined();
    let request: Uint8Array | undefined;
    net.hand = (fragment, direction) => {
      if (direction !== "toGateway" || request !== undefined) return [fragment];
      request = fragment.slice();
      if (deliver) return [fragment];
      net.network.setRange(net.device, false);
      return [];
    };
    net.network.dropLink(net.device);
    await seconds(net, 3);
    net.hand = undefined;
    assert.ok(request);
    return [net, request];
  }

  it("refuses a resumption that is replayed, and the PNE is not disturbed", async () => {
    const [net, request] = await caught(true);
    assert.deepEqual(stranger(net, [request]), ["Failure"]);
    assert.equal(await say(net, "sendToGateway"), "message");
    assert.equal(await say(net, "sendToServer"), "message");
  });

  it("gives who brings a request that was held back a link without keys; the PNE comes back in full", async () => {
    const [net, request] = await caught(false);
    assert.deepEqual(stranger(net, [request, request]), ["ResumeResponse"]);
    net.network.setRange(net.device, true);
    await seconds(net, 5);
    assert.equal(net.device.pne?.view.pn?.away, false);
    assert.equal(await say(net, "sendToGateway"), "message");
  });

  it("refuses a held request when the PNE has left, was enrolled anew, or the PN GW's own key was replaced", async () => {
    const events: Readonly<Record<string, (net: TestNetwork) => Promise<unknown>>> = {
      "out of time": (net) => net.clock.runFor(Milliseconds(gatewayAbsence)),
      "joined elsewhere": (net) => {
        net.network.setRange(net.device, true);
        return net.join();
      },
      "EUKey of the PN GW": async (net) => net.network.gateway.pns.forgetSessions(),
    };
    for (const [name, event] of Object.entries(events)) {
      const [net, request] = await caught(false);
      await event(net);
      assert.deepEqual(stranger(net, [request]), ["Failure"], name);
    }
  });

  it("refuses a request cut short, altered, or on a connection that is already known", async () => {
    const [net, request] = await caught(false);
    const altered = request.slice();
    altered[altered.length - 1] = (altered[altered.length - 1] as number) ^ 1;
    assert.deepEqual(stranger(net, [altered]), ["Failure"]);
    assert.deepEqual(stranger(net, [request.slice(0, -1)]), []);
    assert.deepEqual(stranger(net, [request]), ["ResumeResponse"], "nothing of this has used it up");
  });

  it("takes a PNE back whose old link it still believes in", async () => {
    const net = await new TestNetwork().joined();
    const old = net.network.pneLink(net.device);
    net.device.link?.vanish("pne");
    net.device.powerOff();
    assert.equal(old?.established, true);
    net.device.powerOn();
    await seconds(net, 1);
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(net.network.gateway.pns.pns.length, 1);
  });
});
