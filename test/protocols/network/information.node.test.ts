import assert from "node:assert/strict";
import type { NetworkOptions } from "../../../hosts/simulator/network/options.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { decode } from "../../../src/codec/schema.js";
import { Capability } from "../../../src/protocols/discovery/messages.js";
import { readPNEInfo } from "../../../src/protocols/network/context.js";
import { gatewayInfo } from "../../../src/protocols/network/messages.js";
import { Family } from "../../support/family.js";
import { outcome } from "../../support/network.js";

const reachable = Family.spec("kitchen");
const hidden = Family.spec("hall", { reachable: false });

/** A PN that the kitchen has started; what the Server keeps of it. */
async function registered(options: Partial<NetworkOptions> = {}, from = reachable) {
  const net = await new Family([from], options).start();
  assert.equal(outcome(await net.enrol()), "enrolled");
  assert.equal(outcome(await net.join()), "joined");
  const [row] = net.network.serverStore.all("pns");
  const [member] = net.network.serverStore.all("members");
  const said = row?.[1].gatewayInfo;
  assert.ok(said && member);
  return { said: decode(gatewayInfo, said), pne: readPNEInfo(member[1].pneInfo) };
}

describe("what a PN GW says of itself when it registers a PN (PNI-04b, GWI-05a, GWI-05b, C-29)", () => {
  it("is its UI, how it is reached, its links, the PAN, and that it has a password (C-29)", async () => {
    const { said } = await registered({ poll: true, maximumLinks: 9 });
    assert.deepEqual(said, { flags: 3, links: 9, technologies: ["BLE"], subscription: { kind: 1 } });
    const away = await registered({ maximumLinks: 3 });
    assert.deepEqual(away.said, { ...said, flags: 1, links: 3 });
  });

  it("is its SIM and the operator's realm, where it has one (C-29)", async () => {
    const { said } = await registered({ operator: { lifetime: Seconds(86_400) } });
    assert.deepEqual(said.subscription, { kind: 2, realm: "ims.mnc001.mcc001.3gppnetwork.org" });
  });

  it("is said of a PN that the PN GW's own person starts, too (GWI-05b, C-29)", async () => {
    const net = await new Family([reachable]).ready();
    net.network.gateway.command({ kind: "createPN", who: "all" });
    await net.pass(2);
    net.command("kitchen", { kind: "acceptInvitation" });
    await net.pass(10);
    const [row] = net.network.serverStore.all("pns");
    assert.equal(decode(gatewayInfo, row?.[1].gatewayInfo ?? ascii("")).subscription.kind, 1);
  });
});

describe("a PN that stands, of a PN GW that is not what it was (C-29, C-33)", () => {
  it("has what the PN GW is now at the Server, once a device is back in it (C-29)", async () => {
    const kept = (net: Family) =>
      net.network.serverStore
        .all("pns")
        .map(([, { gatewayInfo: info }]) => info && decode(gatewayInfo, info));
    const one = [reachable, Family.spec("hall")];
    const before = await new Family(one).ready();
    await before.together("kitchen", []);
    await before.pass(40);
    const password = { flags: 1, links: 64, technologies: ["BLE"], subscription: { kind: 1 } };
    assert.deepEqual(kept(before), [password]);
    const sim = { kind: 2, realm: "ims.mnc001.mcc001.3gppnetwork.org" };
    const operator = { lifetime: Seconds(86_400) };
    const net = new Family(one, { after: before, operator, poll: true, maximumLinks: 9 });
    await net.boot();
    await net.pass(60);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
    assert.deepEqual(kept(net), [{ ...password, flags: 3, links: 9, subscription: sim }]);
  });
});

describe("a PNE's capabilities in PNEInfo (PNI-01, C-31)", () => {
  it("are all the bits that it told in discovery (C-31)", async () => {
    for (const spec of [reachable, hidden]) {
      const { pne } = await registered({}, spec);
      const bits = spec === reachable ? Capability.ui | Capability.reachable : Capability.ui;
      assert.equal(pne.flags, bits, spec.id);
    }
  });

  it("are the same in an invited one's, and what discovery told the PN GW (GWI-03, C-31)", async () => {
    const net = await new Family([Family.spec("kitchen"), Family.spec("hall")]).ready();
    await net.together("kitchen", ["hall"]);
    await net.clock.runFor(Milliseconds(100));
    const infos = net.network.serverStore.all("members").map(([, one]) => readPNEInfo(one.pneInfo));
    assert.deepEqual(
      infos.map(({ entityID, flags }) => [hex(entityID), flags]).sort(),
      [net.id("kitchen"), net.id("hall")].sort().map((id) => [id, 3]),
    );
    const shown = net.network.gateway.view.devices;
    assert.ok(shown.every(({ hasUI, reachable }) => hasUI && reachable));
  });
});
