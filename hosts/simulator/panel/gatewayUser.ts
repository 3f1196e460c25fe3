import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { ascii, hex } from "../../../src/base/octets.js";
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
      gateway.command({ kind: "createPN", who: "all" }, (made) => {
        if ("value" in made) told(good(`a network of ${made.value.members.length}`));
        else if (made.error.code === "result.declined")
          told({ text: "nobody wants to, or nobody is there", failed: true });
        else told(bad(made.error.code));
      });
      return;
    case "end": {
      const { pns } = gateway.view;
      for (const { id } of pns) gateway.command({ kind: "dissolvePN", pn: id });
      told(good(pns.length === 0 ? "there is no network" : "the network was ended for everybody"));
      return;
    }
    case "register": {
      const old = wish.oldPassword === undefined ? {} : { oldPassword: ascii(wish.oldPassword) };
      const credentials = { userID: ascii(wish.userID), password: ascii(wish.password), ...old };
      gateway.command({ kind: "register", ...credentials }, (result) => {
        if ("error" in result) told(bad(result.error.code));
        // Whether the name was free is not told to strangers.
        else {
          const changed = result.value === "changed";
          told(good(changed ? "the password is changed" : "registered, if the name was free"));
        }
      });
      return;
    }
    case "enrol":
      enrol(network, wish, told);
  }
}

/** By installed credentials (SEC-04) or under the Temporary Key (SEC-05), as the device's PAN wants it. */
function enrol(
  network: Network,
  wish: GatewayWish & { kind: "enrol" },
  told: (outcome: Outcome) => void,
): void {
  const { gateway } = network;
  const entityID = network.pneLink(network.device(wish.device))?.entityID ?? new Uint8Array(1);
  const credentials = { userID: ascii(wish.userID), password: ascii(wish.password) };
  gateway.command({ kind: "enrolDevice", device: hex(entityID), ...credentials }, (result) => {
    told("error" in result ? bad(result.error.code) : good("the device has its EUKey"));
  });
}
