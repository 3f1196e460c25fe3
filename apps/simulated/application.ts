import config from "mc/config";
import { ApplicationRuntime } from "../../src/device/application/runtime.js";
import { applications } from "../virtual.js";

/** The sample of this name with hardware that is not there, for the SDK's simulator; `sample` of the manifest. */
export default (): ApplicationRuntime | undefined => {
  const make = applications[String(config.sample)];
  return make && new ApplicationRuntime(make());
};
