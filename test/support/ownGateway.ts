import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { Method } from "../../src/codec/methods.js";
import type { Exchange } from "../../src/procedure/gatewayPorts.js";
import { runProcedure } from "../../src/procedure/run.js";
import { EnrolClient } from "../../src/protocols/enrolment/client.js";
import { ended, noFault } from "./ended.js";
import type { TestNetwork } from "./network.js";
import { SeededRandom } from "./seededRandom.js";

/** An account that confirms this Entity ID, whosever it is, for a PN GW of its own: "enrolled", or why not. */
export async function confirmGateway(
  net: TestNetwork,
  entityID: Uint8Array,
  user: { readonly userID: string; readonly password: string },
): Promise<string> {
  let told: string | undefined;
  const client = new EnrolClient(
    {
      suite: nodeSuite,
      random: new SeededRandom(net.clock.now() % 1000),
      parties: { pne: undefined, gateway: entityID, server: serverID },
      userID: ascii(user.userID),
      password: ascii(user.password),
      methods: [Method.spake2plus],
      stage: () => {},
      commit: () => {},
    },
    1,
  );
  const inTheClear: Exchange = (octets, done) =>
    net.network.backhaul.request(octets, (answer) =>
      done(answer === undefined ? { error: new CpnsError("result.serverUnreachable") } : { value: answer }),
    );
  runProcedure(client, inTheClear, noFault, (result) => {
    told = ended(result, "enrolled");
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(30_000));
  return told ?? "nothing";
}
