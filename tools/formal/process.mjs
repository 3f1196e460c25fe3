// Programs as they are run here: in a folder of their own, with an end to their time.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patience = 20 * 60_000;

/** What a program wrote, both streams, and its exit code; undefined for a program that was ended. */
export function output(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, timeout: patience, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (some) => {
        text += some;
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ text: signal ? `${text}ended by ${signal}` : text, code: code ?? undefined }),
    );
  });
}

/** True when the program can be started with these arguments and says that all is well. */
export const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Gives `work` an empty folder, which is gone afterwards. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "cpns-formal-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
