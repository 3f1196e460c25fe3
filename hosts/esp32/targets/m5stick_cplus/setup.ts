import SMBus from "embedded:io/smbus";
import Timer from "timer";
import { switchOn } from "./power.js";

/** In place of the SDK's set-up of the board: before anything else, the power. */
export default function setUp(done?: () => void): void {
  const chip = new SMBus({ data: 21, clock: 22, hz: 400_000, address: 0x34 });
  switchOn(chip, (ms) => Timer.delay(ms));
  chip.close();
  done?.();
}
