import type { Application, Neighbour } from "../../src/device/application/application.js";

/** Switches the lamps that the network has, one by one or by a button of its own. */

export interface Button {
  /** Calls `pressed` each time, until it is closed. */
  open(pressed: () => void): { close(): void };
}

const isLamp = ({ topics }: Neighbour): boolean =>
  topics.some(({ name, direction }) => name === "toggle" && direction !== "offers");

export const remote = (button: Button): Application => ({
  name: "Remote",
  contents: [{ name: "toggle", kind: "event", direction: "offers" }],

  start(context) {
    let chosen = 0;
    let said = "";
    const lamps = (): readonly Neighbour[] => context.members.filter(isLamp);
    const lamp = (): Neighbour | undefined => lamps()[chosen % Math.max(1, lamps().length)];

    const say = (text: string): void => {
      said = text;
      context.changed();
    };
    /** Others switch the lamp too: it alone knows what it is. */
    const press = (): void => {
      const to = lamp();
      if (to === undefined) return say("");
      say("...");
      context.send({ member: to.id }, "toggle", "press", {
        within: 5_000,
        done: (failed) => say(failed ?? "switched"),
      });
    };
    const opened = button.open(press);

    return {
      state: () => say(""),
      page: () => {
        const to = lamp();
        return to === undefined ? ["There is no lamp in the network."] : [to.name, said];
      },
      keys: [
        { label: "Switch", press },
        {
          label: "Next",
          press: () => {
            chosen++;
            say("");
          },
        },
      ],
      stop: () => opened.close(),
    };
  },
});
