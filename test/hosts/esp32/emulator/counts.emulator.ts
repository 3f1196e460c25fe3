import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause } from "../hand.js";
import { EmulatorBench } from "./bench.js";
import { type EmulatedChip, instructionsOfMicrosecond, told } from "./emulatedChip.js";
import { askToJoin, user } from "./visits.js";

const root = join(import.meta.dirname, "../../../../..");
/** Read by `npm run bench`. */
const figures = join(root, "build/emulator/figures.json");
const budgets = JSON.parse(readFileSync(join(root, "bench/budgets.json"), "utf8")) as Record<string, number>;

/** Those that runs of other chips have left. */
function ofOthers(): Record<string, number> {
  if (!existsSync(figures)) return {};
  const all = Object.entries(JSON.parse(readFileSync(figures, "utf8")) as Record<string, number>);
  const own = `chip.${told("CPNS_EMULATOR_MACHINE")}.`;
  return Object.fromEntries(all.filter(([name]) => !name.startsWith(own)));
}

describe("the instructions of a chip", () => {
  const bench = new EmulatorBench();
  const counted: Record<string, number> = {};
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start();
    await chip.shows("welcome");
  });

  after(() => bench.close());

  const count = (name: string, microseconds: number): void => {
    counted[`chip.${told("CPNS_EMULATOR_MACHINE")}.${name}`] = Math.round(
      microseconds * instructionsOfMicrosecond(),
    );
  };

  /** Long enough for what work leaves to be drawn: a letter that is hidden again, a screen that gives way. */
  const aftermath = 1_500;

  /** Microseconds that work and what it leaves take, without what the chip does when nothing is asked of it. */
  async function costs(work: () => Promise<unknown>): Promise<number> {
    await pause(aftermath);
    const start = await chip.work();
    await pause(1_000);
    const before = await chip.work();
    await work();
    await pause(aftermath);
    const after = await chip.work();
    const atRest = (before.busy - start.busy) / (before.all - start.all);
    return after.busy - before.busy - atRest * (after.all - before.all);
  }

  it("of its cryptography, by the calls of TypeScript", async function () {
    this.timeout(240_000);
    const each = (await chip.ask("counts")) as Readonly<Record<string, number>>;
    for (const [name, microseconds] of Object.entries(each)) count(name, microseconds);
  });

  it("of a letter typed", async () => {
    chip.enter();
    await chip.shows("userID");
    const letters: number[] = [];
    for (const letter of user.userID)
      letters.push(
        await costs(async () => {
          chip.type(letter);
          await chip.shows("userID");
        }),
      );
    // What else the chip does falls into some of them.
    count("letter", Math.min(...letters));
  });

  it("of an enrolment", async () => {
    chip.enter();
    await chip.shows("password");
    chip.type(user.password);
    const work = async (): Promise<void> => {
      chip.enter();
      await chip.shows("enrolled");
    };
    count("enrolment", await costs(work));
    await chip.shows("home");
  });

  it("of a network that is joined", async () => {
    const work = async (): Promise<void> => {
      await askToJoin(chip);
      await chip.shows("started", "joined");
    };
    count("join", await costs(work));
  });

  it("are within their budgets", () => {
    mkdirSync(join(figures, ".."), { recursive: true });
    writeFileSync(figures, JSON.stringify({ ...ofOthers(), ...counted }));
    for (const [name, value] of Object.entries(counted)) {
      process.stdout.write(`${name} ${value} of ${budgets[name]}\n`);
      assert.ok(value <= (budgets[name] ?? 0), `${name}: ${value} instructions of ${budgets[name]}`);
    }
    assert.equal(chip.restarts, 0);
  });
});
