import { hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import type { PushRecord } from "./rows/sessions.js";
import type { ServerTables } from "./store.js";

/** A PN GW that fetches nothing for so long does not hear of it any more. */
export const pushLifetime = Milliseconds(3_600_000);
/** What waits for one PN GW at most; the oldest gives way. */
const maximumPushes = 256;
/** For who waits for the result of a push to fetch it. */
const resultLifetime = Milliseconds(60_000);

/** Octets of a push's id on the wire: its time in milliseconds (6), and its number in it (2). */
export const pushIDLength = 8;
const timeDigits = 14;
const numberDigits = 4;
const mostInOne = 10 ** numberDigits;

const keyOf = (gatewayID: Uint8Array, at: number, n: number): string =>
  `${hex(gatewayID)}/${String(at).padStart(timeDigits, "0")}/${String(n).padStart(numberDigits, "0")}`;

/** By what the PN GW calls the push of this key. */
export function pushID(key: string): Uint8Array {
  const [, time = "0", number = "0"] = key.split("/");
  const id = new Uint8Array(pushIDLength);
  const view = new DataView(id.buffer);
  const at = Number(time);
  view.setUint16(0, Math.floor(at / 2 ** 32));
  view.setUint32(2, at % 2 ** 32);
  view.setUint16(6, Number(number));
  return id;
}

/** The key of the push that this PN GW calls so; undefined for what names none. */
export function pushKey(gatewayID: Uint8Array, id: Uint8Array): string | undefined {
  if (id.length !== pushIDLength) return undefined;
  const view = new DataView(id.buffer, id.byteOffset);
  const n = view.getUint16(6);
  return n < mostInOne ? keyOf(gatewayID, view.getUint16(0) * 2 ** 32 + view.getUint32(2), n) : undefined;
}

/** Puts it into the PN GW's queue, behind what is there. Returns its key. */
export async function pushTo(
  { pushes }: Pick<ServerTables, "pushes">,
  push: Omit<PushRecord, "endsAt" | "result">,
  now: Milliseconds,
  lifetime = pushLifetime,
): Promise<string> {
  const gateway = hex(push.gatewayID);
  if ((await pushes.count("gateway", gateway)) >= maximumPushes) await pushes.dropOldest("gateway", gateway);
  for (let n = 0; ; n++) {
    // Found in the order of their end, then of their keys.
    const key = keyOf(push.gatewayID, now + Math.floor(n / mostInOne), n % mostInOne);
    if ((await pushes.get(key)) !== undefined) continue;
    await pushes.put(key, { ...push, endsAt: Milliseconds(now + lifetime) });
    return key;
  }
}

/** What came of a push: it is not told again; the result is kept for a while for who waits for it. */
export async function settlePush(
  { pushes }: Pick<ServerTables, "pushes">,
  key: string,
  result: number,
  now: Milliseconds,
): Promise<void> {
  const push = await pushes.get(key);
  if (push === undefined || push.result !== undefined) return;
  if (push.awaited !== true) await pushes.delete(key);
  else await pushes.put(key, { ...push, result, endsAt: Milliseconds(now + resultLifetime) });
}
