import assert from "node:assert/strict";
import { SeededRandom } from "../../../support/seededRandom.js";
import { pause } from "../hand.js";
import { EmulatorBench } from "./bench.js";
import { type EmulatedChip, told } from "./emulatedChip.js";
import { askToEnrolAgain, askToJoin, askToReset, joinPn, started, typeCredentials } from "./visits.js";

/** What is under way when the power goes. */
type Work = "boot" | "enrol" | "replace" | "join" | "reset";

describe("the flash of a chip whose power is cut at random moments", () => {
  const bench = new EmulatorBench();
  const kills = Number(told("CPNS_EMULATOR_KILLS"));
  const seed = told("CPNS_EMULATOR_SEED");
  const random = new SeededRandom([...seed].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) >>> 0, 0));
  let chip: EmulatedChip;
  /** How long each takes on this computer, and a little more, in milliseconds. */
  let lasts: Readonly<Record<Work, number>>;

  before(async () => {
    chip = await bench.start();
    await started(chip);
    const enrol = await timed(async () => {
      await typeCredentials(chip);
      await chip.shows("enrolled");
    });
    await chip.shows("home");
    const joining = await timed(() => joinPn(chip));
    const boot = await timed(restart);
    lasts = { boot, enrol, replace: enrol, join: joining, reset: 1_000 };
  });

  after(() => bench.close());

  async function timed(work: () => Promise<unknown>): Promise<number> {
    const since = performance.now();
    await work();
    return Math.ceil((performance.now() - since) * 1.2);
  }

  async function restart(): Promise<"home" | "welcome"> {
    await chip.powerOff();
    chip.powerOn();
    return await started(chip);
  }

  /**
   * A PN that was cut off in its beginning keeps the gateway busy for seconds, and a device that comes back into its
   * network by itself shows so over what a person does: then they try again.
   */
  async function patiently(work: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await work();
        return;
      } catch (error) {
        if (tries === 4) throw error;
      }
      await pause(12_000);
      await restart();
    }
  }

  /** From where the device is to the work; "boot": none but that of starting. */
  async function begin(work: Work): Promise<void> {
    if (work === "enrol") await typeCredentials(chip);
    else if (work === "replace") {
      await askToEnrolAgain(chip);
      await typeCredentials(chip);
    } else if (work === "join") await askToJoin(chip);
    else if (work === "reset") await askToReset(chip);
  }

  it(`has the old key or the new one, and never none (${kills} cuts, seed ${seed})`, async function () {
    this.timeout(60_000 * (kills + 1));
    const seen: Record<string, number> = {};
    for (let i = 0; i < kills; i++) {
      const had = chip.screen?.id === "home";
      const able: readonly Work[] = had ? ["boot", "replace", "join", "reset"] : ["boot", "enrol", "enrol"];
      const work = able[random.below(able.length)] ?? "boot";
      await patiently(() => begin(work));
      await pause(random.below(lasts[work]));
      await chip.powerOff();
      chip.powerOn();
      if (work === "boot") {
        await pause(random.below(lasts.boot));
        await chip.powerOff();
        chip.powerOn();
      }
      const is = await started(chip);
      seen[`${work}: ${is}`] = (seen[`${work}: ${is}`] ?? 0) + 1;
      if (had && work !== "reset") assert.equal(is, "home", `cut ${i + 1}, at ${work}: no key is left`);
      if (!had && work === "boot") assert.equal(is, "welcome", `cut ${i + 1}`);
      // The Server's word on the key.
      if (is === "home") {
        await patiently(() => joinPn(chip));
        await restart();
      }
    }
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    assert.equal(chip.restarts, 0, "it has started anew by itself");
  });
});
