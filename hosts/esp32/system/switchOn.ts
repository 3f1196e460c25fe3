/** A firmware with a console has ../console/switchOn.ts in place of this module (../console/manifest.json). */
export { switchOn } from "../../../src/device/firmware.js";
