import type { GatewayPNView } from "../../../../src/gateway/ports.js";
import { say } from "../../../node/pages/client/dom.js";
import { command } from "./api.js";
import { waiting } from "./parts.js";
import { words } from "./words.js";

/** A name for people: its own, or the end of its ID. */
export function nameOf(id: string | undefined, name: string | undefined): string {
  if (name !== undefined && name !== "") return name;
  return id === undefined ? words.unknown : `CPNS-${id.slice(-4).toUpperCase()}`;
}

/** Invites, and says what came of it. Throws Told. */
export async function inviteInto(who: "all" | readonly string[], alias: string): Promise<void> {
  waiting(words.inviting);
  const pn = (await command("createPN", { who, ...(alias !== "" && { alias }) })) as GatewayPNView;
  say(words.invited(pn.members.length), "good");
}
