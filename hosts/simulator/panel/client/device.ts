/** The device's face: its display on a canvas, its keypad as buttons and by the computer's keyboard. */

type Color = "back" | "ink" | "faint" | "bar" | "accent" | "good" | "bad" | "field" | "onBar" | "dim";
export type DrawItem =
  | { kind: "rect"; x: number; y: number; w: number; h: number; color: Color; radius?: number }
  | {
      kind: "text";
      x: number;
      y: number;
      text: string;
      font: "title" | "body" | "small" | "field";
      color: Color;
      align: "left" | "center" | "right";
    };

const colors: Readonly<Record<Color, string>> = {
  back: "#f7f9fc",
  ink: "#17202c",
  faint: "#5a6678",
  bar: "#1b3a6b",
  accent: "#1d5fd1",
  good: "#14753c",
  bad: "#b3261e",
  field: "#ffffff",
  onBar: "#ffffff",
  dim: "#dde4ee",
};
const fonts = {
  title: "600 17px system-ui, sans-serif",
  body: "15px system-ui, sans-serif",
  small: "12.5px system-ui, sans-serif",
  field: "18px ui-monospace, monospace",
};

/** Draws a list that was made for 320×240 at twice that size. */
export function drawScreen(canvas: HTMLCanvasElement, items: readonly DrawItem[]): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.clearRect(0, 0, 320, 240);
  context.textBaseline = "middle";
  for (const item of items) {
    context.fillStyle = colors[item.color];
    if (item.kind === "rect") {
      context.beginPath();
      context.roundRect(item.x, item.y, item.w, item.h, item.radius ?? 0);
      context.fill();
    } else {
      context.font = fonts[item.font];
      context.textAlign = item.align;
      context.fillText(item.text, item.x, item.y);
    }
  }
}

/** What a screen says, for a screen reader. */
export const spoken = (items: readonly DrawItem[]): string =>
  items.flatMap((item) => (item.kind === "text" ? [item.text] : [])).join(". ");

export type Press =
  | { kind: "matrix"; key: string; long?: boolean }
  | { kind: "named"; key: string }
  | { kind: "character"; code: number };

const rows: readonly (readonly [key: string, letters: string])[] = [
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
  ["*", "symbols"],
  ["0", "space"],
  ["#", "aA1"],
  ["D", ""],
];
const longPress = 600;

export function makeKeypad(container: HTMLElement, press: (press: Press) => void): void {
  for (const [key, letters] of rows) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.dataset.key = key;
    if (/[A-D]/.test(key)) button.className = "soft";
    if (letters !== "") {
      const small = document.createElement("small");
      small.textContent = letters;
      button.append(small);
    }
    let since = 0;
    button.addEventListener("pointerdown", () => {
      since = performance.now();
    });
    button.addEventListener("click", (event) => {
      const long = event.detail > 0 && performance.now() - since > longPress;
      press({ kind: "matrix", key, long });
      // The keyboard types on; Enter must not press this key again.
      button.blur();
    });
    container.append(button);
  }
}

const named: Readonly<Record<string, string>> = {
  Enter: "enter",
  Backspace: "backspace",
  Escape: "escape",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** The computer's keyboard types on the device, unless a control of the page has the focus. */
export function listenToKeyboard(press: (press: Press) => void): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    const control = target?.closest("button, a, input, [tabindex]") !== null && target !== document.body;
    if (control || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = named[event.key];
    if (name !== undefined) press({ kind: "named", key: name });
    else if (event.key.length === 1) press({ kind: "character", code: event.key.charCodeAt(0) });
    else return;
    event.preventDefault();
  });
}
