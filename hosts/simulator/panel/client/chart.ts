/** The live sequence chart: messages as arrows between three lanes, notes as pills on a lane. */

export type Party = "PNE" | "PN GW" | "Server";

export interface MessageEvent_ {
  kind: "message";
  at: number;
  from: Party;
  to: Party;
  name: string;
  octets: number;
  fragments: number;
  protectedBy?: string;
  fields: { name: string; value: string }[];
}

export interface NoteEvent {
  kind: "note";
  at: number;
  party: Party;
  tone: "info" | "good" | "bad";
  text: string;
}

const maximumRows = 600;

export class Chart {
  readonly #list: HTMLOListElement;
  readonly #latest: HTMLButtonElement;
  #following = true;

  constructor(list: HTMLOListElement, latest: HTMLButtonElement) {
    this.#list = list;
    this.#latest = latest;
    list.addEventListener("scroll", () => {
      this.#following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
      latest.hidden = this.#following;
    });
    latest.addEventListener("click", () => {
      list.scrollTop = list.scrollHeight;
    });
    this.clear();
  }

  clear(): void {
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = "Every message between device, gateway and Server will appear here.";
    this.#list.replaceChildren(empty);
  }

  #add(content: HTMLElement): void {
    this.#list.querySelector(".empty")?.remove();
    const row = document.createElement("li");
    row.append(content);
    this.#list.append(row);
    if (this.#list.children.length > maximumRows) this.#list.firstElementChild?.remove();
    if (this.#following) this.#list.scrollTop = this.#list.scrollHeight;
    else this.#latest.hidden = false;
  }

  note(event: NoteEvent): void {
    const note = document.createElement("p");
    note.className = `note ${event.tone} ${event.party.replace(" ", "")}`;
    note.textContent = event.text;
    this.#add(note);
  }

  message(event: MessageEvent_): void {
    const button = document.createElement("button");
    button.type = "button";
    const right = event.from === "PNE" || event.to === "Server";
    const backhaul = event.from === "Server" || event.to === "Server";
    button.className = `message ${right ? "right" : "left"}${backhaul ? " back" : ""}`;
    if (event.protectedBy !== undefined) button.classList.add("locked");
    const lock = event.protectedBy === undefined ? "" : " \u00b7 encrypted";
    const fragments =
      event.fragments === 0 ? "" : ` \u00b7 ${event.fragments} fragment${event.fragments > 1 ? "s" : ""}`;
    const time = `${(event.at / 1000).toFixed(2)} s`;
    button.append(
      span("name", event.name.replace(".", " \u00b7 ")),
      span("arrow", ""),
      span("size", `${event.octets} octets${fragments}${lock} \u00b7 ${time}`),
    );
    button.setAttribute("aria-expanded", "false");
    button.setAttribute(
      "aria-label",
      `${event.name}, from ${event.from} to ${event.to}, ${event.octets} octets`,
    );
    let details: HTMLElement | undefined;
    button.addEventListener("click", () => {
      if (details === undefined) {
        details = makeDetails(event);
        button.after(details);
      } else {
        details.remove();
        details = undefined;
      }
      button.setAttribute("aria-expanded", String(details !== undefined));
    });
    this.#add(button);
  }
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function makeDetails(event: MessageEvent_): HTMLElement {
  const box = document.createElement("div");
  box.className = "details";
  const list = document.createElement("dl");
  const rows = [...event.fields];
  if (event.protectedBy !== undefined) rows.unshift({ name: "protected by", value: event.protectedBy });
  if (rows.length === 0) rows.push({ name: "fields", value: "none" });
  for (const { name, value } of rows) {
    const term = document.createElement("dt");
    term.textContent = name;
    const definition = document.createElement("dd");
    definition.textContent = value;
    list.append(term, definition);
  }
  box.append(list);
  return box;
}
