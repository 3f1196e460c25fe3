import SMBus from "embedded:io/smbus";
import Timer from "timer";
import { switchOn } from "./power.js";

const bus = Object.freeze({ data: 12, clock: 11, hz: 400_000 });

/** In place of the SDK's set-up of the board, which wakes amplifier and microphones, too: before anything else, the power. */
export default function setUp(done?: () => void): void {
  const power = new SMBus({ ...bus, address: 0x34 });
  const expander = new SMBus({ ...bus, address: 0x58 });
  switchOn(power, expander, (ms) => Timer.delay(ms));
  power.close();
  expander.close();
  done?.();
}
