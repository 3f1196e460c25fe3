import assert from "node:assert/strict";
import type { Keypad } from "../../src/ui/keys.js";
import { unlessFew } from "../support/sampled.js";
import { SeededRandom } from "../support/seededRandom.js";
import type { UiBench } from "../support/uiBench.js";
import { eventsFor } from "../support/uiEvents.js";
import { at, keypads, screens } from "../support/uiScreens.js";

const gaps = [0, 0, 0.2, 0.9, 1.2, 3, 8];
const rounds = 24;

/** What nobody means to do by chance. */
const grave: readonly string[] = [
  "acceptInvitation",
  "leavePN",
  "dissolvePN",
  "factoryReset",
  "enrol",
  "answerUpdate",
];

describe("several things that come from outside one after another, on every screen where somebody types or chooses", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  for (const [keypad, { all, on }] of Object.entries(keypads) as [Keypad, (typeof keypads)[Keypad]][]) {
    for (const screen of Object.keys(screens)) {
      const [view] = screens[screen] as (typeof screens)[string];
      const events = eventsFor(view);
      const names = Object.keys(events);

      /** What has come, and for how many seconds there has been the screen that is there now. */
      const come = (bench: UiBench, seed: number): { readonly said: string; readonly since: number } => {
        const random = new SeededRandom(seed);
        const said: string[] = [];
        let [shown, since] = [bench.screen.id, 0];
        const look = (past: number): void => {
          since = bench.screen.id === shown ? since + past : 0;
          shown = bench.screen.id;
        };
        for (let left = 2 + random.below(3); left > 0; left--) {
          const name = names[random.below(names.length)] as string;
          for (const notice of events[name] ?? []) bench.notify(notice);
          look(0);
          const gap = gaps[random.below(gaps.length)] as number;
          for (let past = 0; past < gap; past += 0.1) {
            bench.after(0.1);
            look(0.1);
          }
          said.push(name, `${gap} s`);
        }
        return { said: said.join(", "), since };
      };

      it(`lose no text and take no key (${screen}, ${keypad})`, () => {
        for (let round = 0; round < rounds; round++) {
          const bench = at(keypad, screen).after(1.1);
          const { id, field } = bench.screen;
          const { said } = come(bench, round);
          assert.deepEqual(bench.commands, at(keypad, screen).commands, said);
          if (field !== undefined) {
            const before = bench.screen.id;
            for (let i = 0; i < 8 && bench.after(1.1).screen.field === undefined; i++) bench.press(on);
            assert.equal(
              bench.screen.field?.text,
              field.text,
              `${said}: ${before}, then ${bench.screen.id}, not ${id}`,
            );
          }
        }
      });

      it(`have no key do what its screen has not asked for a second (${screen}, ${keypad})`, () => {
        const had = at(keypad, screen).commands.length;
        for (let seed = 1_000; seed < 1_000 + rounds / 3; seed++) {
          for (const key of all) {
            const bench = at(keypad, screen);
            const { id } = bench.screen;
            const { said, since } = come(bench, seed);
            const shown = bench.screen.id;
            const done = bench
              .press(key)
              .commands.slice(had)
              .filter(({ kind }) => grave.includes(kind));
            const read = shown === id || since >= 0.95;
            assert.ok(read || done.length === 0, `${said}; ${shown}: ${JSON.stringify([key, done])}`);
          }
        }
      });

      it(`have no key that comes a moment too late act on what lies beneath (${screen}, ${keypad})`, () => {
        for (const key of all) {
          const bench = at(keypad, screen).notify({ kind: "enrolled" });
          const until = (shown: boolean): void => {
            for (let i = 0; (bench.screen.id === "enrolled") !== shown; i++) {
              assert.ok(i < 100, bench.screen.id);
              bench.after(0.25);
            }
          };
          until(true);
          until(false);
          const before = JSON.stringify([bench.screen, bench.commands]);
          bench.press(key);
          assert.equal(JSON.stringify([bench.screen, bench.commands]), before, JSON.stringify(key));
        }
      });
    }
  }
});
