import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { memberName } from "../../../src/database/networks.js";
import { gatewayID, pnID } from "../../support/serverPN.js";
import { linkKeys, SetupPN } from "../../support/setupPN.js";
import { left, usedSecrets } from "../../support/usedSecrets.js";

let bench: SetupPN;
async function begin(): Promise<void> {
  bench = await new SetupPN().ready();
}

describe("secrets of a PN that is made", () => {
  beforeEach(begin);

  it("are wiped at the Server when it has answered, and at PNE and PN GW when it comes to nothing", async () => {
    const lasting = await usedSecrets(() => bench.entity(ascii("porch"), "alice"));
    const known = [...lasting, bench.ports.secrets.unknown];
    for (const [name, options] of linkKeys) {
      for (const refused of [false, true]) {
        bench.ports.policy = { mayJoin: () => !refused };
        await bench.factoryKnows("kitchen");
        const one = await bench.taking("kitchen", { ...options, forwardSecrecy: true });
        const offered = await usedSecrets(() => bench.register([one.member.entry]), known);
        assert.equal(left(offered), 1, `${name}: that of the agreement, until its proof comes`);
        const used = await usedSecrets(async () => {
          await bench.work(({ pns }) => pns.delete(`${hex(gatewayID)}/${hex(pnID)}`));
          await bench.work(({ members }) => members.delete(memberName(gatewayID, pnID, ascii("kitchen"))));
          await bench.offer([one]);
          one.code = undefined;
          const wrong = one.member.hash?.slice().fill(7) ?? new Uint8Array(32);
          const judged = await usedSecrets(
            () =>
              bench.prove([
                { entityID: ascii("kitchen"), hash: refused ? (one.member.hash ?? wrong) : wrong },
              ]),
            known,
          );
          assert.ok(judged.size >= 3, `${judged.size}`);
          assert.equal(left(judged), 0, `${name}: judged`);
          one.member.close();
          one.setup.dispose();
          for (const layer of one.layers) layer.wipe();
        }, known);
        assert.ok(used.size > 5);
        assert.equal(left(used), 1, `${name}: the agreement's, as above`);
      }
    }
  });

  it("are wiped at the Server when the PNE is in, but for the session that it keeps", async () => {
    const lasting = await usedSecrets(() => bench.entity(ascii("porch"), "alice"));
    const one = await bench.taking("kitchen", { panSecure: true, forwardSecrecy: true });
    await bench.offer([one]);
    const hash = one.member.hash;
    assert.ok(hash);
    const used = await usedSecrets(() => bench.prove([{ entityID: ascii("kitchen"), hash }]), lasting);
    assert.ok(used.size >= 4);
    assert.equal(left(used), 0);
  });
});
