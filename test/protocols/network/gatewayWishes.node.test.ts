import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { Result } from "../../../src/codec/results.js";
import { SetupType } from "../../../src/protocols/network/messages.js";
import { GatewayPN } from "../../support/gatewayPN.js";

let bench: GatewayPN;
function begin(): void {
  bench = new GatewayPN();
}

const said = () => bench.asked.map(({ name }) => name);
const both = ["PNRegistrationRequest", "PNAuthenticationResponse"];

describe("who wants a PN with all, where there is one or is to be one (ADR 17)", () => {
  beforeEach(begin);

  it("comes into the one that another is just starting, as one who starts it", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.wish();
    cellar?.say(Result.declined);
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    assert.deepEqual(hall?.heard.at(-1), "PNSetupResponse ok kitchen,hall");
    assert.deepEqual(
      bench.pns.pns[0]?.members.map(({ started }) => started),
      [true, true],
    );
  });

  it("comes into that as one answer, where it was invited: the others are waited for as long", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.wish();
    assert.deepEqual(said(), []);
    cellar?.say();
    assert.deepEqual(bench.networks, ["kitchen,cellar,hall"]);
  });

  it("leaves what it was invited to before, where nobody waits for it any longer", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    hall?.wish(SetupType.list, { targets: ["kitchen"] });
    const [porch] = bench.all("porch");
    cellar?.wish();
    assert.deepEqual(porch?.news(), ["PNSetupNotify cellar - -"]);
    kitchen?.wish();
    assert.deepEqual(bench.networks, ["hall"]);
    porch?.say();
    assert.deepEqual(bench.networks, ["hall", "cellar,porch,kitchen"]);
  });

  it("starts one of its own after it has said no to that, once that stands or ten seconds later", () => {
    const [kitchen, hall, cellar] = bench.all("kitchen", "hall", "cellar");
    kitchen?.wish();
    hall?.say(Result.declined);
    assert.equal(hall?.wish(), undefined);
    bench.pass(9.9);
    assert.deepEqual(said(), []);
    bench.pass(0.1);
    assert.deepEqual(said(), both, "its own, with nobody who is free");
    assert.deepEqual(bench.networks, ["hall"]);
    cellar?.say();
    assert.deepEqual(bench.networks.sort(), ["hall", "kitchen,cellar"]);
  });

  it("waits for one whose members are on their way in, and comes into it then", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    kitchen?.wish();
    bench.slow = true;
    hall?.say();
    const [porch] = bench.all("porch");
    porch?.wish();
    bench.slow = false;
    bench.catchUp();
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    bench.pass(1);
    assert.deepEqual(bench.networks, ["kitchen,hall,porch"]);
    assert.deepEqual(porch?.heard.at(-1), "PNSetupResponse ok kitchen,hall,porch");
  });

  it("comes into one that stands, whose members take part anew to know it, and brings others that are free", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    kitchen?.wish();
    hall?.say();
    for (const one of [kitchen, hall]) if (one) one.idle = false;
    const [porch, attic] = bench.all("porch", "attic");
    porch?.wish(SetupType.all, { name: "Porch" });
    assert.deepEqual(bench.networks, ["kitchen,hall,porch"]);
    assert.deepEqual(attic?.news(), ["PNSetupNotify porch - -"]);
    bench.pass(0.4);
    assert.equal(kitchen?.invitation, undefined);
    bench.pass(0.2);
    assert.deepEqual(kitchen?.heard.at(-1), "PNSetupNotify gateway-01 - -");
    assert.equal(kitchen?.say(), undefined);
    assert.deepEqual(kitchen?.heard.at(-1), "PNEstablishmentNotify ok kitchen,hall,porch");
    const times = (one: typeof hall) =>
      one?.heard.filter((told) => told.startsWith("PNSetupNotify gateway")).length;
    bench.pass(1);
    assert.deepEqual([times(kitchen), times(hall)], [1, 2], "once more after the Server's word");
    bench.pass(19);
    assert.equal(times(hall), 2);
    bench.pass(1);
    assert.equal(times(hall), 3);
    bench.pass(300);
    assert.deepEqual([times(kitchen), times(hall)], [1, 7], "six times, then no more");
  });

  it("starts its own where the Server does not let it into that one", () => {
    const [kitchen] = bench.all("kitchen");
    kitchen?.wish();
    if (kitchen) kitchen.idle = false;
    const [pn] = bench.pns.pns;
    assert.ok(pn);
    for (const result of [Result.notAuthorized, Result.full, Result.busy]) {
      bench.refusals.set(hex(pn.pnID), result);
      const [hall] = bench.all("hall");
      bench.asked.length = 0;
      hall?.wish();
      const own = result !== Result.busy;
      assert.equal(said().length, own ? 3 : 1);
      assert.deepEqual(
        hall?.heard,
        own ? ["AuthenticationRequest", "PNSetupResponse ok hall"] : ["PNSetupResponse busy"],
      );
      assert.deepEqual(bench.networks, own ? ["kitchen", "hall"] : ["kitchen"]);
      hall?.leave();
      hall?.lose();
    }
  });

  it("is asked for at three that stand at most, the one in which it is away first", () => {
    const names = ["kitchen", "hall", "cellar", "porch"];
    for (const name of names) {
      for (const pn of bench.pns.pns) bench.refusals.set(hex(pn.pnID), Result.notAuthorized);
      const [one] = bench.all(name);
      one?.wish();
      if (one) one.idle = false;
    }
    assert.deepEqual(bench.networks, names);
    bench.peers.delete("porch");
    const [again] = bench.all("porch");
    for (const pn of bench.pns.pns) bench.refusals.set(hex(pn.pnID), Result.notAuthorized);
    const ids = bench.pns.pns.map(({ pnID }) => hex(pnID));
    bench.asked.length = 0;
    again?.wish();
    const tried = bench.asked.flatMap(({ name, body }) =>
      name === "PNRegistrationRequest" ? [hex(body.pnID)] : [],
    );
    assert.deepEqual(tried.slice(0, 3), [ids[3], ids[0], ids[1]]);
    assert.equal(tried.length, 4, "and a new one");
    assert.deepEqual(again?.heard.at(-1), "PNSetupResponse ok porch");
  });

  it("is full with 32: the next one starts another", () => {
    const names = Array.from({ length: 32 }, (_, n) => `pne-${n}`);
    const [first, ...others] = bench.all(...names);
    first?.wish();
    for (const one of others) one.say();
    for (const one of bench.peers.values()) one.idle = false;
    assert.equal(bench.pns.pns[0]?.members.length, 32);
    const [last] = bench.all("last");
    last?.wish();
    assert.deepEqual(
      bench.networks.map((one) => one.split(",").length),
      [32, 1],
    );
  });
});
