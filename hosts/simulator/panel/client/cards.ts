import type { NetworkState } from "../network.js";
import { make } from "./make.js";

/** Keys and sessions of each entity, and the Server's audit log. */

/** The lines of an entity's card. */
export function showLines(list: HTMLElement, state: NetworkState, entity: string): void {
  const lines = state.entities.find(({ id }) => id === entity)?.lines ?? [];
  list.replaceChildren(
    ...lines.map(({ label, value, tone }) => {
      const row = make("div", "");
      row.append(make("dt", "", label), make("dd", tone, value));
      return row;
    }),
  );
}

/** The Server's audit log, newest first. */
export function showAudit(list: HTMLElement, { audit }: NetworkState): void {
  list.replaceChildren(...audit.map((text) => make("li", "", text)).reverse());
}
