import type { ErrorCode } from "../../src/base/errorCodes.js";
import { english } from "../../src/ui/strings/english.js";

/** Every code with a text of its own, some that share one, and some that are shown as they are. */
export const errorCodes: readonly ErrorCode[] = Object.freeze([
  ...(Object.keys(english.errors) as (keyof typeof english.errors)[]).filter((name) => name !== "unknown"),
  "pn.notTrusted",
  "record.expired",
  "link.write",
  "busy",
  "cbor.depth",
  "firmware.fault",
] as const);
