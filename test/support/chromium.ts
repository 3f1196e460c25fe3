import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { unlessFew } from "./sampled.js";
import { skipped } from "./skipped.js";

const names = ["chromium", "chromium-browser", "google-chrome"];
const folders = (process.env.PATH ?? "").split(delimiter);
const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A headless Chromium; without one the tests are skipped, and one line says how to get it. */
export async function launchOrSkip(context: Mocha.Context, more: readonly string[] = []): Promise<Browser> {
  unlessFew(context, "browser tests");
  const executablePath = places.find(existsSync);
  if (executablePath === undefined) skipped(context, "browser tests", "Chromium", "chromium");
  return chromium.launch({ executablePath, args: [...flags, ...quiet, ...more] });
}
