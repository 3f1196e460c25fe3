import Digital from "embedded:io/digital";
import config from "mc/config";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import { type Light, lamp } from "../lamp.js";

/** A lamp at a pin, which is high while it is on; `lampPin` of the manifest. */
const open = (): Light => {
  const pin = new Digital({ pin: Number(config.lampPin), mode: Digital.Output });
  return { set: (on) => pin.write(on ? 1 : 0), close: () => pin.close() };
};

export default (): ApplicationRuntime => new ApplicationRuntime(lamp(open));
