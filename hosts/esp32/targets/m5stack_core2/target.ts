import { startCore } from "../shared/core.js";
import { core2Outputs } from "../shared/powerChip.js";

/** M5Stack Core2; `setup.ts` switches the power on. */
startCore("esp32/m5stack_core2", core2Outputs);
