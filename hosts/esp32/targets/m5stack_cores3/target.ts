import { startCore } from "../shared/core.js";

/** M5Stack CoreS3; `setup.ts` switches the power on. */
startCore("esp32/m5stack_cores3");
