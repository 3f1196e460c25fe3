import config from "mc/config";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import { buttonAt, pinOf } from "../../buttonPin.js";
import { remote } from "../remote.js";

/** A remote with a button at `buttonPin` of the manifest, where it has one. */
export default (): ApplicationRuntime => new ApplicationRuntime(remote(buttonAt(pinOf(config.buttonPin))));
