import type { Application } from "../../src/device/application/application.js";

/** A lamp that remotes, the PN GW and the Server switch; it says what it is, and after a power cut is as it has been for a while. */

export interface Light {
  set(on: boolean): void;
  close(): void;
}

/** Flash wears: what somebody switches again and again is kept once it has come to rest. */
const rest = 10_000;

export const lamp = (open: () => Light): Application => ({
  name: "Lamp",
  contents: [
    { name: "lamp", kind: "switch", direction: "both" },
    // For who does not know what it is: whatever the word, it becomes the other.
    { name: "toggle", kind: "event", direction: "understands" },
  ],

  start(context) {
    const light = open();
    let on = context.settings.get("on") === "yes";
    light.set(on);
    let keeping: { cancel(): void } | undefined;

    const keep = (): void => {
      keeping?.cancel();
      keeping = context.after(rest, () => context.settings.set("on", on ? "yes" : "no"));
    };
    const tell = (): void => {
      if (context.state === "none") return;
      // Not to "all": other lamps would take it for themselves.
      context.send("gateway", "lamp", on);
      context.send("server", "lamp", on);
    };
    const turn = (value: boolean): void => {
      on = value;
      light.set(on);
      keep();
      context.changed();
      tell();
    };

    return {
      message: (_from, topic, value) => turn(topic === "toggle" ? !on : value === true),
      state: (state) => {
        if (state === "here") tell();
      },
      page: () => [on ? "The lamp is on." : "The lamp is off."],
      keys: [{ label: "Switch", press: () => turn(!on) }],
      stop: () => light.close(),
    };
  },
});
