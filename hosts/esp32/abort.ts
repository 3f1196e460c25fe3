import type { CrashReason } from "../../src/device/crash.js";

const reasons: Readonly<Record<string, CrashReason>> = Object.freeze({
  "memory full": "memory",
  "not enough keys": "memory",
  "JavaScript stack overflow": "stack",
  "native stack overflow": "stack",
  "unhandled exception": "exception",
  "unhandled rejection": "exception",
  "too much computation": "watchdog",
});

/** XS's own words for an abort (fxAbortString) as a reason. */
export const crashReason = (message: string): CrashReason => reasons[message] ?? "unknown";

declare global {
  /**
   * Called by XS when it cannot go on, before it restarts the device: memory or keys are full, or nobody caught what was
   * thrown. Not called when the stack is full.
   */
  var abort: ((message: string) => void) | undefined;
}
