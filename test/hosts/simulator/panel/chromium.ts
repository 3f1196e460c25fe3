import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A headless Chromium; without one the tests are skipped, and one line says how to get it. */
export async function launchOrSkip(context: Mocha.Context): Promise<Browser> {
  const executablePath = places.find(existsSync);
  if (executablePath === undefined) {
    process.stderr.write(
      "skipped: browser tests, because no Chromium was found; install it with: apt-get install chromium\n",
    );
    context.skip();
  }
  return chromium.launch({ executablePath, args: [...flags, ...quiet] });
}
