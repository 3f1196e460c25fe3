import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { skipped } from "../../../support/skipped.js";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A headless Chromium; without one the tests are skipped, and one line says how to get it. */
export async function launchOrSkip(context: Mocha.Context): Promise<Browser> {
  const executablePath = places.find(existsSync);
  if (executablePath === undefined) skipped(context, "browser tests", "Chromium", "chromium");
  return chromium.launch({ executablePath, args: [...flags, ...quiet] });
}
