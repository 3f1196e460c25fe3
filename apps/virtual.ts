import type { Application } from "../src/device/application/application.js";
import { doorbell } from "./doorbell/doorbell.js";
import { lamp } from "./lamp/lamp.js";
import { type Button, remote } from "./remote/remote.js";
import { thermometer } from "./thermometer/thermometer.js";

/** The sample applications on a device whose hardware is not there: in the simulator, and in that of the SDK. */

/** The keys of its page are enough. */
const noButton: Button = Object.freeze({ open: () => Object.freeze({ close() {} }) });

/** A room that is warmed and cools down, by half a degree within twenty minutes. */
const warmed = (): Application => {
  let minute = 0;
  const read = (): number => 21 + Math.sin((minute++ / 120) * Math.PI * 2) / 2;
  return thermometer(() => ({ read, close() {} }));
};

export const applications: Readonly<Record<string, () => Application>> = Object.freeze({
  thermometer: warmed,
  lamp: () => lamp(() => ({ set() {}, close() {} })),
  remote: () => remote(noButton),
  doorbell: () => doorbell(noButton),
});

export const applicationNames: readonly string[] = Object.freeze(Object.keys(applications));
