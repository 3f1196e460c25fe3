import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { Family } from "../../support/family.js";
import { SeededRandom } from "../../support/seededRandom.js";

/** What may happen to a device that is asked. */
const ways = ["yes", "yes", "yes", "no", "silent", "out of range", "off", "starts", "resets"] as const;

describe("whoever is asked into a network, whatever becomes of each", () => {
  for (const count of [1, 3, 8, 21, 33]) {
    it(`hears a verdict each, and the PN GW's own user one (${count})`, async () => {
      const ids = Array.from({ length: count }, (_, i) => `pne-${i}`);
      for (let seed = 0; seed < 2; seed++) {
        const random = new SeededRandom(100 * count + seed);
        const name = random.below(2) === 0 ? "日本語の部屋ab" : "🛋🛋🛋🛋🛋🛋🛋🛋";
        const net = await new Family(ids.map((id) => Family.spec(id, { name: name.slice(0, 32) }))).ready();
        const told: string[] = [];
        const byGateway = random.below(2) === 0;
        if (byGateway)
          net.network.gateway.command({ kind: "createPN", who: "all", alias: name }, (outcome) => {
            told.push("error" in outcome ? outcome.error.code : "made");
          });
        else net.command("pne-0", { kind: "createPN", who: "all", alias: name });
        await net.pass(2);
        const said: string[] = [];
        for (const id of byGateway ? ids : ids.slice(1)) {
          const way = ways[random.below(ways.length)] as (typeof ways)[number];
          said.push(way);
          await net.clock.runFor(Milliseconds(random.below(800)));
          if (way === "yes") net.command(id, { kind: "acceptInvitation" });
          if (way === "no") net.command(id, { kind: "declineInvitation" });
          if (way === "out of range") net.network.setRange(net.of(id), false);
          if (way === "off") net.of(id).powerOff();
          if (way === "starts") net.command(id, { kind: "createPN", who: "all" });
          if (way === "resets") net.command(id, { kind: "factoryReset" });
        }
        await net.pass(150);
        if (byGateway) assert.equal(told.length, 1, said.join());
        for (const id of ids) {
          const { state } = (net.of(id).pne?.core ?? { state: { at: "off" } }) as { state: { at: string } };
          assert.notEqual(state.at, "working", `${id}: ${said.join()}`);
          const members = net.members(id);
          if (members !== undefined) assert.ok(members.length <= 32);
        }
        // Everybody in a network knows the same, and the Server does.
        const pns = net.network.gateway.view.pns;
        for (const pn of pns) {
          for (const member of pn.members) {
            const device = ids.find((id) => net.id(id) === member.id);
            if (device === undefined || !member.here) continue;
            assert.equal(net.members(device)?.length, pn.members.length, `${device}: ${said.join()}`);
          }
        }
        const sizes = net.network.serverStore
          .rows()
          .pns.map(([, pn]) => pn.size)
          .sort();
        assert.deepEqual(sizes, pns.map((pn) => pn.members.length).sort(), said.join());
      }
    }).timeout(240_000);
  }
});
