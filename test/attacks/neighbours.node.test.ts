import assert from "node:assert/strict";
import { simulatorKey } from "../../hosts/simulator/network/images.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { Result } from "../../src/codec/results.js";
import { encode } from "../../src/codec/schema.js";
import {
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  euKeyAssignmentShare,
  nonceLength,
} from "../../src/protocols/enrolment/messages.js";
import { pnSetupResponseOfPNE } from "../../src/protocols/network/invitations.js";
import {
  LinkKey,
  pneInfo,
  pnRegistrationRequest,
  pnSetupRequest,
  SetupType,
} from "../../src/protocols/network/messages.js";
import { userInfoInstallRequest } from "../../src/protocols/provisioning/messages.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { SensorNetwork, secureSensor, sensorID } from "../support/noUI.js";
import { exchange } from "../support/registering.js";
import { Stranger } from "../support/stranger.js";

const info = (entityID: Uint8Array): Uint8Array =>
  encode(pneInfo, { entityID, flags: 3, linkKey: LinkKey.localEUKey });
const rand = (octet: number): Uint8Array => new Uint8Array(32).fill(octet);

const enrolment =
  (entityID: Uint8Array) =>
  (exchange: number): Uint8Array =>
    encodeMessage(euKeyAssignmentRequest, exchange, {
      entityID,
      userID: ascii("mallory"),
      nonce: new Uint8Array(nonceLength).fill(7),
      methods: [Method.spake2plus],
    });

const setup =
  (entityID: Uint8Array, setupType: number = SetupType.oneToOne) =>
  (exchange: number): Uint8Array =>
    encodeMessage(pnSetupRequest, exchange, {
      setupType,
      pneInfo: info(entityID),
      rand: rand(9),
    });

/** Messages of this kind that the Server has answered, by its log. */
const openAtServer = (net: TestNetwork): number =>
  net.network.serverStore.rows().pns.filter(([, pn]) => !pn.established).length;

describe("who cannot be a member, in what a PN GW registers (PNI-04b)", () => {
  it("is left out by the Server alone, and nobody for him: a RAND of zeros, one's Entity ID twice, no PNEInfo", async () => {
    const net = await new TestNetwork().start();
    const member = (name: string, value: number, pneInfo = info(ascii(name))) => ({
      rand: rand(value),
      pneInfo,
      flags: 0,
    });
    const members = [
      member("zeros", 0),
      member("twice", 1),
      member("twice", 2),
      member("none", 3, Uint8Array.of(0xff)),
      member("honest", 4),
    ];
    const body = { pnID: new Uint8Array(16).fill(5), setupType: SetupType.all, members };
    const octets = await exchange(net, encodeMessage(pnRegistrationRequest, 1, body));
    const answer = everyMessage.decode(octets as Uint8Array, 16_384);
    assert.ok(answer.name === "PNAuthenticationRequest", answer.name);
    assert.deepEqual(
      answer.body.members.map(({ entityID }) => String.fromCharCode(...entityID)),
      ["twice", "honest"],
    );
  });
});

describe("a PN GW that registers a PN of devices that may not join there (PNI-05a)", () => {
  it("does not learn who is enrolled, and moves nobody's LocalEUKey number", async () => {
    const net = await new TestNetwork({ policy: "ownership" }).enrolled();
    const enrolled = fromHex(net.device.pne?.view.entityID ?? assert.fail());
    const unknown = enrolled.map((octet) => octet ^ 1);
    const members = [enrolled, unknown].map((id, at) => ({
      rand: rand(at + 1),
      pneInfo: info(id),
      flags: 0,
    }));
    const before = net.network.serverStore.get("histories", hex(enrolled))?.localKeyID;
    const body = { pnID: new Uint8Array(16).fill(6), setupType: SetupType.all, members };
    const octets = await exchange(net, encodeMessage(pnRegistrationRequest, 1, body));
    const answer = everyMessage.decode(octets as Uint8Array, 16_384);
    assert.ok(answer.name === "PNAuthenticationRequest", answer.name);
    const shapes = answer.body.members.map(({ entityID: _, ...rest }) => Object.keys(rest).sort().join());
    assert.equal(shapes.length, 2);
    assert.equal(shapes[0], shapes[1]);
    assert.equal(net.network.serverStore.get("histories", hex(enrolled))?.localKeyID, before);
  });
});

