import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { TestNetwork } from "./network.js";

/** A person at the PN GW: "changed", "sent", or the code of the error. */
export async function register(
  net: TestNetwork,
  userID: string,
  password: string,
  oldPassword?: string,
): Promise<string> {
  let told: string | undefined;
  const old = oldPassword === undefined ? {} : { oldPassword: ascii(oldPassword) };
  const credentials = { userID: ascii(userID), password: ascii(password), ...old };
  net.network.gateway.command({ kind: "register", ...credentials }, (result) => {
    told = "error" in result ? result.error.code : result.value;
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told ?? "nothing";
}

/** One message of the PN GW to the Server, as it stands, inside its session; the answer, or why there is none. */
export async function exchange(net: TestNetwork, octets: Uint8Array): Promise<Uint8Array | string> {
  let told: Uint8Array | string | undefined;
  net.network.gateway.server.exchange(octets, (result) => {
    told = "error" in result ? result.error.code : result.value;
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told ?? "nothing";
}
