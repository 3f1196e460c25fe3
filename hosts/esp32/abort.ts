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
