// `npm run firmware:screenshot -- PNG [LOG]`: draws what a device's console says is on its display
// (src/device/console/picture.ts), by the code and the fonts of the device itself.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "../setup.mjs";
import { png } from "./png.mjs";

const mark = "screen: ";

/** The last screen in what a terminal has shown: { display, screen }, or undefined. */
export function lastScreen(text) {
  const line = text
    .split(/[\r\n]+/)
    .filter((one) => one.startsWith(`${mark}{`))
    .at(-1);
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line.slice(mark.length));
  } catch {
    return undefined;
  }
}

const module = (name) => import(join(root, "build/hosts/simulator/display", `${name}.js`));

/** A screen as a PNG file of its display's size. Throws what a screen that is none makes of the displays' code. */
export async function drawn({ display, screen }) {
  const [{ drawnOn }, { ColourPicture, monoPicture }, { sentAssets }] = await Promise.all(
    ["drawn", "picture", "assets"].map(module),
  );
  const still = { every: () => ({ cancel() {} }) };
  let sent;
  const keep = (picture) => {
    sent = picture;
  };
  drawnOn(display, keep, still).show(screen);
  const { width, height, rgba } =
    display === "128x64" ? monoPicture(sent) : new ColourPicture(sentAssets()).rgba(sent);
  return png(width, height, "rgba", Buffer.from(rgba));
}

export async function screenshot([file, log, ...more]) {
  const usage = "usage: npm run firmware:screenshot -- PNG [LOG]";
  if (file === undefined || more.length > 0) fail(`one picture, and one log at most; ${usage}`, 2);
  let text;
  try {
    text = readFileSync(log ?? 0, "utf8");
  } catch (error) {
    fail(`${log ?? "standard input"} cannot be read (${error.code}); ${usage}`);
  }
  const found = lastScreen(text);
  if (found === undefined)
    fail(`there is no whole line that begins with '${mark}'; ask the console: screenshot data`);
  try {
    writeFileSync(file, await drawn(found));
  } catch (error) {
    fail(`${file} could not be made: ${error.message}`);
  }
  process.stdout.write(`${file}: ${found.screen.id}\n`);
}
