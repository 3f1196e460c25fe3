import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii } from "../../../src/base/octets.js";
import { Result, resultCode } from "../../../src/codec/results.js";
import { english } from "../../../src/ui/strings/english.js";
import { errorText } from "../../../src/ui/strings/strings.js";
import type { Network } from "../network/network.js";
import type { GatewayWish } from "./network.js";

/** How something has come out, in words. */
export interface Outcome {
  readonly text: string;
  readonly failed: boolean;
}

const good = (text: string): Outcome => ({ text, failed: false });
const bad = (code: ErrorCode): Outcome => ({
  text: `${errorText(english, code).title} (${code})`,
  failed: true,
});

/** The person at the PN GW's own screen (REG-02, SEC-04, SEC-05, GWI-01); `told` once it is over. */
export function atGateway(network: Network, wish: GatewayWish, told: (outcome: Outcome) => void): void {
  const { gateway } = network;
  switch (wish.kind) {
    case "invite":
      gateway.pns.create("all", (made) => {
        if ("pn" in made) told(good(`a network of ${made.pn.members.length}`));
        else if (made.result === Result.declined)
          told({ text: "nobody wants to, or nobody is there", failed: true });
        else told(bad(resultCode(made.result)));
      });
      return;
    case "end": {
      const { pns } = gateway.pns;
      for (const { pnID } of pns) gateway.pns.dissolve(pnID);
      told(good(pns.length === 0 ? "there is no network" : "the network was ended for everybody"));
      return;
    }
    case "register": {
      const old = wish.oldPassword === undefined ? undefined : ascii(wish.oldPassword);
      gateway.register(ascii(wish.userID), ascii(wish.password), old, (result) => {
        if (result instanceof CpnsError) told(bad(result.code));
        // Whether the name was free is not told to strangers.
        else
          told(good(result === "changed" ? "the password is changed" : "registered, if the name was free"));
      });
      return;
    }
    case "enrol":
      enrol(network, wish, told);
  }
}

/** On a PAN that is secure by itself the credentials are installed (SEC-04), else the key comes under the TK (SEC-05). */
function enrol(
  network: Network,
  wish: GatewayWish & { kind: "enrol" },
  told: (outcome: Outcome) => void,
): void {
  const { gateway } = network;
  const device = network.device(wish.device);
  const entityID = network.pneLink(device)?.entityID ?? new Uint8Array(1);
  const [userID, password] = [ascii(wish.userID), ascii(wish.password)];
  const over = (error?: CpnsError): void => told(error ? bad(error.code) : good("the device has its EUKey"));
  if (device.options.secure) gateway.installCredentials(entityID, userID, password, over);
  else gateway.enrolPNE(entityID, userID, password, over);
}
