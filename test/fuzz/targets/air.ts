import assert from "node:assert/strict";
import type { Tamper } from "../../../hosts/simulator/world/radio.js";
import { hex } from "../../../src/base/octets.js";
import { outcome, type TestNetwork } from "../../support/network.js";
import { networksAfter } from "../networks.js";
import type { Target } from "../target.js";

/**
 * What is done to one fragment after the other, two octets each: what, and where in it. What there is no octet for passes as
 * it is.
 */
function handOf(net: TestNetwork, input: Uint8Array): Tamper {
  let at = 0;
  let held: Uint8Array | undefined;
  return (fragment) => {
    const what = input[at++] ?? 0xff;
    const where = input[at++] ?? 0;
    const changed = fragment.slice();
    const octet = where % fragment.length;
    const late = held;
    held = undefined;
    const more = late === undefined ? [] : [late];
    switch (what % 16) {
      case 0:
        return more;
      case 1:
        return [fragment, fragment, ...more];
      case 2:
        changed[octet] = (changed[octet] ?? 0) ^ (1 << (what >> 5));
        return [changed, ...more];
      case 3:
        return [changed.slice(0, octet), ...more];
      case 4:
        held = fragment;
        return more;
      case 5:
        net.network.dropLink(net.device);
        return [];
      case 6:
        return [Uint8Array.of(...changed, where, what), ...more];
      case 7:
        changed.fill(where, octet);
        return [changed, ...more];
      default:
        return [fragment, ...more];
    }
  };
}

/** The EUKey that the Server has committed, and the device's, which holds it or a newer one that it can still confirm. */
async function keysAgree(net: TestNetwork): Promise<void> {
  const { entityID = "", euKeyID, keys } = net.device.pne?.view ?? {};
  const entity = await net.network.serverStore.get("entities", entityID);
  const atServer = entity === undefined ? undefined : hex(entity.committed.id);
  if (keys === "enrolled") assert.equal(euKeyID, atServer, "a key is lost");
}

const named = (code: string): string => {
  assert.match(code, /^[a-z]+[A-Za-z]*(\.[A-Za-z.]+)?$/, "an end without a name");
  assert.notEqual(code, "nothing");
  return code;
};

/** With users, and a PN GW that has its key. */
const fresh = networksAfter((net) => net.start());

/** A network whose air is altered while a device enrols and joins: every end has a name, and no key is lost. */
export const air: Target = {
  name: "air",
  few: 12,
  seeds: [new Uint8Array(0), Uint8Array.of(0xff, 0, 0xff, 0, 0, 0), new Uint8Array(64).fill(0xf2)],
  async run(input) {
    const net = await fresh();
    net.hand = handOf(net, input);
    const enrolled = named(outcome(await net.enrol()));
    await keysAgree(net);
    const joined = named(outcome(await net.join()));
    net.hand = undefined;
    if (net.device.pne?.view.pn !== undefined) await net.run({ kind: "leavePN" });
    if (net.device.pne?.view.keys !== "enrolled") assert.equal(outcome(await net.enrol()), "enrolled");
    await keysAgree(net);
    assert.equal(outcome(await net.join()), "joined", `after ${enrolled}, ${joined}`);
    return `${enrolled} ${joined}`;
  },
};
