import type { KeyPress, MatrixKey, NamedKey } from "../../../../src/ui/keys.js";

/** The device's 4×4 keypad: to click, and lit up when the computer's keyboard types in its place. */

export type Press = (press: KeyPress) => void;

const keys: readonly (readonly [key: MatrixKey, caption: string])[] = [
  ["1", ".,-_@"],
  ["2", "abc"],
  ["3", "def"],
  ["A", ""],
  ["4", "ghi"],
  ["5", "jkl"],
  ["6", "mno"],
  ["B", ""],
  ["7", "pqrs"],
  ["8", "tuv"],
  ["9", "wxyz"],
  ["C", ""],
  ["*", "+#=%"],
  ["0", "space"],
  ["#", "aA1"],
  ["D", ""],
];
/** A key held so long is a long press, in milliseconds. */
const longPress = 600;
const flash = 140;

const named: Readonly<Record<string, readonly [name: NamedKey, key: MatrixKey]>> = {
  Enter: ["enter", "D"],
  Escape: ["escape", "C"],
  Backspace: ["backspace", "A"],
  ArrowUp: ["up", "A"],
  ArrowDown: ["down", "B"],
};

export class Keypad {
  readonly #press: Press;
  readonly #buttons = new Map<MatrixKey, { button: HTMLButtonElement; caption: HTMLElement }>();

  constructor(container: HTMLElement, press: Press) {
    this.#press = press;
    for (const [key, caption] of keys) container.append(this.#make(key, caption));
    // A long press on a touch screen is one of the device, not one for the browser's menu.
    container.addEventListener("contextmenu", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => this.#typed(event));
  }

  #make(key: MatrixKey, text: string): HTMLButtonElement {
    const button = document.createElement("button");
    const caption = document.createElement("small");
    button.type = "button";
    button.dataset.key = key;
    caption.textContent = text;
    button.append(key, caption);
    if (/[A-D]/.test(key)) button.className = "soft";
    this.#listen(button, key);
    this.#buttons.set(key, { button, caption });
    return button;
  }

  #listen(button: HTMLButtonElement, key: MatrixKey): void {
    let timer = 0;
    let held = false;
    button.addEventListener("pointerdown", () => {
      held = false;
      clearTimeout(timer);
      timer = setTimeout(() => {
        held = true;
        this.#press({ kind: "matrix", key, long: true });
      }, longPress);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
      button.addEventListener(end, () => clearTimeout(timer));
    }
    button.addEventListener("click", (event) => {
      // The computer's keyboard clicks too, without a pointer: detail is 0.
      if (!held || event.detail === 0) this.#press({ kind: "matrix", key });
      held = false;
    });
  }

  /** Prints under A to D what they do on the screen that is shown. */
  label(labels: ReadonlyMap<string, string>): void {
    for (const key of ["A", "B", "C", "D"] as const) {
      const own = this.#buttons.get(key);
      const label = labels.get(key) ?? "";
      if (own === undefined) continue;
      own.caption.textContent = label;
      own.button.classList.toggle("idle", label === "");
    }
  }

  /** The computer's keyboard types on the device; a focused control of the page keeps the keys that it needs. */
  #typed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input") !== null) return;
    const focused = target.closest("button, .scroller") !== null;
    if (focused && /^(Enter| |Arrow.*)$/.test(event.key)) return;
    const [name, key] = named[event.key] ?? [];
    const code = event.key.length === 1 ? event.key.charCodeAt(0) : 0;
    if (name !== undefined) this.#press({ kind: "named", key: name });
    else if (code >= 0x20 && code <= 0x7e) this.#press({ kind: "character", code });
    else return;
    event.preventDefault();
    this.#flash(key ?? keyOf(event.key));
  }

  #flash(key: MatrixKey | undefined): void {
    const button = key === undefined ? undefined : this.#buttons.get(key)?.button;
    button?.classList.add("down");
    setTimeout(() => button?.classList.remove("down"), flash);
  }
}

/** The key that carries a character: "d" is on 3. */
function keyOf(character: string): MatrixKey | undefined {
  const letter = character.toLowerCase();
  const own = keys.find(([key, text]) => key === letter || (/[1-9]/.test(key) && text.includes(letter)));
  return own?.[0] ?? (letter === " " ? "0" : "*");
}
