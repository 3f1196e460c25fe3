import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { Secret } from "../../src/crypto/secret.js";
import type { StoredServerPorts } from "../../src/procedure/serverPorts.js";
import type { TestNetwork } from "./network.js";

/** What a procedure of this network's Server works with, to ask it as another PN GW would. */
export function serverPorts(net: TestNetwork): StoredServerPorts {
  const { random, log } = net.device.options;
  return {
    suite: nodeSuite,
    random,
    clock: net.clock,
    store: net.network.serverStore,
    log,
    secrets: { unknown: new Secret(new Uint8Array(32).fill(1)) },
    serverID,
    policy: { mayJoin: () => true },
    application: () => undefined,
  };
}
