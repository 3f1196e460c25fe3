import { startCore } from "../shared/core.js";
import { coreS3Outputs } from "../shared/powerChip.js";

/** M5Stack CoreS3; `setup.ts` switches the power on. */
startCore("esp32/m5stack_cores3", coreS3Outputs);
