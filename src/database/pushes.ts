import { hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import type { PushRecord } from "./rows/sessions.js";
import type { ServerTables } from "./store.js";

/** What the Server tells a PN GW unasked. */
export const PushKind = Object.freeze({
  /** A message for a PNE. */
  message: 0,
  /** The PNE is nobody's any more: out of its PNs at once. */
  removed: 1,
  /** The PNE wants a new EUKey (S3 3e). */
  rekey: 2,
  /** Who may join has changed. */
  policy: 3,
});

/** A PN GW that fetches nothing for so long does not hear of it any more. */
export const pushLifetime = Milliseconds(3_600_000);
/** What waits for one PN GW at most; the oldest gives way. */
export const maximumPushes = 256;

/** Puts it into the PN GW's queue, behind what is there. */
export async function pushTo(
  { pushes }: Pick<ServerTables, "pushes">,
  push: Omit<PushRecord, "endsAt">,
  now: Milliseconds,
): Promise<void> {
  const gateway = hex(push.gatewayID);
  const waiting = await pushes.count("gateway", gateway);
  if (waiting >= maximumPushes) await pushes.dropOldest("gateway", gateway);
  // Found in the order of their end, then of their keys.
  const at = String(now).padStart(14, "0");
  for (let n = 0; ; n++) {
    const key = `${gateway}/${at}/${String(n).padStart(4, "0")}`;
    if ((await pushes.get(key)) !== undefined) continue;
    await pushes.put(key, { ...push, endsAt: Milliseconds(now + pushLifetime) });
    return;
  }
}
