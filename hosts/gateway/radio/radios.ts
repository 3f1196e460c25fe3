import type { Clock, Log } from "../../../src/base/ports.js";
import type { GatewayRadio } from "../../../src/gateway/radio.js";
import { maximumSocketPath } from "../../node/program/folderLock.js";
import { Misuse } from "../../node/program/misuse.js";
import { NobleRadio } from "./nobleRadio.js";
import { type VirtualAddress, VirtualRadio } from "./virtualRadio.js";

/** What `--radio` takes. */
export type RadioChoice =
  | { readonly kind: "bluetooth"; readonly device?: number }
  | { readonly kind: "virtual"; readonly at: VirtualAddress };

const virtual = "virtual:";

/** "hci" for any adapter, "hci1", "virtual:PATH", "virtual:PORT". Throws Misuse. */
export function readRadio(text: string): RadioChoice {
  if (text === "hci") return { kind: "bluetooth" };
  const device = /^hci(\d{1,2})$/.exec(text)?.[1];
  if (device !== undefined) return { kind: "bluetooth", device: Number(device) };
  const at = text.startsWith(virtual) ? text.slice(virtual.length) : "";
  if (/^\d+$/.test(at)) {
    const port = Number(at);
    if (port > 65_535) throw new Misuse(`--radio ${text}: a port is a number from 0 to 65535`);
    return { kind: "virtual", at: { port } };
  }
  if (at === "")
    throw new Misuse(`--radio ${text}: one of hci, hci0 (or another), virtual:PATH, virtual:PORT`);
  if (Buffer.byteLength(at) > maximumSocketPath)
    throw new Misuse(`--radio ${text}: the path of a socket has at most ${maximumSocketPath} octets`);
  return { kind: "virtual", at: { path: at } };
}

/** The radio that was chosen, not started yet. Rejects with Refusal, or the system's error, when it cannot be. */
export async function openRadio(
  choice: RadioChoice,
  ports: { readonly clock: Clock; readonly log: Log },
): Promise<GatewayRadio> {
  if (choice.kind === "virtual") return VirtualRadio.listen({ ...ports, at: choice.at });
  return new NobleRadio({ ...ports, ...(choice.device !== undefined && { device: choice.device }) });
}
