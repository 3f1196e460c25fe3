import { nativeSuite } from "../../../../hosts/esp32/crypto/nativeSuite.js";
import { curveContract } from "../../../crypto/curveContract.js";
import { spakeContract } from "../../../crypto/spakeContract.js";
import { suiteContract } from "../../../crypto/suiteContract.js";
import { longSuiteChecks, suiteVectors } from "../../../crypto/suiteVectors.js";

/** Run inside a build of the Moddable SDK by tools/device/crypto.mjs, with the C of hosts/esp32/crypto. */

suiteVectors(nativeSuite);
suiteVectors(nativeSuite, longSuiteChecks);
suiteContract(nativeSuite);
curveContract(nativeSuite.curve);
spakeContract(nativeSuite);