describe("a stranger among those who are asked into a PN", () => {
  async function invited(): Promise<{ net: Family; pnID: Uint8Array; stranger: Stranger }> {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id))).ready();
    const stranger = await new Stranger(net).claim(ascii("stranger"));
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    const asked = stranger.heard.find((one) => one.name === "PNSetupRequest.gateway");
    assert.ok(asked?.name === "PNSetupRequest.gateway");
    return { net, pnID: asked.body.pnID, stranger };
  }

  const accept =
    (pnID: Uint8Array, entityID: Uint8Array, value: Uint8Array) =>
    (exchange: number): Uint8Array =>
      encodeMessage(pnSetupResponseOfPNE, exchange, {
        pnID,
        result: Result.ok,
        pneInfo: info(entityID),
        rand: value,
      });

  async function theOthersAreIn(net: Family, asked = ["kitchen", "hall"]): Promise<void> {
    for (const id of asked) net.command(id, { kind: "acceptInvitation" });
    await net.pass(60);
    for (const id of ["kitchen", "hall"]) assert.deepEqual(net.members(id), ["hall", "kitchen"]);
  }

  it("who says yes with a RAND of zeros is refused alone", async () => {
    const { net, pnID, stranger } = await invited();
    assert.equal(await stranger.ask(accept(pnID, ascii("stranger"), rand(0))), "Failure 4");
    await theOthersAreIn(net);
  });

  it("who claims the Entity ID of a connected device is refused alone, once that device has said yes", async () => {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id))).ready();
    const claimed = fromHex(net.id("kitchen"));
    const stranger = await new Stranger(net).claim(claimed);
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    net.command("kitchen", { kind: "acceptInvitation" });
    await net.pass(2);
    const asked = stranger.heard.find((one) => one.name === "PNSetupRequest.gateway");
    assert.ok(asked?.name === "PNSetupRequest.gateway");
    assert.equal(await stranger.ask(accept(asked.body.pnID, claimed, rand(3))), "Failure 1");
    await theOthersAreIn(net, ["hall"]);
  });

  it("who never proves himself is left out, and the others are in (C-16)", async () => {
    const { net, pnID, stranger } = await invited();
    stranger.tell(accept(pnID, ascii("stranger"), rand(3)));
    await theOthersAreIn(net);
  });
});

