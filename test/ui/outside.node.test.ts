import assert from "node:assert/strict";
import type { Keypad } from "../../src/ui/keys.js";
import type { UiBench } from "../support/uiBench.js";
import { eventsFor } from "../support/uiEvents.js";
import { at, keypads, screens } from "../support/uiScreens.js";

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
      for (const [event, notices] of Object.entries(eventsFor(view))) {
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

describe("what the device does by itself, once it is over", () => {
  const steps = "what it does by itself";
  for (const [keypad, { all }] of Object.entries(keypads) as [Keypad, (typeof keypads)[Keypad]][]) {
    for (const screen of ["welcome", "home", "home, in a network"]) {
      const [view] = screens[screen] as (typeof screens)[string];
      const events = eventsFor(view);
      it(`is not taken off the display by a key that was meant for its steps (${screen}, ${keypad})`, () => {
        for (const [event, notices] of Object.entries(events)) {
          if (event === steps) continue;
          const come = (): UiBench => {
            const bench = at(keypad, screen);
            for (const notice of events[steps] ?? []) bench.notify(notice);
            bench.after(1.2);
            for (const notice of notices) bench.notify(notice);
            return bench;
          };
          const shown = come();
          if (shown.screen.id === "progress") continue;
          for (const key of all)
            assert.equal(seen(come().press(key)), seen(shown), `${event} ${JSON.stringify(key)}`);
        }
      });
    }
  }

  it("takes the key that cancels it, as one that somebody has asked for does, and the next key too", () => {
    const bench = at("keyboard", "home");
    bench.notify({ kind: "progress", step: "connect" }).after(1.2);
    bench.press({ kind: "named", key: "escape" }).notify({ kind: "failed", code: "cancelled" });
    assert.equal(bench.commands.at(-1)?.kind, "cancel");
    assert.equal(bench.screen.id, "home");
    bench.press({ kind: "named", key: "down" });
    assert.equal(bench.screen.menu?.selected, 1);
  });
});
