import type { PanelEvent } from "../network.js";
import { make, makeButton } from "./make.js";

/** One message of the chart: an arrow to click, and its fields. */

export type MessageEvent = PanelEvent & { readonly kind: "message" };

/** `about`: whose it is; on the radio the lane shows that, where each device has one. */
export function makeMessage(event: MessageEvent, about: string): HTMLButtonElement {
  const { from, to, octets, fragments, protectedBy } = event;
  const button = makeButton("");
  const right = from === "PNE" || to === "Server";
  const backhaul = from === "Server" || to === "Server";
  button.className = `message ${right ? "right" : "left"} ${backhaul ? "backhaul" : "radio"}`;
  button.classList.toggle("locked", protectedBy !== undefined);
  const count = fragments === 0 ? "" : ` \u00b7 ${fragments} fragment${fragments > 1 ? "s" : ""}`;
  const size = make("span", "size", `${octets} B${count}`);
  if (event.step !== undefined) size.append(" ", make("span", "step", event.step));
  if (about !== "") size.append(" ", make("span", "about", about));
  const encrypted = protectedBy === undefined ? "in clear" : "encrypted";
  const way = make("span", "sr", ` from ${from} to ${to}, ${encrypted}, `);
  button.append(makeName(event.name), way, make("span", "arrow"), size);
  button.setAttribute("aria-expanded", "false");
  button.tabIndex = -1;
  return button;
}

/** A name breaks between its words, not in them. */
function makeName(name: string): HTMLElement {
  const element = make("span", "name");
  const words = name.replace(".", " \u00b7 ").split(/(?<=[a-z:])(?=[A-Z])/);
  for (const word of words) element.append(word, document.createElement("wbr"));
  return element;
}

export function makeDetails(event: MessageEvent): HTMLElement {
  const box = make("dl", "details");
  const rows = [...event.fields];
  if (event.protectedBy !== undefined) rows.unshift({ name: "encrypted by", value: event.protectedBy });
  if (rows.length === 0) rows.push({ name: "fields", value: "none" });
  for (const { name, value } of rows) box.append(make("dt", "", name), make("dd", "", value));
  return box;
}
