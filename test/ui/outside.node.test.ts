import assert from "node:assert/strict";
import type { PNView, PneNotice, PneView } from "../../src/pne/ports.js";
import type { Keypad } from "../../src/ui/keys.js";
import { joinedView, type UiBench } from "../support/uiBench.js";
import { at, keypads, screens } from "../support/uiScreens.js";

const pn = joinedView.pn as PNView;
const others = (view: PneView, more: Partial<PneView>): PneNotice => ({
  kind: "state",
  view: { ...view, ...more },
});

/** What can come from outside to a device that is as `view` says. */
function events(view: PneView): Readonly<Record<string, readonly PneNotice[]>> {
  const message = (from: "server" | "gateway" | "member"): readonly PneNotice[] => [
    { kind: "message", from, text: "Supper is ready", ...(from === "member" && { name: "Hall" }) },
  ];
  const invitation = { from: "Hall", alias: "Garden" };
  return {
    "an invitation": [others(view, { invitation }), { kind: "invited", ...invitation }],
    "an invitation that is over": [
      others(view, { invitation }),
      { kind: "invited", ...invitation },
      { kind: "invitationOver" },
      others(view, {}),
    ],
    "an invitation that is answered elsewhere": [
      others(view, { invitation }),
      { kind: "invited", ...invitation },
      others(view, {}),
    ],
    "a new firmware": [others(view, { update: { version: "2.0.0" } }), { kind: "updateOffered" }],
    "a new firmware that is offered no more": [
      others(view, { update: { version: "2.0.0" } }),
      { kind: "updateOffered" },
      others(view, {}),
    ],
    "a message of a member": message("member"),
    "a message of the gateway": message("gateway"),
    "a message of the Server": message("server"),
    "an error": [{ kind: "failed", code: "pn.lost" }],
    "an error of its application": [{ kind: "failed", code: "application.stopped" }],
    "a restart's reason": [{ kind: "failed", code: "crash.watchdog" }],
    "the end of its network": [others(view, {}), { kind: "left", why: "dissolved" }],
    "its network": [{ kind: "joined" }],
    "its key": [{ kind: "enrolled" }],
    "what it does by itself": [{ kind: "progress", step: "connect" }],
    "another language": [others(view, { language: "de" })],
    // Without one it is looked for first, by the same key.
    ...(view.keys !== "empty" && {
      "a gateway that comes": [others(view, { connected: true })],
      "a gateway that goes": [others(view, { connected: false })],
    }),
    ...(view.pn !== undefined && {
      "a gateway that is away": [others(view, { connected: false, pn: { ...pn, away: true } })],
      "a member more": [others(view, { pn: { ...pn, members: [{ id: "0", name: "0" }, ...pn.members] } })],
      "a network that it may end": [others(view, { pn: { ...pn, started: true } })],
      "a network that is no more": [{ kind: "state", view: { ...view, pn: undefined } as never }],
    }),
  };
}

/** What a person sees and has set off; in which language is another matter. */
const seen = ({ screen, commands }: UiBench): string =>
  JSON.stringify([
    screen.id,
    screen.field?.text,
    screen.menu?.selected,
    commands.map((command) => ({ ...command, text: "" })),
  ]);

describe("what comes from outside, on every screen where somebody types or chooses", () => {
  for (const [keypad, { all, on }] of Object.entries(keypads) as [Keypad, (typeof keypads)[Keypad]][]) {
    for (const screen of Object.keys(screens)) {
      const [view] = screens[screen] as (typeof screens)[string];
      for (const [event, notices] of Object.entries(events(view))) {
        const come = (bench: UiBench): UiBench => {
          for (const notice of notices) bench.notify(notice);
          return bench;
        };

        it(`gives the next key no other meaning: ${event} (${screen}, ${keypad})`, () => {
          for (const key of all) {
            const untouched = come(at(keypad, screen));
            const without = at(keypad, screen).press(key);
            const bench = come(at(keypad, screen)).press(key);
            if (seen(bench) !== seen(untouched))
              assert.equal(seen(bench), seen(without), JSON.stringify(key));
          }
        });

        it(`shows itself when nobody types, takes no key for a second, and loses no text: ${event} (${screen}, ${keypad})`, () => {
          const { text, label } = at(keypad, screen).after(1.1).screen.field ?? {};
          const shown = (): UiBench => come(at(keypad, screen)).after(10);
          const { id } = shown().screen;
          const said = shown().commands.length;
          const here = at(keypad, screen).screen.id;
          if (id !== here) {
            let appears = 0;
            for (const bench = come(at(keypad, screen)); bench.screen.id === here; appears += 0.25)
              bench.after(0.25);
            for (const key of all) {
              const bench = come(at(keypad, screen)).after(appears);
              const before = seen(bench);
              assert.equal(seen(bench.press(key)), before, JSON.stringify(key));
            }
          }
          const bench = shown();
          assert.equal(said, 0);
          if (event.endsWith("no more")) assert.ok(id === here || id === "home" || id === "welcome", id);
          for (let i = 0; i < 5 && bench.screen.field === undefined; i++) bench.after(1).press(on).after(3);
          if (label === undefined) return;
          assert.equal(bench.screen.field?.text, text);
        });
      }
    }
  }
});
