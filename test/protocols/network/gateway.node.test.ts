import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Result } from "../../../src/codec/results.js";
import { SetupType } from "../../../src/protocols/network/messages.js";
import { GatewayPN } from "../../support/gatewayPN.js";

let bench: GatewayPN;
function begin(): void {
  bench = new GatewayPN();
}

const said = () => bench.asked.map(({ name }) => name);
const both = ["PNRegistrationRequest", "PNAuthenticationResponse"];

describe("a PN that a PNE starts at its PN GW (PNI-01, PNI-02)", () => {
  beforeEach(begin);

  it("invites all that are there, by its name and the PN's, and is made of those who say yes", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    assert.equal(kitchen?.wish(SetupType.all, { name: "Kitchen", alias: "Home" }), undefined);
    assert.deepEqual(kitchen?.news(), []);
    for (const one of [hall, cellar]) assert.deepEqual(one?.news(), ["PNSetupNotify kitchen Kitchen Home"]);
    hall?.say();
    assert.deepEqual([hall?.news(), said()], [[], []], "somebody has not answered");
    cellar?.say(Result.declined);
    assert.deepEqual(cellar?.news(), ["Acknowledgement"]);
    assert.deepEqual(said(), both);
    const [registration, proof] = bench.asked;
    assert.ok(registration?.name === "PNRegistrationRequest" && proof?.name === "PNAuthenticationResponse");
    assert.deepEqual(
      registration.body.members.map(({ flags }) => flags),
      [2, 0],
    );
    assert.deepEqual([registration.body.setupType, registration.body.alias], [SetupType.all, undefined]);
    assert.equal(registration.body.gatewayInfo?.links, 9);
    assert.deepEqual(
      proof.body.members.map(({ entityID }) => entityID),
      [ascii("kitchen"), ascii("hall")],
    );
    assert.deepEqual(kitchen?.news(), ["AuthenticationRequest", "PNSetupResponse ok kitchen,hall"]);
    assert.deepEqual(hall?.news(), ["AuthenticationRequest", "PNEstablishmentNotify ok kitchen,hall"]);
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    const { initiator, open, members } = bench.pns.pns[0] ?? {};
    assert.deepEqual(
      [initiator, open, members?.map(({ started }) => started)],
      [ascii("kitchen"), true, [true, false]],
    );
    assert.deepEqual(bench.logged, ["pn.established"]);
    assert.equal(bench.changes, 1);
  });

  it("waits 45 s for those who say nothing, and 20 s for those who do not prove themselves (C-16)", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.say();
    if (hall) hall.proves = false;
    bench.pass(44.9);
    assert.deepEqual(said(), []);
    bench.pass(0.1);
    assert.deepEqual(said(), ["PNRegistrationRequest"]);
    bench.pass(19.9);
    assert.deepEqual(said(), ["PNRegistrationRequest"]);
    bench.pass(0.1);
    assert.deepEqual(said(), both);
    assert.deepEqual(kitchen?.heard.at(-1), "PNSetupResponse ok kitchen");
    assert.deepEqual(hall?.heard.at(-1), "AuthenticationRequest", "it has nothing to be answered");
    assert.deepEqual(hall?.proveIn(hall.invitation ?? new Uint8Array(16)), "protocol.unexpected");
    assert.deepEqual(cellar?.heard.length, 1);
    assert.deepEqual(bench.networks, ["kitchen"]);
    bench.pass(1);
    assert.equal(bench.clock.armed, 0);
  });

  it("invites only those of a list, or nobody, and others come into neither later", () => {
    const [kitchen, hall, cellar, porch] = bench.all("kitchen", "hall", "cellar", "porch");
    kitchen?.wish(SetupType.list, { targets: ["cellar", "attic", "kitchen"] });
    assert.deepEqual([hall?.news(), cellar?.news()], [[], ["PNSetupNotify kitchen - -"]]);
    cellar?.say();
    hall?.wish(SetupType.oneToOne);
    assert.deepEqual(bench.networks, ["kitchen,cellar", "hall"]);
    assert.deepEqual(
      bench.pns.pns.map(({ open }) => open),
      [false, false],
    );
    bench.pass(1);
    for (const one of [kitchen, cellar, hall]) if (one) one.idle = false;
    porch?.wish();
    assert.deepEqual(bench.networks, ["kitchen,cellar", "hall", "porch"]);
  });

  it("invites nobody who is busy, unknown, or takes part in something else", () => {
    const [kitchen, hall, cellar, porch] = bench.all("kitchen", "hall", "cellar", "porch");
    if (hall) hall.idle = false;
    if (cellar) cellar.entityID = undefined;
    kitchen?.wish();
    assert.deepEqual([hall?.news(), cellar?.news(), porch?.news().length], [[], [], 1]);
    if (hall) hall.idle = true;
    assert.equal(bench.create("all").outcome, "nothing");
    assert.deepEqual([hall?.news(), porch?.news()], [["PNSetupRequest.gateway -"], []]);
    assert.ok(porch && bench.pns.takesPart(porch.link));
  });

  it("ends for all when who has started it goes, while nobody is in", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.say();
    kitchen?.lose();
    assert.deepEqual(hall?.heard.at(-1), "PNEstablishmentNotify noRoute");
    assert.equal(cellar?.say(), undefined);
    assert.deepEqual(cellar?.heard.at(-1), "Failure noRoute");
    assert.deepEqual([bench.networks, said()], [[], []]);
  });

  it("goes on without an invited one whose link is lost", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.lose();
    cellar?.say();
    assert.deepEqual(bench.networks, ["kitchen,cellar"]);
  });

  it("tells each what the Server says of it, and why there is none (PNR-12, PNR-15)", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    bench.refused.set("hall", Result.notAuthorized);
    kitchen?.wish();
    hall?.say();
    assert.deepEqual(hall?.heard.at(-1), "PNEstablishmentNotify notAuthorized");
    assert.deepEqual(bench.networks, ["kitchen"]);
    bench = new GatewayPN();
    bench.refused.set("kitchen", Result.notAuthorized);
    const [alone] = bench.all("kitchen");
    alone?.wish();
    assert.deepEqual(alone?.heard.at(-1), "PNSetupResponse notAuthorized");
    assert.deepEqual(bench.networks, []);
    for (const result of [Result.full, Result.notAuthorized, Result.protocol]) {
      bench = new GatewayPN();
      bench.refusal = result;
      const [one] = bench.all("kitchen");
      one?.wish();
      assert.deepEqual(one?.heard, [`PNSetupResponse ${Object.keys(Result)[result]}`]);
    }
  });

  it("tells all that the Server was not reached", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    bench.unreachable = true;
    kitchen?.wish();
    hall?.say();
    assert.deepEqual(kitchen?.heard.at(-1), "PNSetupResponse serverUnreachable");
    assert.deepEqual(hall?.heard.at(-1), "PNEstablishmentNotify serverUnreachable");
    bench.pass(60);
    assert.deepEqual([bench.networks, bench.clock.armed], [[], 0]);
  });

  it("is known to the Server without those who have gone while it was asked", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    kitchen?.wish();
    bench.slow = true;
    hall?.say();
    bench.catchUp();
    hall?.lose();
    bench.catchUp();
    bench.pass(1);
    bench.catchUp();
    assert.deepEqual(bench.networks, ["kitchen"]);
    assert.deepEqual(said().at(-1), "PNUpdateRequest");
    assert.deepEqual(
      [...bench.known.values()].map(({ members }) => members.join()),
      ["kitchen"],
    );
    assert.deepEqual(kitchen?.heard.at(-1), "PNInventoryNotify kitchen");
  });
});

