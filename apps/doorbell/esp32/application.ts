import config from "mc/config";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import { buttonAt, pinOf } from "../../buttonPin.js";
import { doorbell } from "../doorbell.js";

/** A doorbell with a button at `buttonPin` of the manifest, where it has one. */
export default (): ApplicationRuntime => new ApplicationRuntime(doorbell(buttonAt(pinOf(config.buttonPin))));
