import { startM5Stack } from "../shared/m5stack.js";

/** M5Stack. */
startM5Stack("esp32/m5stack");
