import type { Application } from "../../src/device/application/application.js";

/** Tells how warm it is: when the device has come into a network, when that has changed, and once in ten minutes. */

export interface Thermometer {
  /** Degrees Celsius; undefined when the sensor does not answer. */
  read(): number | undefined;
  /** It is the chip's own: warmer than the room. */
  readonly ofChip?: boolean;
  close(): void;
}

const period = 10_000;
const longest = 600_000;
/** What is less is noise. */
const change = 0.2;

export const thermometer = (open: () => Thermometer): Application => ({
  name: "Thermometer",
  contents: [{ name: "temperature", kind: "number", direction: "offers", unit: "°C" }],

  start(context) {
    const sensor = open();
    let now: number | undefined;
    let told: { readonly value: number; readonly at: number } | undefined;

    const tell = (): void => {
      const value = now;
      if (value === undefined || context.state === "none") return;
      const same = told !== undefined && Math.abs(value - told.value) < change;
      if (same && told !== undefined && context.now() - told.at < longest) return;
      told = { value, at: context.now() };
      context.send("all", "temperature", value, {
        // It is told again with the next reading.
        done: (failed) => {
          if (failed !== undefined && failed !== "topic.dropped") told = undefined;
        },
      });
      context.send("server", "temperature", value);
    };
    const measure = (): void => {
      const read = sensor.read();
      now = read === undefined ? undefined : Math.round(read * 10) / 10;
      context.changed();
      tell();
    };

    measure();
    context.every(period, measure);
    return {
      state: (state) => {
        if (state === "none") told = undefined;
        else tell();
      },
      page() {
        if (now === undefined) return ["The sensor does not answer."];
        const shown = `${now.toFixed(1)} °C`;
        return sensor.ofChip === true ? [shown, "Of the chip: no sensor."] : [shown];
      },
      stop: () => sensor.close(),
    };
  },
});
