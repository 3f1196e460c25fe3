import assert from "node:assert/strict";

/** Waits in wall time, with patience for a machine that is busy. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !condition(); ) {
    if (Date.now() > end) assert.fail(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