describe("a stranger who fills what all at a PN GW share", () => {
  it("opens a few exchanges on a link, and a share of all on many: an owner still enrols", async () => {
    const net = await new TestNetwork().start();
    const answers = new Map<string, number>();
    for (let peer = 0; peer < 60; peer++) {
      const entityID = ascii(`stranger-${peer}`);
      const stranger = await new Stranger(net).claim(entityID);
      for (let i = 0; i < 6; i++) {
        const answer = await stranger.ask(enrolment(entityID));
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
      stranger.leave();
    }
    const opened = answers.get("EUKeyAssignmentResponse.challenge") ?? 0;
    assert.ok(opened <= 180, `${opened} exchanges`);
    assert.equal(answers.get("Failure 3"), 360 - opened);
    assert.equal(outcome(await net.enrol()), "enrolled");
  }).timeout(60_000);

  it("opens no more on many links at once than an exchange outlasts that an owner has begun", async () => {
    const net = await new TestNetwork().start();
    const strangers: { readonly stranger: Stranger; readonly entityID: Uint8Array }[] = [];
    for (let peer = 0; peer < 400; peer++) {
      const entityID = ascii(`stranger-${peer}`);
      strangers.push({ stranger: await new Stranger(net).claim(entityID), entityID });
    }
    let heard = 0;
    net.onFragment = (_device, { direction }) => {
      // Its exchange is open from the second answer on: the first one is of the discovery.
      if (direction !== "toPNE" || ++heard !== 2) return;
      for (const { stranger, entityID } of strangers) stranger.tell(enrolment(entityID));
    };
    assert.equal(outcome(await net.enrol()), "enrolled");
    await net.clock.runFor(Milliseconds(10_000));
    const answers = strangers.flatMap(({ stranger }) => stranger.heard.map(({ name }) => name));
    const opened = answers.filter((name) => name === "EUKeyAssignmentResponse.challenge").length;
    // 64 at once, and 40 a second in the 4 s that one may wait.
    assert.ok(opened > 64 && opened <= 224, `${opened} exchanges`);
  }).timeout(60_000);

  it("leaves no PN behind at the Server that nobody proves himself in", async () => {
    const net = await new TestNetwork().enrolled();
    for (let peer = 0; peer < 12; peer++) {
      const entityID = ascii(`stranger-${peer}`);
      const stranger = await new Stranger(net).claim(entityID);
      for (let i = 0; i < 10; i++) await stranger.ask(setup(entityID));
      stranger.leave();
    }
    await net.clock.runFor(30_000 as never);
    assert.equal(openAtServer(net), 0);
    assert.equal(outcome(await net.join()), "joined");
  }).timeout(60_000);

  it("holds up nobody for long who starts a PN after one of his in which he says nothing more (PNI-01)", async () => {
    for (const before of [10, 200, 1_000, 15_000]) {
      const net = await new TestNetwork().enrolled();
      const entityID = ascii("stranger");
      const stranger = await new Stranger(net).claim(entityID);
      stranger.tell(setup(entityID, SetupType.all));
      await net.clock.runFor(Milliseconds(before));
      assert.equal(outcome(await net.run({ kind: "createPN", who: "all" })), "joined", `${before} ms`);
    }
  });

  it("holds up nobody who starts a PN by one of his that cannot begin: its PNEInfo is another's (PNI-01)", async () => {
    const net = await new TestNetwork().enrolled();
    const entityID = ascii("stranger");
    const stranger = await new Stranger(net).claim(entityID);
    assert.match(await stranger.ask(setup(ascii("another"), SetupType.all)), /^Failure/);
    assert.equal(outcome(await net.run({ kind: "createPN", who: "all" })), "joined");
  });

  for (const [what, make] of [
    [
      "proof",
      (n: number, handle: Uint8Array) => encodeMessage(euKeyAssignmentProof, n, { handle, proof: rand(1) }),
    ],
    [
      "share",
      (n: number, handle: Uint8Array) =>
        encodeMessage(euKeyAssignmentShare, n, { handle, share: simulatorKey }),
    ],
  ] as const)
    it(`cannot use up the exchange of another link by a ${what} with its handle, whatever Entity ID he claims`, async () => {
      const net = await new TestNetwork({
        devices: [{ id: "keypad", keypad: "matrix", secure: false }],
      }).start();
      let stranger: Stranger | undefined;
      let told = "nothing";
      net.onFragment = (device, { direction, octets }) => {
        if (direction !== "toPNE" || octets[6] !== 6 || stranger !== undefined) return;
        const entityID = net.network.pneLink(device)?.entityID ?? assert.fail();
        const handle = octets.slice(octets.length - 8);
        stranger = new Stranger(net);
        void stranger.claim(entityID).catch(() => {});
        net.clock.after(60 as never, () => {
          stranger?.tell((exchange) => make(exchange, handle));
        });
      };
      told = outcome(await net.enrol());
      assert.equal(told, "enrolled");
      const refused = stranger?.heard.filter((one) => one.name === "Failure") ?? [];
      assert.equal(refused.length, 1);
      assert.ok(!net.log.some((line) => line.startsWith("server enrol.refused")));
    });
});

describe("two links that claim to be one device", () => {
  const enrol = async (net: SensorNetwork, how: "credentials" | "temporaryKey"): Promise<string> => {
    let told = "nothing";
    net.network.gateway.command(
      {
        ...{ kind: "enrolDevice", device: hex(sensorID), how },
        ...{ userID: ascii(alice.userID), password: ascii(alice.password) },
      },
      (over) => {
        told = ended(over);
      },
    );
    await net.clock.runWhile(() => told === "nothing", 120_000 as never);
    return told;
  };

  it("get no credentials, neither, when both are bonded (SEC-04)", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    const stranger = await new Stranger(net, true).claim(sensorID, 2);
    assert.equal(await enrol(net, "credentials"), "device.twice");
    const secrets = stranger.heard.filter((one) => one.name === userInfoInstallRequest.name);
    assert.equal(secrets.length, 0);
    stranger.leave();
    assert.equal(await enrol(net, "credentials"), "done");
  });

  it("do not hinder the one whose link a person has confirmed (SEC-04)", async () => {
    const net = await new SensorNetwork(secureSensor).start();
    const stranger = await new Stranger(net).claim(sensorID, 2);
    assert.equal(await enrol(net, "credentials"), "done");
    assert.ok(!stranger.heard.some((one) => one.name === userInfoInstallRequest.name));
  });

  it("do not hinder the one that has the Temporary Key, whichever comes first (SEC-05, SEC-06)", async () => {
    const net = new SensorNetwork();
    await TestNetwork.prototype.start.call(net);
    const first = await new Stranger(net).claim(sensorID, 2);
    await net.pass(5);
    assert.equal(await enrol(net, "temporaryKey"), "done");
    assert.ok(
      first.heard.some((one) => one.name === "EUKeyAssignmentTrigger"),
      "it was asked first",
    );
    assert.equal(net.origin, "gatewayEscrow");
  });
});
