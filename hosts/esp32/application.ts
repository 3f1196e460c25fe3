import config from "mc/config";
import Modules from "modules";
import type { Log } from "../../src/base/ports.js";
import type { DeviceApplication } from "../../src/device/board.js";

/**
 * What the device is for: the module that a manifest of apps/ names in `config.application`, whose default export makes it;
 * none where no manifest does. What cannot be made is logged, and the device does without.
 */
export function application(log: Log): DeviceApplication | undefined {
  const name = config.application;
  if (name === undefined) return undefined;
  try {
    const make = Modules.importNow(String(name)) as () => DeviceApplication | undefined;
    return make();
  } catch (error) {
    log.event("application.missing", { error: String(error) });
    return undefined;
  }
}
