/** Elements made in code: text is text, never markup. */

type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function byID(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

/** A field with its label, and a hint that belongs to it. */
export function labelled(text: string, input: HTMLElement, hint?: string): HTMLLabelElement {
  const parts: Child[] = [element("span", {}, text)];
  if (hint !== undefined) parts.push(element("span", { class: "hint" }, hint));
  return element("label", {}, ...parts, input);
}

/** One line that a screen reader says, too. */
export function say(text: string, kind: "plain" | "good" | "bad" = "plain"): void {
  const status = byID("status");
  status.dataset.kind = kind;
  status.textContent = text;
}

/** Asks before something that cannot be undone; false for no, and for Escape. */
export function confirmed(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const no = element("button", { type: "button", class: "quiet" }, "Cancel");
    const go = element("button", { type: "button", class: "bad" }, yes);
    const heading = element("h2", { id: "ask" }, title);
    const buttons = element("div", { class: "row" }, no, go);
    const dialog = element("dialog", { "aria-labelledby": "ask" }, heading, element("p", {}, text), buttons);
    const end = (answer: boolean): void => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    no.addEventListener("click", () => end(false));
    go.addEventListener("click", () => end(true));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

/** Runs `work` once at a time for a form; its button waits with it. */
export function onSubmit(form: HTMLFormElement, work: () => Promise<void>): void {
  let busy = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (button) button.disabled = true;
    work().finally(() => {
      busy = false;
      if (button) button.disabled = false;
    });
  });
}
