import type { Secret } from "../secret.js";
import type { Suite } from "../suite.js";
import { type DirectionKey, directionKey, type RecordKeys, type RecordLabel } from "./recordKeys.js";

/** Keys of records for who keeps no session in memory: the Server, which derives what it needs and wipes it. */

/** Does the work with the key of one direction, for who needs no other, and wipes it, whatever comes of it. */
export function withDirectionKey<T>(
  suite: Suite,
  sk: Secret,
  label: RecordLabel,
  work: (key: DirectionKey) => T,
): T {
  const made = directionKey(suite, sk, label);
  try {
    return work(made);
  } finally {
    made.key.wipe();
  }
}

/** Does the work and wipes the keys, whatever comes of it. */
export function withWipedKeys<T>(keys: RecordKeys, work: () => T): T {
  try {
    return work();
  } finally {
    keys.initiatorToResponder.key.wipe();
    keys.responderToInitiator.key.wipe();
  }
}
