import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { checksum, pageLength } from "../../../../hosts/factory/nvsFormat.js";
import { SeededRandom } from "../../../support/seededRandom.js";
import { EmulatorBench } from "./bench.js";
import { type EmulatedChip, told } from "./emulatedChip.js";
import { started, words } from "./visits.js";

/** Of hosts/esp32/board/partitions.csv. */
const nvs = Object.freeze({ offset: 0x9000, pages: 6 });
const State = Object.freeze({ full: 0xfffffffc });
const newerVersion = 0xfd;

/** A page's header as ESP-IDF writes it: state, number, version, checksum. */
function writeHeader(page: Buffer, state: number, number: number, version: number): void {
  page.fill(0xff, 0, 32);
  page.writeUInt32LE(state, 0);
  page.writeUInt32LE(number, 4);
  page[8] = version;
  page.writeUInt32LE(checksum(page.subarray(4, 28)), 28);
}

describe("a chip whose memory for keys is damaged", () => {
  const bench = new EmulatorBench();
  const seed = told("CPNS_EMULATOR_SEED");
  const damages = Number(told("CPNS_EMULATOR_KILLS"));
  const random = new SeededRandom([...seed].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) >>> 0, 7));
  let chip: EmulatedChip;
  let whole: Buffer;

  before(async () => {
    whole = await bench.enrolled();
    chip = bench.chip;
  });

  after(() => bench.close());

  /** Starts with what `damage` makes of each page of an enrolled device's. */
  async function startWith(damage: (page: Buffer, index: number) => void): Promise<string> {
    await chip.powerOff();
    const flash = Buffer.from(whole);
    for (let i = 0; i < nvs.pages; i++) {
      const from = nvs.offset + i * pageLength;
      damage(flash.subarray(from, from + pageLength), i);
    }
    writeFileSync(chip.flash, flash);
    chip.powerOn();
    return (await chip.shows("home", "welcome", "halted", "error")).id;
  }

  /** The way out of a memory that cannot be read: it forgets everything, and can be enrolled. */
  async function eraseByHand(): Promise<void> {
    // Its hint comes with the keypad.
    await chip.until(() => /keys cannot be read.*type Y to erase/.test(words(chip)), "the way out");
    chip.type("y");
    assert.equal(await started(chip), "welcome");
    await chip.powerOff();
    chip.powerOn();
    assert.equal(await started(chip), "welcome");
  }

  it("of another format, says so, and can be erased by hand", async () => {
    assert.equal(await startWith((page, i) => writeHeader(page, State.full, i, newerVersion)), "halted");
    await eraseByHand();
  });

  it("without a free page, says so, and can be erased by hand", async () => {
    assert.equal(await startWith((page, i) => writeHeader(page, State.full, i, 0xfe)), "halted");
    await eraseByHand();
  });

  it(`with octets that are not what was written, starts, or says what is wrong (${damages} times, seed ${seed})`, async function () {
    this.timeout(60_000 * (damages + 1));
    const used = [...Array(nvs.pages).keys()].filter((i) => whole[nvs.offset + i * pageLength] !== 0xff);
    const seen: Record<string, number> = {};
    for (let n = 0; n < damages; n++) {
      const hit = used[random.below(used.length)];
      // An octet alone, a row of them, or most of a page: half of them in its header and map.
      const from = random.below(random.below(2) === 0 ? 64 : pageLength);
      const length = [1, 32, 2048][random.below(3)] ?? 1;
      const is = await startWith((page, i) => {
        if (i !== hit) return;
        for (let at = from; at < Math.min(from + length, pageLength); at++) page[at] = random.below(256);
      });
      seen[is] = (seen[is] ?? 0) + 1;
      if (is === "halted") await chip.until(() => /type Y to erase/.test(words(chip)), "the way out");
    }
    process.stdout.write(`${JSON.stringify(seen)}\n`);
  });

  it("has not started anew by itself in all that", () => {
    // Once each time that it was erased.
    assert.equal(chip.restarts, 2);
  });
});
