import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { espImageFault } from "../../../hosts/factory/espImage.js";
import { type EspImage, espImage } from "./espImages.js";

const m5stack = "esp32/m5stack";

describe("an image before it is signed", () => {
  it("is good as ESP-IDF makes it, of any length, with its hash and without", () => {
    for (let length = 1; length <= 33; length++) {
      for (const hashed of [true, false]) {
        const image = espImage({ segments: [new Uint8Array(length).fill(3)], hashed });
        assert.equal(espImageFault(image, m5stack), undefined, `${length}, ${hashed}`);
      }
    }
  });

  it("is good with the sector of a secure boot's signature behind it", () => {
    const image = espImage();
    const signed = new Uint8Array(3 * 4096).fill(0xff);
    signed.set(image);
    assert.match(espImageFault(signed, m5stack) ?? "", /ends after/);
    signed[2 * 4096] = 0xe7;
    assert.equal(espImageFault(signed, m5stack), undefined);
  });

  it("is not when one octet of it is another, whichever", () => {
    const image = espImage({ segments: [new Uint8Array(40).fill(5), new Uint8Array(21).fill(9)] });
    for (let at = 0; at < image.length; at++) {
      const bad = image.slice();
      bad[at] = (bad[at] as number) ^ 0x40;
      assert.notEqual(espImageFault(bad, m5stack), undefined, `octet ${at}`);
    }
  });

  it("is not when it is cut, wherever, or has something behind it", () => {
    const image = espImage({ segments: [new Uint8Array(100)] });
    for (let length = 0; length < image.length; length++)
      assert.notEqual(espImageFault(image.slice(0, length), m5stack), undefined, `${length}`);
    const longer = new Uint8Array(image.length + 1);
    longer.set(image);
    assert.match(espImageFault(longer, m5stack) ?? "", /take the \.bin of the application alone/);
  });

  it("is not when its sum is wrong, where no hash says so", () => {
    const image = espImage({ hashed: false });
    image[40] = (image[40] as number) ^ 1;
    assert.match(espImageFault(image, m5stack) ?? "", /its sum/);
  });

  it("is not when it is for the chip of another board", () => {
    const fault = (options: EspImage, board: string) => espImageFault(espImage(options), board);
    assert.match(fault({ chip: 5 }, "esp32/m5stack+lamp") ?? "", /is for ESP32-C3, and .* has an ESP32$/);
    assert.equal(fault({ chip: 9 }, "esp32/esp32s3#lamp"), undefined);
    assert.equal(fault({ chip: 13 }, "esp32/mine"), undefined, "a board that we do not know");
    assert.match(fault({ chip: 7 }, "esp32/mine") ?? "", /chip that nobody knows/);
  });

  it("is looked at for each board that there is a target for", () => {
    const targets = new URL("../../../../hosts/esp32/targets/", import.meta.url);
    const boards = readdirSync(targets).filter((name) => !/^(shared|sim_|emulator_)/.test(name));
    assert.ok(boards.includes("m5stack"));
    // No target is for an ESP32-C2.
    const image = espImage({ chip: 12 });
    for (const name of boards)
      assert.match(
        espImageFault(image, `esp32/${name}`) ?? "",
        /is for ESP32-C2/,
        `${name} has a chip: which?`,
      );
  });

  it("is not without segments, or with more than any has", () => {
    for (const count of [0, 17, 255]) {
      const image = espImage();
      image[1] = count;
      assert.match(espImageFault(image, m5stack) ?? "", /segments/);
    }
  });
});
