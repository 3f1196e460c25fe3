import type { Application } from "../../src/device/application/application.js";
import type { Button } from "../remote/remote.js";

/** At the door it rings at every other one of its kind, and at what the PN GW has; indoors it shows who rang. */

/** How long it is shown that somebody rang. */
const shown = 60_000;

export const doorbell = (button: Button, chime: () => void = () => {}): Application => ({
  name: "Doorbell",
  contents: [{ name: "ring", kind: "event", direction: "both" }],

  start(context) {
    let line = "";
    let until: { cancel(): void } | undefined;

    const say = (text: string): void => {
      until?.cancel();
      line = text;
      until = context.after(shown, () => say(""));
      context.changed();
    };
    const ring = (): void => {
      say("...");
      context.send("all", "ring", "press", {
        within: 10_000,
        done: (failed) => say(failed === undefined ? "It has rung." : `Nobody hears it: ${failed}`),
      });
    };
    const nameOf = (id: string): string => context.members.find((one) => one.id === id)?.name ?? id;
    const opened = button.open(ring);

    return {
      message: (from) => {
        chime();
        say(`Somebody rings: ${typeof from === "string" ? from : nameOf(from.member)}`);
      },
      page: () => [line === "" ? "Nobody rings." : line],
      keys: [{ label: "Ring", press: ring }],
      stop: () => opened.close(),
    };
  },
});
