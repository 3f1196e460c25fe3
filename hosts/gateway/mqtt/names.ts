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

/** A level with the name that it was made of, below `NETWORK/ID` of a device, or the ID of a network. */
export type KeptLevel = readonly [key: string, name: string, level: string];

/** Where levels are kept over a restart. */
export interface KeptLevels {
  read(): readonly KeptLevel[];
  write(levels: readonly KeptLevel[]): void;
}

/** Levels that are remembered; of those that nobody has now, the oldest gives way. */
const mostKept = 512;

/**
 * Who has which level: who comes first has the name alone, and keeps it while it has that name, also while it is not
 * there; another of the same name has a part of its ID behind it. So nobody's topics move because somebody else comes.
 */
export class LevelBook {
  readonly #kept: KeptLevels;
  readonly #entries: Map<string, { readonly name: string; readonly level: string }>;
  #changed = false;

  constructor(kept: KeptLevels) {
    this.#kept = kept;
    this.#entries = new Map(kept.read().map(([key, name, level]) => [key, { name, level }]));
  }

  /** Every member of every network, below the prefix. */
  placed(prefix: string, pns: readonly GatewayPNView[]): readonly Placed[] {
    const present = new Set<string>();
    const networks = new Set(pns.map(({ id }) => id));
    // A network that is over has its name no longer: the next one of that name is the same to who listens.
    this.#forget((key) => !key.includes("/") && !networks.has(key));
    const all = pns.flatMap(({ id: pn, alias, members }) => {
      const network = this.#level("", pn, alias);
      present.add(pn);
      return members.map((member) => {
        present.add(`${network}/${member.id}`);
        return {
          pn,
          member,
          base: `${prefix}/${network}/${this.#level(`${network}/`, member.id, member.name)}`,
        };
      });
    });
    let over = this.#entries.size - mostKept;
    this.#forget((key) => over > 0 && !present.has(key) && over-- > 0);
    if (this.#changed)
      this.#kept.write([...this.#entries].map(([key, { name, level }]) => [key, name, level]));
    this.#changed = false;
    return all;
  }

  #level(scope: string, id: string, name = ""): string {
    const key = scope + id;
    const known = this.#entries.get(key);
    if (known?.name === name) return known.level;
    const entry = { name, level: this.#free(scope, key, id, cleaned(name)) };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#changed = true;
    return entry.level;
  }

  /** Of two devices one may be called by the ID of the other, or by what stands behind its name. */
  #free(scope: string, key: string, id: string, own: string): string {
    const wanted = [own, own === "" ? short(id) : `${own}-${short(id)}`, id];
    for (let n = 0; ; n++) {
      const level = wanted[n] ?? `${id}-${n}`;
      if (level !== "" && !this.#taken(scope, key, level)) return level;
    }
  }

  #taken(scope: string, key: string, level: string): boolean {
    for (const [other, entry] of this.#entries) {
      const same = other.slice(0, other.lastIndexOf("/") + 1) === scope;
      if (same && other !== key && entry.level === level) return true;
    }
    return false;
  }

  #forget(goes: (key: string) => boolean): void {
    for (const key of [...this.#entries.keys()])
      if (goes(key)) {
        this.#entries.delete(key);
        this.#changed = true;
      }
  }
}

/** A member with the topic below which everything of it stands: `PREFIX/NETWORK/DEVICE`. */
export interface Placed {
  readonly pn: string;
  readonly member: MemberView;
  readonly base: string;
}
