import { element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import { refresh } from "./live.js";
import { words } from "./words.js";

/** Parts of which the pages are made. */

let sections = 0;

/** A part of a page under its heading. */
export function section(title: string, ...children: readonly (Node | string)[]): HTMLElement {
  const id = `section-${++sections}`;
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

export const lead = (text: string): HTMLParagraphElement => element("p", { class: "lead" }, text);

export const userField = (): HTMLInputElement =>
  element("input", {
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    required: "",
    maxlength: "32",
  });

/** Of a User's password nothing is for the browser to keep: it would take it for the page's own. */
export const passwordField = (autocomplete = "off"): HTMLInputElement =>
  element("input", { type: "password", autocomplete, required: "", maxlength: "64" });

/** A form whose button does `work`, after which its passwords are gone. */
export function form(
  button: string,
  fields: readonly (Node | string)[],
  work: () => Promise<void>,
): HTMLFormElement {
  const made = element("form", {}, ...fields, element("button", { type: "submit" }, button));
  onSubmit(made, () =>
    saying(async () => {
      try {
        await work();
      } finally {
        refresh();
      }
      for (const field of made.querySelectorAll<HTMLInputElement>("input[type=password]")) field.value = "";
    }),
  );
  return made;
}

/** A button that does `work`; `key` tells it apart when it is drawn anew. */
export function button(
  text: string,
  { key, about, kind = "quiet" }: { readonly key?: string; readonly about?: string; readonly kind?: string },
  work: () => Promise<void>,
): HTMLButtonElement {
  const attributes = { type: "button", class: kind, ...(key !== undefined && { "data-key": key }) };
  const made = element("button", attributes, text);
  if (about !== undefined) made.setAttribute("aria-label", `${text} ${about}`);
  let busy = false;
  made.addEventListener("click", () => {
    if (busy) return;
    busy = true;
    void saying(work).finally(() => {
      busy = false;
      refresh();
    });
  });
  return made;
}

/** Names and values. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): HTMLDListElement {
  const list = element("dl", {});
  for (const [name, value] of rows) list.append(element("dt", {}, name), element("dd", {}, value));
  return list;
}

/** Two fields for a new password. `value` throws Told where they differ. */
export function newPassword(
  label: string,
  hint: string,
  autocomplete: string,
): { readonly fields: readonly Node[]; readonly value: () => string } {
  const [one, two] = [passwordField(autocomplete), passwordField(autocomplete)];
  return {
    fields: [labelled(label, one, hint), labelled(words.again, two)],
    value: () => {
      if (one.value !== two.value) throw new Told(words.differ);
      return one.value;
    },
  };
}

/** For what takes a while. */
export const waiting = (text: string): void => say(text);
