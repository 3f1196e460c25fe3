import { startM5Stack } from "../shared/m5stack.js";

/** M5Stack Fire, which has more flash and PSRAM. */
startM5Stack("esp32/m5stack_fire");
