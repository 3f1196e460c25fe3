import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Result } from "../../../src/codec/results.js";
import { SetupType } from "../../../src/protocols/network/messages.js";
import { GatewayPN } from "../../support/gatewayPN.js";

let bench: GatewayPN;
function begin(): void {
  bench = new GatewayPN();
}

describe("members that go (PNR-14)", () => {
  const four = ["kitchen", "hall", "cellar"] as const;
  beforeEach(() => {
    begin();
    const [kitchen, ...others] = bench.all(...four);
    kitchen?.wish();
    for (const one of others) one.say();
    for (const one of bench.all(...four)) one.news();
    bench.asked.length = 0;
  });

  const left = () =>
    bench.asked.flatMap((one) =>
      one.name === "PNUpdateRequest" ? one.body.left.map((id) => String.fromCharCode(...id)) : [],
    );

  it("are taken from everybody's inventory, and the Server is told", () => {
    const [kitchen, hall, cellar] = bench.all(...four);
    assert.equal(hall?.leave(), undefined);
    assert.deepEqual(hall?.news(), ["Acknowledgement"]);
    for (const one of [kitchen, cellar]) assert.deepEqual(one?.news(), ["PNInventoryNotify kitchen,cellar"]);
    assert.deepEqual(left(), ["hall"]);
    assert.equal(hall?.pn, undefined);
    assert.equal(hall?.leave(false, bench.pns.pns[0]?.pnID), "pn.notMember");
    assert.equal(kitchen?.leave(false, new Uint8Array(16)), "pn.notMember");
  });

  it("take the PN with them when who has started it says so; another only leaves", () => {
    const [kitchen, hall, cellar] = bench.all(...four);
    hall?.leave(true);
    assert.deepEqual(bench.networks, ["kitchen,cellar"]);
    cellar?.news();
    kitchen?.leave(true);
    assert.deepEqual(bench.networks, []);
    assert.deepEqual([cellar?.news(), kitchen?.heard.at(-1)], [["PNDissolveNotify"], "Acknowledgement"]);
    assert.deepEqual(left(), ["hall", "kitchen", "cellar"]);
    bench.pass(4.9);
    assert.equal(cellar?.gone, false);
    bench.pass(0.1);
    assert.deepEqual([cellar?.gone, kitchen?.gone], [true, false]);
    assert.equal(new GatewayPN(bench).pns.pns.length, 0, "nor after a loss of power");
  });

  it("are taken out by the PN GW's user, one or all", () => {
    const [kitchen, hall, cellar] = bench.all(...four);
    const pnID = bench.pns.pns[0]?.pnID ?? new Uint8Array(16);
    assert.equal(bench.pns.exclude(pnID, ascii("attic")), false);
    assert.equal(bench.pns.exclude(new Uint8Array(16), ascii("hall")), false);
    assert.equal(bench.pns.exclude(pnID, ascii("hall")), true);
    assert.deepEqual(
      [hall?.news(), cellar?.news()],
      [["PNDissolveNotify"], ["PNInventoryNotify kitchen,cellar"]],
    );
    if (hall) hall.idle = false;
    bench.pass(5);
    assert.equal(hall?.gone, false, "it is busy with something else by now");
    assert.equal(bench.pns.dissolve(new Uint8Array(16)), false);
    bench.pns.dissolveAll();
    assert.deepEqual([bench.networks, kitchen?.heard.at(-1)], [[], "PNDissolveNotify"]);
    assert.deepEqual(left(), ["hall", "kitchen", "cellar"]);
  });

  it("are told when the PN GW's user ends their PN, which is so once", () => {
    const [kitchen] = bench.all(...four);
    const pnID = bench.pns.pns[0]?.pnID ?? new Uint8Array(16);
    assert.deepEqual([bench.pns.dissolve(pnID), bench.pns.dissolve(pnID)], [true, false]);
    assert.deepEqual([bench.networks, kitchen?.news()], [[], ["PNDissolveNotify"]]);
  });

  it("begin something else: that is a leave", () => {
    const [kitchen, hall] = bench.all(...four);
    hall?.wish(SetupType.oneToOne);
    assert.deepEqual(bench.networks, ["kitchen,cellar", "hall"]);
    assert.deepEqual([left(), kitchen?.heard.at(-1)], [["hall"], "PNInventoryNotify kitchen,cellar"]);
  });

  it("are waited for when their link is lost, for 130 s", () => {
    const [kitchen, hall] = bench.all(...four);
    hall?.lose();
    bench.pass(129.9);
    assert.deepEqual(bench.networks, ["kitchen,hall,cellar"]);
    bench.pass(0.1);
    assert.deepEqual(bench.networks, ["kitchen,cellar"]);
    assert.deepEqual([left(), kitchen?.heard.at(-1)], [["hall"], "PNInventoryNotify kitchen,cellar"]);
  });

  it("come back by a word of the Server where no key says who they are, and hear who has left meanwhile", () => {
    const [kitchen, hall] = bench.all(...four);
    const pnID = bench.pns.pns[0]?.pnID ?? new Uint8Array(16);
    hall?.lose();
    kitchen?.leave();
    const [again] = bench.all("hall");
    assert.ok(again && hall && again !== hall);
    assert.equal(bench.pns.confirmedByServer(bench.peer("attic").link, pnID), false);
    assert.equal(bench.pns.confirmedByServer(again.link, new Uint8Array(16)), false);
    assert.equal(bench.pns.confirmedByServer(again.link, pnID), true);
    assert.equal(bench.pns.confirmedByServer(again.link, pnID), false, "it is back already");
    bench.pns.greet(again.link);
    assert.deepEqual(again.news(), ["PNInventoryNotify hall,cellar"]);
    bench.pass(300);
    assert.deepEqual(bench.networks, ["hall,cellar"], "nobody waits for it any more");
    assert.equal(bench.logged.filter((one) => one === "pn.vouched").length, 1);
  });

  it("take part anew after a loss of power, on another link, and leave the old one", () => {
    const [kitchen, hall] = bench.all(...four);
    const pnID = bench.pns.pns[0]?.pnID ?? new Uint8Array(16);
    assert.equal(kitchen && bench.pns.comesBack(kitchen.link, pnID), false, "it is here");
    bench.peers.delete("hall");
    const [again] = bench.all("hall");
    assert.ok(again && bench.pns.comesBack(again.link, pnID));
    assert.equal(again.say(Result.ok, pnID), undefined);
    assert.deepEqual(again.heard.at(-1), "PNEstablishmentNotify ok kitchen,hall,cellar");
    assert.deepEqual([hall?.gone, again.pn?.pnID], [true, pnID]);
    assert.equal(bench.logged.at(-1), "pn.returned");
    assert.deepEqual(bench.networks, ["kitchen,hall,cellar"]);
  });
});

