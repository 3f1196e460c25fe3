import assert from "node:assert/strict";
import { pause } from "../hand.js";
import { EmulatorBench } from "./bench.js";
import { type EmulatedChip, type Memory, told } from "./emulatedChip.js";
import { askToReset, joinPn, sayHello, started, user, words } from "./visits.js";

/**
 * Octets that have to be left, at the least, after everything that a person does here: of each chip's heap, without
 * Bluetooth, and of each task's stack.
 */
const leastFree: Readonly<Record<string, number>> = Object.freeze({ esp32: 160 * 1024, esp32c3: 192 * 1024 });
const leastStacks: Readonly<Record<string, number>> = Object.freeze({ main: 6 * 1024, IDLE: 512 });
const leastStack = 256;

describe("the image of a chip in QEMU, against gateway and Server of the simulator", () => {
  const bench = new EmulatorBench();
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start();
  });

  after(() => bench.close());

  afterEach(function () {
    if (this.currentTest?.state === "failed") process.stderr.write(`${chip.said}\n`);
  });

  it("boots by its boot loader, without factory data, and offers to enrol (EUK-UI-01)", async () => {
    const since = Date.now();
    await chip.shows("welcome");
    process.stdout.write(`first screen after ${Date.now() - since} ms\n`);
  });

  it("draws its screens, and shows them from its memory", async () => {
    const picture = String(await chip.ask("picture"));
    assert.equal(picture.length, 2 * 1024);
    assert.match(picture, /[1-9a-f]/);
  });

  it("refuses a wrong password in words, and lets the person try again (EUK-UI-17)", async () => {
    chip.enter();
    await chip.shows("userID");
    chip.type(user.userID);
    chip.enter();
    await chip.shows("password");
    chip.type("correct house");
    chip.enter();
    assert.equal((await chip.shows("error")).title, "Not accepted");
  });

  it("enrols with User ID and password (EUK-UI-02)", async () => {
    const since = Date.now();
    chip.enter();
    await chip.shows("password");
    chip.type(user.password);
    chip.enter();
    await chip.shows("enrolled");
    process.stdout.write(`enrolled after ${Date.now() - since} ms\n`);
    await chip.shows("home");
  });

  it("joins a PN (PNI-14b)", async () => {
    await joinPn(chip);
    await chip.shows("home");
    assert.equal(bench.network.network.serverStore.rows().pns.length, 1);
  });

  it("sends application data, and gets the Server's answer", async () => {
    await sayHello(chip);
    await chip.until(
      () => words(chip) === "From the Server Server got: Hello, Server!",
      "the Server's answer",
    );
    chip.enter();
    await chip.shows("home");
  });

  it("starts again with its keys from NVS after its power was cut, and joins again", async () => {
    await chip.powerOff();
    chip.powerOn();
    assert.equal(await started(chip), "home");
    await joinPn(chip);
    await chip.shows("home");
  });

  it("has not started anew by itself meanwhile: no watchdog bit", () => {
    assert.equal(chip.restarts, 0);
  });

  it("has memory left, of each task's stack and of the heap, after all that", async () => {
    const memory: Memory = await chip.memory();
    process.stdout.write(`${JSON.stringify(memory)}\n`);
    assert.ok(
      memory.lowest >= (leastFree[told("CPNS_EMULATOR_MACHINE")] ?? 0),
      `${memory.lowest} octets of heap`,
    );
    for (const [task, left] of Object.entries(memory.stacks))
      assert.ok(left >= (leastStacks[task] ?? leastStack), `${task} has ${left} octets of its stack left`);
  });

  it("tells after its memory was full that it was, once, and has lost nothing", async () => {
    chip.say("exhaust");
    await chip.until(() => chip.screen?.title === "Restarted", "the crash report");
    assert.match(words(chip), /memory was full/);
    assert.equal(chip.restarts, 1);
    // What has just come up takes no key that was meant for something else.
    await pause(4_000);
    chip.enter();
    await chip.shows("home");
  });

  it("forgets everything when it is reset, and enrols anew", async () => {
    // It comes back into its network by itself, and says so over what is shown.
    await chip.settled(5_000);
    await askToReset(chip);
    await chip.shows("erased");
    await chip.shows("welcome");
  });
});
