import type { GatewayPNView, MemberView } from "../../../src/gateway/ports.js";

/** What networks and devices are called in MQTT's topics. */

/** A name as one level of a topic: a-z, 0-9 and "-"; marks go ("Küche" is "kuche"), the rest becomes "-". */
export function cleaned(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32);
}

/** Entity IDs and PN IDs are hexadecimal: so much of one tells it from the others. */
const short = (id: string): string => id.slice(-8);

/** By the id of each: its cleaned name, with a part of its id where there is none, or where two have the same. */
export function levels(
  named: readonly { readonly id: string; readonly name?: string | undefined }[],
): ReadonlyMap<string, string> {
  const wanted = named.map(({ id, name = "" }) => ({ id, level: cleaned(name) }));
  const twice = (level: string): boolean => wanted.filter((one) => one.level === level).length > 1;
  return new Map(
    wanted.map(({ id, level }) => {
      if (level === "") return [id, short(id)];
      return [id, twice(level) ? `${level}-${short(id)}` : level];
    }),
  );
}

/** A member with the topic below which everything of it stands: `PREFIX/NETWORK/DEVICE`. */
export interface Placed {
  readonly pn: string;
  readonly member: MemberView;
  readonly base: string;
}

/** Every member of every network. */
export function placed(prefix: string, pns: readonly GatewayPNView[]): readonly Placed[] {
  const networks = levels(pns.map(({ id, alias }) => ({ id, name: alias })));
  return pns.flatMap(({ id: pn, members }) => {
    const devices = levels(members);
    return members.map((member) => ({
      pn,
      member,
      base: `${prefix}/${networks.get(pn)}/${devices.get(member.id)}`,
    }));
  });
}