describe("the PNs of a PN GW that has lost its power (C-33)", () => {
  beforeEach(begin);

  it("are as they were: whose they are, who is in, and who may end them", () => {
    const [kitchen, hall] = bench.all("kitchen", "hall");
    kitchen?.wish(SetupType.all, { alias: "Home" });
    hall?.say();
    const [before] = bench.pns.pns;
    bench = new GatewayPN(bench);
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    assert.deepEqual(bench.logged, ["pn.restored"]);
    const [pn] = bench.pns.pns;
    assert.deepEqual(
      [pn?.pnID, pn?.initiator, pn?.open, pn?.inventory],
      [before?.pnID, ascii("kitchen"), true, before?.inventory],
    );
    assert.deepEqual(
      pn?.members.map(({ started, outdated }) => [started, outdated]),
      [
        [true, true],
        [false, true],
      ],
    );
    const [again] = bench.all("kitchen");
    assert.ok(pn && again);
    assert.equal(again.say(Result.ok, pn.pnID), undefined);
    assert.deepEqual(again.heard.at(-1), "PNEstablishmentNotify ok kitchen,hall");
    bench.pass(129);
    assert.deepEqual(bench.networks, ["kitchen,hall"]);
    bench.pass(2);
    assert.deepEqual(bench.networks, ["kitchen"]);
    again.leave(true);
    assert.deepEqual(bench.networks, []);
  });
});
