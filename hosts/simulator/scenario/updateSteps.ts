import { maximumVersion } from "../../../src/protocols/update/header.js";
import { makeImage } from "../network/images.js";
import type { Action, ActionReader } from "./action.js";
import type { Item } from "./document.js";
import { StepFailure } from "./errors.js";

/** The PN GW's owner ships firmware to the device; what comes of it is expected. */
function readUpdate(item: Item): Action {
  const fields = item.fields(["device", "to", "counter", "octets"]);
  const to = fields.get("to") ?? item.fail("'update' has no 'to'");
  const version = to.printable(maximumVersion);
  if (version.includes(" ")) to.fail("'to' has a space");
  const counter = fields.get("counter")?.integer(0, 999_999_999) ?? 1;
  const octets = fields.get("octets")?.integer(100, 1_000_000) ?? 20_000;
  const image = makeImage({ version, counter }, octets);
  return {
    title: `ship firmware ${version}`,
    act: ({ network }, { view }) => {
      if (view?.entityID === undefined) throw new StepFailure("the device has no Entity ID yet");
      network.gateway.command({ kind: "update", device: view.entityID, image });
    },
  };
}

export const updateReaders: Readonly<Record<string, ActionReader>> = Object.freeze({ update: readUpdate });
