import assert from "node:assert/strict";
import { Family } from "../support/family.js";
import { exploreAll, type Flow } from "./explorer.js";
import { saved, shakeOutAll, together } from "./usable.js";

const specs = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));
const enrolled = saved(() => new Family(specs).ready());
/** Three devices with their keys, connected and idle. */
const family = async (): Promise<Family> => new Family(specs, { after: await enrolled() }).boot();
/** The same in one PN, which the kitchen has started. */
const inPN = async (): Promise<Family> => {
  const net = await family();
  await net.together("kitchen", ["hall", "cellar"]);
  return net;
};

/** Of whom nothing is said says nothing. */
async function decide(net: Family, yes: readonly string[], no: readonly string[] = []): Promise<void> {
  for (const id of yes) net.command(id, { kind: "acceptInvitation" });
  for (const id of no) net.command(id, { kind: "declineInvitation" });
  await net.pass(80);
}

const sees = (net: Family, ...ids: readonly string[]): void => {
  for (const { id } of specs) {
    assert.deepEqual(net.members(id), ids.includes(id) ? [...ids].sort() : undefined, id);
  }
};

/** The kitchen invites; those of `yes` come, those of `no` say no, the others nothing. */
const invited = (
  title: string,
  who: (net: Family) => "all" | readonly string[],
  yes: readonly string[],
  no: readonly string[] = [],
): Flow<Family> => ({
  title,
  prepare: family,
  act: async (net) => {
    net.command("kitchen", { kind: "createPN", who: who(net) });
    await net.pass(2);
    await decide(net, yes, no);
  },
  achieved: (net) => sees(net, "kitchen", ...yes),
  shakeOut: shakeOutAll,
  recover: together,
});

const byGateway: Flow<Family> = {
  title: "a PN by the PN GW, with one that says no",
  prepare: family,
  act: async (net) => {
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    await decide(net, ["hall", "cellar"], ["kitchen"]);
  },
  achieved: (net) => sees(net, "hall", "cellar"),
  shakeOut: shakeOutAll,
  recover: together,
};

const routed: Flow<Family> = {
  title: "data from member to member",
  prepare: inPN,
  act: async (net) => {
    net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
    await net.pass(15);
    net.command("hall", { kind: "sendToMember", to: net.id("kitchen"), text: "coming" });
    await net.pass(15);
  },
  achieved: (net) => {
    for (const id of ["kitchen", "hall"])
      assert.deepEqual(net.kinds(id).slice(-2).sort(), ["message", "sent"]);
  },
  /** What has come was sent, to whom it came; nothing is shown as another's. */
  check: (net, where) => {
    for (const [id, from, text] of [
      ["hall", "kitchen", "dinner"],
      ["kitchen", "hall", "coming"],
    ] as const) {
      for (const notice of net.said.get(id) ?? []) {
        if (notice.kind !== "message" || notice.from !== "member") continue;
        if (notice.text.startsWith("from ")) continue;
        assert.deepEqual([notice.name, notice.text], [from, text], where);
      }
    }
  },
  shakeOut: shakeOutAll,
  recover: together,
};

const going = (title: string, go: (net: Family) => void, left: readonly string[]): Flow<Family> => ({
  title,
  prepare: inPN,
  act: async (net) => {
    go(net);
    await net.pass(15);
  },
  achieved: (net) => sees(net, ...left),
  shakeOut: shakeOutAll,
  recover: together,
});

const flows: readonly (readonly [Flow<Family>, number])[] = [
  [invited("a PN with all who are there", () => "all", ["hall", "cellar"]), 7],
  [invited("a PN with one that says no and one that says nothing", () => "all", [], ["hall"]), 2],
  [invited("a PN with those of a list", (net) => [net.id("hall")], ["hall"]), 2],
  [byGateway, 3],
  [routed, 7],
  [
    going("a member that leaves", (net) => net.command("hall", { kind: "leavePN" }), ["kitchen", "cellar"]),
    7,
  ],
  [going("the end for all by its initiator", (net) => net.command("kitchen", { kind: "dissolvePN" }), []), 7],
  [
    going(
      "the end for all by the PN GW",
      ({ network: { gateway } }) => {
        for (const { id } of gateway.view.pns) gateway.command({ kind: "dissolvePN", pn: id });
      },
      [],
    ),
    7,
  ],
];

describe("every fault at every point among three devices, and what they are good for afterwards", () => {
  for (const [flow, kinds] of flows) {
    it(`of ${flow.title}: keys and views agree, nothing is stuck`, async () => {
      assert.ok((await exploreAll(flow, kinds)) > 10);
    }).timeout(300_000);
  }
});
