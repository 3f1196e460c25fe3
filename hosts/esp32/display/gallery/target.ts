import Bitmap from "commodetto/Bitmap";
import BufferOut from "commodetto/BufferOut";
import { File } from "file";
import config from "mc/config";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import { everyScreen } from "../../../../test/device/display/everyScreen.js";
import { openColourDisplay } from "../colour/poco.js";

/**
 * Draws every screen of the core with the drivers of both size classes and Poco itself, and writes the pixels to files
 * in `config.out`. Each screen is drawn over the one before, only where it differs, and whole on a display of its own:
 * the pixels must be the same.
 */
const out = String(config.out);
const keypads = ["matrix", "keyboard", "buttons", "touch"] as const;

function save(name: string, ...content: readonly (ArrayBuffer | string)[]): void {
  const path = `${out}/${name}`;
  if (File.exists(path)) File.delete(path);
  const file = new File(path, true);
  file.write(...content);
  file.close();
}

function openBuffer() {
  const buffer = new BufferOut({ width: 320, height: 240, pixelFormat: Bitmap.RGB565LE });
  return { pixels: buffer.buffer, display: openColourDisplay(buffer) };
}

function difference(a: ArrayBuffer, b: ArrayBuffer): number {
  const left = new Uint16Array(a);
  const right = new Uint16Array(b);
  return left.findIndex((pixel, index) => pixel !== right[index]);
}

function drawAll(): object[] {
  const list: object[] = [];
  for (const keypad of keypads) {
    const { pixels, display } = openBuffer();
    const panel = { open() {}, write() {}, close() {} };
    const mono = new MonoDisplay(panel, { every: () => ({ cancel() {} }) });
    for (const [index, { name, screen }] of everyScreen(keypad).entries()) {
      const whole = openBuffer();
      display.show(screen);
      whole.display.show(screen);
      mono.show(screen);
      for (const one of [display, whole.display]) {
        if (one.state.is !== "ready") throw new Error(`${keypad}, ${name}: ${one.state.why}`);
      }
      const at = difference(pixels, whole.pixels);
      if (at >= 0) throw new Error(`${keypad}, ${name}: pixel ${at % 320}, ${Math.floor(at / 320)} is stale`);
      const file = `${keypad}-${index}`;
      save(`${file}.colour`, pixels);
      save(`${file}.mono`, mono.octets.buffer as ArrayBuffer);
      list.push({ keypad, name, file, redraw: display.redraw, mono: mono.redraw });
    }
  }
  return list;
}

try {
  save("gallery.json", JSON.stringify({ screens: drawAll() }));
} catch (error) {
  save("gallery.json", JSON.stringify({ failed: String(error) }));
}
save("done", "");
