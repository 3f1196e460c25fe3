import { CpnsError } from "../../src/base/errors.js";
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
  const old = oldPassword === undefined ? undefined : ascii(oldPassword);
  net.network.gateway.register(ascii(userID), ascii(password), old, (result) => {
    told = result instanceof CpnsError ? result.code : result;
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told ?? "nothing";
}

/** One message of the PN GW to the Server, as it stands, inside its session; the answer, or why there is none. */
export async function exchange(net: TestNetwork, octets: Uint8Array): Promise<Uint8Array | string> {
  let told: Uint8Array | string | undefined;
  net.network.gateway.server.exchange(octets, (result) => {
    told = "octets" in result ? result.octets : `failed ${result.failed}`;
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told ?? "nothing";
}
