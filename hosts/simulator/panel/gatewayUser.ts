import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { minimumNewPassword } from "../../../src/crypto/newPassword.js";
import { english } from "../../../src/ui/strings/english.js";
import { errorText } from "../../../src/ui/strings/strings.js";
import { makeImage } from "../network/images.js";
import type { Network } from "../network/network.js";
import type { GatewayWish, Outcome } from "./network.js";

const good = (text: string): Outcome => ({ text, failed: false });
const wrong = (text: string): Outcome => ({ text, failed: true });

/** What no PNE shows, but the PN GW's own screen does. */
const words: Readonly<Partial<Record<ErrorCode, string>>> = Object.freeze({
  "credential.password.tooShort": `A new password has ${minimumNewPassword} characters or more.`,
  "credential.password.common": "Everybody tries this password. Choose another one.",
  "device.notThere": "The device is not connected. Try again when it is.",
  "device.busy": "The device is busy. Try again in a moment.",
  "device.twice": "Two devices claim to be it: neither gets the password.",
  "device.hasUI": "The device has keys of its own: its User ID is typed there.",
});

function bad(code: ErrorCode): Outcome {
  const { title, what, next } = errorText(english, code);
  return wrong(`${words[code] ?? `${title}. ${what} ${next}`} (${code})`);
}

/** The person at the PN GW's own screen (REG-02, SEC-04, SEC-05, GWI-01, updates): does it, and tells how it ended. */
export const atGateway = (network: Network, wish: GatewayWish): Promise<Outcome> =>
  new Promise((told) => begin(network, wish, told));

function begin(network: Network, wish: GatewayWish, told: (outcome: Outcome) => void): void {
  const { gateway } = network;
  switch (wish.kind) {
    case "invite":
      gateway.command({ kind: "createPN", who: "all" }, (made) => {
        if ("value" in made) told(good(`A network of ${made.value.members.length} is there.`));
        else if (made.error.code === "result.declined") told(wrong("Nobody wants to, or nobody is there."));
        else told(bad(made.error.code));
      });
      return;
    case "end": {
      const known = gateway.view.pns.some(({ id }) => id === wish.network);
      if (known) gateway.command({ kind: "dissolvePN", pn: wish.network });
      told(
        known ? good("The network was ended for everybody.") : wrong("There is no such network any more."),
      );
      return;
    }
    case "register": {
      const old = wish.oldPassword === undefined ? {} : { oldPassword: ascii(wish.oldPassword) };
      const credentials = { userID: ascii(wish.userID), password: ascii(wish.password), ...old };
      gateway.command({ kind: "register", ...credentials }, (result) => {
        if ("error" in result) told(bad(result.error.code));
        // Whether the name was free is not told to strangers.
        else if (result.value === "changed") told(good("The password is changed."));
        else told(good("Registered, if the name was free."));
      });
      return;
    }
    case "update":
      return update(network, wish.device, told);
    case "enrol":
      enrol(network, wish, told);
  }
}

/** Octets of new firmware: some ten seconds by radio. */
const imageLength = 200_000;

/** Ships an image whose version is one higher than the one that runs. */
function update(network: Network, id: string, told: (outcome: Outcome) => void): void {
  const { version: runs, pne } = network.device(id);
  const device = pne?.view.entityID;
  if (device === undefined) return told(wrong("The device has no Entity ID yet: enrol it first."));
  const [major = 0, minor = 0] = runs.split(".").map((part) => Number.parseInt(part, 10));
  const version = `${major}.${minor + 1}.0`;
  const image = makeImage({ version }, imageLength);
  network.gateway.command({ kind: "update", device, image }, (ordered) => {
    if ("error" in ordered) return told(bad(ordered.error.code));
    const waits = pne?.view.pn === undefined ? ", once it is in a network" : "";
    told(good(`Firmware ${version} is offered to the device${waits}.`));
  });
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
    told("error" in result ? bad(result.error.code) : good("The device has its EUKey."));
  });
}
