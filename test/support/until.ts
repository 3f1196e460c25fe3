import assert from "node:assert/strict";

/** Waits in wall time, with patience for a machine that is busy. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
): Promise<void> {
  for (const end = Date.now() + 60_000; !(await condition()); ) {
    if (Date.now() > end) assert.fail(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