describe("who says yes when the others are on their way in", () => {
  beforeEach(begin);

  it("is let in once they are, and is told when there is no PN", () => {
    for (const fails of [false, true]) {
      bench = new GatewayPN();
      const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
      kitchen?.wish();
      hall?.say();
      bench.slow = true;
      bench.pass(45);
      cellar?.say();
      assert.deepEqual(cellar?.heard.length, 1, "nothing yet");
      bench.slow = false;
      bench.unreachable = fails;
      bench.catchUp();
      bench.unreachable = false;
      bench.pass(1);
      assert.deepEqual(
        cellar?.heard.at(-1),
        fails ? "Failure noRoute" : "PNEstablishmentNotify ok kitchen,hall,cellar",
      );
      assert.deepEqual(bench.networks, fails ? [] : ["kitchen,hall,cellar"]);
    }
  });

  it("who says no by then is told that there is nothing to say", () => {
    const [kitchen, cellar] = bench.all("kitchen", "cellar");
    kitchen?.wish();
    bench.slow = true;
    bench.pass(45);
    cellar?.say(Result.declined);
    assert.deepEqual(cellar?.heard.at(-1), "Failure noRoute");
  });

  it("and who was not asked, or into another PN, is told so, too", () => {
    const [kitchen, cellar] = bench.all("kitchen", "cellar");
    assert.equal(kitchen?.say(Result.ok, new Uint8Array(16).fill(1)), undefined);
    assert.deepEqual(kitchen?.news(), ["Failure noRoute"]);
    kitchen?.wish();
    cellar?.say(Result.ok, new Uint8Array(16).fill(1));
    assert.deepEqual(cellar?.heard.at(-1), "Failure noRoute");
  });
});

describe("a PN that the PN GW's own user starts (GWI-01)", () => {
  beforeEach(begin);

  it("is called what he says, of those that he means, and is nobody's to end", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    const made = bench.create(["kitchen", "hall"], "Home");
    assert.deepEqual([kitchen?.news(), cellar?.news()], [["PNSetupRequest.gateway Home"], []]);
    kitchen?.say();
    hall?.say();
    assert.equal(made.outcome, "kitchen,hall");
    const [registration] = bench.asked;
    assert.ok(registration?.name === "PNRegistrationRequest");
    assert.deepEqual([registration.body.alias, registration.body.setupType], ["Home", SetupType.list]);
    assert.deepEqual([bench.pns.pns[0]?.initiator, bench.pns.pns[0]?.open], [undefined, false]);
    kitchen?.leave(true);
    assert.deepEqual(bench.networks, ["hall"], "it only leaves");
  });

  it("is the one that he has started with all before, for who is free now", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    const first = bench.create();
    kitchen?.say();
    hall?.say(Result.declined);
    assert.equal(first.outcome, "kitchen");
    if (kitchen) kitchen.idle = false;
    const again = bench.create();
    assert.deepEqual(hall?.heard.at(-1), "PNSetupRequest.gateway -");
    hall?.say();
    assert.equal(again.outcome, "kitchen,hall");
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    assert.equal(bench.pns.pns.length, 1);
  });

  it("is none, whatever the Server says, when who is in has gone meanwhile", () => {
    const [kitchen] = bench.all("kitchen");
    const made = bench.create(["kitchen"]);
    bench.slow = true;
    kitchen?.say();
    bench.catchUp();
    kitchen?.lose();
    bench.catchUp();
    assert.equal(made.outcome, "result.refused");
  });

  it("comes to nothing where all say no, or nobody is there", () => {
    const [kitchen] = bench.all("kitchen");
    const made = bench.create();
    kitchen?.say(Result.declined);
    assert.equal(made.outcome, "result.declined");
    kitchen?.lose();
    assert.equal(bench.create().outcome, "result.declined");
  });
});
