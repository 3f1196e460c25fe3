import assert from "node:assert/strict";
import type { Direction } from "../../hosts/simulator/world/radio.js";
import { fromHex } from "../../src/base/octets.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { Family } from "../support/family.js";

const spec = (id: string) => Family.spec(id, { secure: true });

/** Types of the messages whose PN ID is altered; on a PAN that is secure by itself they travel as they are. */
const types = { data: 21, notify: 60, received: 61, leave: 47 };

/** Two in one PN; in messages of this type their PN ID becomes another one. */
async function altered(type: number, direction: Direction, command?: PneCommand): Promise<Family> {
  const net = await new Family([spec("kitchen"), spec("hall")]).ready();
  await net.together("kitchen", ["hall"]);
  const own = fromHex(net.of("hall").pne?.view.pn?.id ?? "");
  assert.equal(own.length, 16);
  let hits = 0;
  net.hand = (fragment, to) => {
    const found = Buffer.from(fragment).indexOf(own);
    const is = fragment[6] === (type < 24 ? type : 0x18) && (type < 24 || fragment[7] === type);
    if (to !== direction || !is || found < 0) return [fragment];
    hits++;
    const other = fragment.slice();
    other[found] = (other[found] ?? 0) ^ 1;
    return [other];
  };
  net.command("kitchen", command ?? { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
  await net.pass(12);
  assert.equal(hits, 1);
  return net;
}

describe("data that names another PN than the one of its sender (C-26, PNI-04a)", () => {
  it("is refused by the PN GW, and nobody gets it (C-14)", async () => {
    const net = await altered(types.data, "toGateway");
    assert.equal(net.kinds("kitchen").at(-1), "result.protocol");
    assert.ok(!net.kinds("hall").includes("message"));
  });

  it("is not shown by the PNE that gets it", async () => {
    const net = await altered(types.notify, "toPNE");
    assert.ok(!net.kinds("hall").includes("message"));
    assert.equal(net.kinds("kitchen").at(-1), "result.noRoute");
  });

  it("has not arrived when its receipt names another", async () => {
    const net = await altered(types.received, "toGateway");
    assert.ok(net.kinds("hall").includes("message"));
    assert.equal(net.kinds("kitchen").at(-1), "result.noRoute");
  });
});

describe("a PNLeaveRequest that names another PN than its sender's (PNR-14)", () => {
  it("takes nobody out of a PN", async () => {
    const net = await altered(types.leave, "toGateway", { kind: "leavePN" });
    assert.ok(net.members("hall")?.includes("kitchen"));
  });
});
