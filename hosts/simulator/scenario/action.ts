import type { Keypad } from "../../../src/ui/keys.js";
import type { SimulatedDevice } from "../network/device.js";
import type { Station } from "./deviceUnderTest.js";
import type { Item } from "./document.js";
import { StepFailure } from "./errors.js";
import type { Header } from "./header.js";
import type { Stage } from "./world.js";

/** What a step does; `expect` is the only one that looks instead. */
export interface Action {
  readonly title: string;
  /** How it ends when it succeeds; none for what is over at once. */
  readonly ends?: readonly string[];
  /** Throws StepFailure when it cannot be done. */
  act(stage: Stage, station: Station): Acted | Promise<Acted>;
}

/** What came of a step: how it ended, or what it has laid for later. */
export type Acted =
  | {
      /** As the device's notices call it, the code of a failure, or "off" for a loss of power. */
      readonly ended?: string;
      /** For what others have a part in: how it has ended, asked when the scenario is over; undefined while it has not. */
      readonly later?: () => string | undefined;
      /** Why what was planned has not come, asked at the end; undefined when it has. */
      readonly unmet?: () => string | undefined;
      /** Expectations that it has waited for, and that have come. */
      readonly held?: number;
    }
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: most steps have nothing to say
  | void;

export interface StepContext {
  readonly header: Header;
  readonly keypad: Keypad | "none";
}

export type ActionReader = (item: Item, context: StepContext) => Action;

/** Something that only a device that is on has, or does. */
export function on({ device }: Station): SimulatedDevice {
  if (!device.powered) throw new StepFailure("the device is off");
  return device;
}
