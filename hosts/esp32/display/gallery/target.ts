import Bitmap from "commodetto/Bitmap";
import BufferOut from "commodetto/BufferOut";
import { File } from "file";
import config from "mc/config";
import { type Grid, large } from "../../../../src/device/display/colour/metrics.js";
import { small } from "../../../../src/device/display/colour/smallMetrics.js";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { everyScreen } from "../../../../test/device/display/everyScreen.js";
import { openColourDisplay } from "../colour/poco.js";

/**
 * Draws every screen of the core with the drivers of each size and Poco itself, and writes the pixels to files
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

function openBuffer(grid: Grid) {
  const { width, height } = grid;
  const buffer = new BufferOut({ width, height, pixelFormat: Bitmap.RGB565LE });
  return { pixels: buffer.buffer, display: openColourDisplay(buffer, { grid }) };
}

function difference(a: ArrayBuffer, b: ArrayBuffer): number {
  const left = new Uint16Array(a);
  const right = new Uint16Array(b);
  return left.findIndex((pixel, index) => pixel !== right[index]);
}

/** Draws a screen over the one before it and whole, and returns its pixels; throws where they are not the same. */
function drawn(before: ReturnType<typeof openBuffer>, grid: Grid, screen: Screen): ArrayBuffer {
  const whole = openBuffer(grid);
  for (const { display } of [before, whole]) {
    display.show(screen);
    if (display.state.is !== "ready") throw new Error(display.state.why);
  }
  const at = difference(before.pixels, whole.pixels);
  if (at >= 0) throw new Error(`pixel ${at % grid.width}, ${Math.floor(at / grid.width)} is stale`);
  return before.pixels;
}

function drawAll(): object[] {
  const list: object[] = [];
  for (const keypad of keypads) {
    const colour = openBuffer(large);
    // Fingers have no room on it.
    const wide = keypad === "touch" ? undefined : openBuffer(small);
    const panel = { open() {}, write() {}, close() {} };
    const mono = new MonoDisplay(panel, { every: () => ({ cancel() {} }) });
    for (const [index, { name, screen }] of everyScreen(keypad).entries()) {
      mono.show(screen);
      const file = `${keypad}-${index}`;
      try {
        save(`${file}.colour`, drawn(colour, large, screen));
        if (wide !== undefined) save(`${file}.wide`, drawn(wide, small, screen));
      } catch (error) {
        throw new Error(`${keypad}, ${name}: ${error}`);
      }
      save(`${file}.mono`, mono.octets.buffer as ArrayBuffer);
      list.push({ keypad, name, file, redraw: colour.display.redraw, mono: mono.redraw });
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
