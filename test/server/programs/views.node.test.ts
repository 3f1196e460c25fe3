import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { encode } from "../../../src/codec/schema.js";
import { memberName, pendingLifetime, pnName } from "../../../src/database/networks.js";
import { users } from "../../../src/database/rows/users.js";
import { pneInfo } from "../../../src/protocols/network/messages.js";
import { networksOf } from "../../../src/server/programs/views.js";
import { gatewayID, pnID, ServerPN } from "../../support/serverPN.js";

const shown = (bench: ServerPN) =>
  bench.work((tables) => networksOf(tables, { ...users.sham, identity: bench.identity("alice") } as never));

describe("the networks that a User is shown", () => {
  it("have all their 32 members, also while 64 others want in, who are shown to nobody", async () => {
    const bench = await new ServerPN().start();
    for (let n = 0; n < 32; n++) await bench.join(`inside-${n}`);
    await bench.work(async ({ members }) => {
      for (let n = 0; n < 64; n++) {
        const entityID = ascii(`outside-${n}`);
        await members.put(memberName(gatewayID, pnID, entityID), {
          ...{ gatewayID, pnID, entityID, flags: 0, rand: new Uint8Array(32).fill(3) },
          pneInfo: encode(pneInfo, { entityID, flags: 0, linkKey: 0 }),
          endsAt: Milliseconds(bench.now + pendingLifetime),
        });
      }
    });
    const [network, ...others] = await shown(bench);
    assert.deepEqual(others, []);
    const ids = Array.from({ length: 32 }, (_, n) => hex(ascii(`inside-${n}`)));
    assert.deepEqual(
      network?.members.map(({ id }) => id),
      ids.sort(),
    );
    assert.ok(network.members.every(({ own }) => own));
  });

  it("are all that stand, 512 of one owner at most, and none that is only being made", async () => {
    const bench = await new ServerPN().start();
    const pn = { ...bench.pn };
    await bench.work(async ({ pns }) => {
      for (let n = 1; n < 512; n++) {
        const other = Uint8Array.of(...pnID.subarray(2), n >> 8, n & 255);
        await pns.put(pnName(gatewayID, other), { ...pn, pnID: other });
      }
      const fresh = new Uint8Array(16).fill(1);
      const endsAt = Milliseconds(bench.now + pendingLifetime);
      await pns.put(pnName(gatewayID, fresh), { ...pn, pnID: fresh, established: false, endsAt });
    });
    assert.equal((await shown(bench)).length, 512);
  });
});
