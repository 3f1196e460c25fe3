import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../../../../hosts/esp32/version.js";
import { EmulatorBench } from "../bench.js";
import type { EmulatedChip } from "../emulatedChip.js";

const root = join(import.meta.dirname, "../../../../../..");
const { lastScreen, drawn } = await import(pathToFileURL(join(root, "tools/device/screenshot.mjs")).href);

const prompt = /(^|\n)cpns> $/;

describe("the console of a chip in QEMU, on its first serial port", () => {
  const bench = new EmulatorBench();
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start();
  });

  after(() => bench.close());

  afterEach(function () {
    if (this.currentTest?.state === "failed") process.stderr.write(`${chip.heard}\n${chip.said}\n`);
  });

  const text = (): string => Buffer.from(chip.heard, "latin1").toString("utf8").replace(/\r/g, "");
  const prompted = (): Promise<void> => chip.until(() => prompt.test(text()), "the prompt");

  /** What is answered to a line, without its echo. */
  async function asked(line: string): Promise<string[]> {
    await prompted();
    chip.heard = "";
    chip.say(line);
    await chip.until(() => chip.heard.includes("\n") && prompt.test(text()), `an answer to ${line}`);
    const [echo, ...answer] = text().split("\n").slice(0, -1);
    assert.equal(echo, line);
    return answer;
  }

  it("prompts beside what the boot loader says, once the firmware runs", async () => {
    await prompted();
    assert.match(chip.heard, /ESP-ROM/);
  });

  it("lists its commands, and refuses what is none", async () => {
    assert.match((await asked("help")).join("\n"), /^state .*\nname TEXT .*\nlog .*\nscreenshot .*\nreset /);
    assert.deepEqual(await asked("keys"), ["error console.unknown: help lists the commands"]);
  });

  it("says what the device is, and what is left of the chip's memory by the chip's own count", async () => {
    // It is connected soon after the start.
    for (let lines = ""; !/link +connected/.test(lines); lines = (await asked("state")).join("\n"));
    const state = await asked("state");
    assert.equal(state[0], `firmware ${version}`);
    assert.match(state[1] ?? "", /^state {4}running, at the screen \w+$/);
    const [, free, lowest] = /^memory +(\d+) free, (\d+) at the lowest$/.exec(state.at(-1) ?? "") ?? [];
    assert.ok(Number(lowest) > 128 * 1024 && Number(lowest) <= Number(free), state.at(-1));
    process.stdout.write(`${state.join("\n")}\n`);
  });

  it("gives it a name, which it still has after its power was cut", async () => {
    await asked("name Küche");
    await chip.until(() => /named Küche/.test(text()), "the new name");
    await chip.powerOff();
    chip.powerOn();
    for (let state: string[] = []; !state.some((line) => /running/.test(line)); state = await asked("state"));
    assert.ok((await asked("state")).includes("name     Küche"));
  });

  it("shows what is on the display, as text and as a picture", async () => {
    const lines = await asked("screenshot");
    assert.match(lines[0] ?? "", /^\[\w+\] ./);
    const found = lastScreen((await asked("screenshot data")).join("\n"));
    assert.equal(found.display, "128x64");
    assert.ok(lines[0]?.startsWith(`[${found.screen.id}] ${found.screen.title}`));
    assert.ok((await drawn(found)).length > 300);
  });

  it("takes the level of its log, and refuses what is none", async () => {
    assert.deepEqual(await asked("log all"), ["log all"]);
    assert.deepEqual(await asked("log more"), ["error console.argument: log takes one of off, faults, all"]);
    assert.deepEqual(await asked("log off"), ["log off"]);
  });

  it("erases everything once the person is sure", async () => {
    await asked("reset");
    assert.deepEqual(await asked("no"), ["nothing was erased"]);
    await asked("reset");
    chip.say("yes");
    await chip.until(() => /\nerased\n/.test(text()), "the end of it");
    assert.ok((await asked("state")).includes("name     none"));
    assert.equal(chip.restarts, 0);
  });
});
