import { equalBytes, hex } from "../../base/octets.js";
import { shownLabel } from "../../pne/text.js";
import type { JoinedPN } from "../../protocols/network/setupOptions.js";
import { readContents } from "../../protocols/topics/contents.js";
import type { Neighbour } from "./application.js";

const nobody: readonly Neighbour[] = Object.freeze([]);

/** The other members of the PN, as an application sees them; made once for each inventory. */
export class Neighbours {
  #inventory: JoinedPN["inventory"] | undefined;
  #known = nobody;
  /** Views are made often, and inventories seldom. */
  readonly #described = new WeakMap<Uint8Array, string>();

  of(pn: JoinedPN | undefined): readonly Neighbour[] {
    if (pn === undefined) return nobody;
    const { server, inventory } = pn;
    if (inventory === this.#inventory) return this.#known;
    this.#inventory = inventory;
    this.#known = inventory.members
      .filter(({ entityID }) => !equalBytes(entityID, server.context.pne))
      .map(({ entityID, name, contents }) => ({
        id: hex(entityID),
        name: name === undefined ? hex(entityID) : shownLabel(name),
        topics: readContents(contents),
      }));
    return this.#known;
  }

  /** The names of the topics, for a line of the display. */
  describe(contents: Uint8Array): string {
    const known = this.#described.get(contents);
    if (known !== undefined) return known;
    const topics = readContents(contents).map(({ name }) => name);
    const text = topics.join(", ");
    this.#described.set(contents, text);
    return text;
  }
}
