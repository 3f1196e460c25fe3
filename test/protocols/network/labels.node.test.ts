import assert from "node:assert/strict";
import { Family } from "../../support/family.js";

const three = ["kitchen", "hall", "cellar"].map((id) => Family.spec(id));

/** The kitchen invites, the others say yes. */
async function together(net: Family, alias?: string): Promise<void> {
  net.command("kitchen", { kind: "createPN", who: "all", ...(alias !== undefined && { alias }) });
  await net.pass(2);
  for (const id of ["hall", "cellar"]) net.command(id, { kind: "acceptInvitation" });
  await net.pass(10);
}

const aliases = (net: Family): unknown[] =>
  ["kitchen", "hall", "cellar"].map((id) => net.of(id).pne?.view.pn?.alias);

describe("labels for people (PNR-14, PNI-13)", () => {
  it("give a PN the name that its initiator chose, on every device and at the PN GW", async () => {
    const net = await new Family(three).ready();
    await together(net, "  Jane’s home ");
    assert.deepEqual(aliases(net), ["Jane’s home", "Jane’s home", "Jane’s home"]);
    assert.equal(net.network.gateway.view.pns[0]?.alias, "Jane’s home");
  });

  it("are shown to the person who is asked, and to the one whom the PN GW asks", async () => {
    const net = await new Family(three).ready();
    net.command("kitchen", { kind: "createPN", who: "all", alias: "Family" });
    await net.pass(2);
    assert.deepEqual(net.of("hall").pne?.view.invitation, { from: "kitchen", alias: "Family" });
    for (const id of ["hall", "cellar"]) net.command(id, { kind: "declineInvitation" });
    await net.pass(3);
    net.command("kitchen", { kind: "leavePN" });
    await net.pass(8);
    net.network.gateway.command({ kind: "createPN", who: "all", alias: "The house" });
    await net.pass(2);
    assert.deepEqual(net.of("hall").pne?.view.invitation, { alias: "The house" });
    for (const id of ["kitchen", "hall", "cellar"]) net.command(id, { kind: "acceptInvitation" });
    await net.pass(10);
    assert.deepEqual(aliases(net), ["The house", "The house", "The house"]);
  });

  it("need not be", async () => {
    const net = await new Family(three).ready();
    await together(net);
    assert.deepEqual(aliases(net), [undefined, undefined, undefined]);
    await net.pass(1);
    net.command("kitchen", { kind: "leavePN" });
    await net.pass(8);
    await together(net, "   ");
    assert.deepEqual(aliases(net)[0], undefined);
  });

  it("of a device are kept over a restart, told to others from the next PN on, and end with a factory reset", async () => {
    const net = await new Family(three).ready();
    net.command("hall", { kind: "setName", name: "Stairs" });
    assert.equal(net.kinds("hall").at(-1), "named");
    net.of("hall").powerOff();
    net.of("hall").powerOn();
    await net.pass(8);
    assert.equal(net.of("hall").pne?.view.name, "Stairs");
    await together(net);
    assert.deepEqual(net.members("kitchen"), ["cellar", "kitchen", "Stairs"].sort());
    assert.ok(net.network.gateway.view.pns[0]?.members.some(({ name }) => name === "Stairs"));
    net.command("hall", { kind: "setName", name: "" });
    assert.equal(net.of("hall").pne?.view.name, "hall", "as it was made");
    net.command("hall", { kind: "setName", name: "Stairs" });
    net.command("hall", { kind: "factoryReset" });
    assert.equal(net.of("hall").pne?.view.name, "hall");
  });

  it("are refused when they are too long, and nothing changes", async () => {
    const net = await new Family(three).ready();
    net.command("hall", { kind: "setName", name: "ü".repeat(17) });
    assert.equal(net.kinds("hall").at(-1), "label.tooLong");
    net.command("hall", { kind: "createPN", alias: "x".repeat(33) });
    assert.equal(net.kinds("hall").at(-1), "label.tooLong");
    assert.equal(net.of("hall").pne?.view.name, "hall");
  });
});
