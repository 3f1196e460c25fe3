/** Keys of the 4×4 matrix keypad. */
export type MatrixKey =
  | "0"
  | "1"
  | "2"
  | "3"
  | "4"
  | "5"
  | "6"
  | "7"
  | "8"
  | "9"
  | "*"
  | "#"
  | "A"
  | "B"
  | "C"
  | "D";

export type NamedKey = "enter" | "backspace" | "escape" | "tab" | "up" | "down";

/** One press, whatever the keypad: drivers debounce and tell long presses. */
export type KeyPress =
  | { readonly kind: "matrix"; readonly key: MatrixKey; readonly long?: boolean }
  /** A printable character of a full keyboard: its ASCII code. */
  | { readonly kind: "character"; readonly code: number }
  | { readonly kind: "named"; readonly key: NamedKey }
  | {
      readonly kind: "button";
      readonly button: "left" | "middle" | "right";
      readonly long?: boolean;
      /** One more of a long press that goes on. */
      readonly repeat?: boolean;
    };

/** "touch": keys and soft keys drawn on the display itself. */
export type Keypad = "matrix" | "keyboard" | "buttons" | "touch";

/** What a press means outside text entry. */
export type Action = "up" | "down" | "select" | "back";

/** The soft keys A to D, Enter and Escape, or the three buttons, as they move through menus. */
export function actionOf(press: KeyPress): Action | undefined {
  switch (press.kind) {
    case "matrix":
      // A digit's long press follows its short one, which has acted already.
      return press.long === true && isDigit(press.key) ? undefined : matrixActions[press.key];
    case "named":
      return namedActions[press.key];
    case "button":
      if (press.button === "middle") return press.long === true ? "back" : "select";
      return press.button === "left" ? "up" : "down";
    default:
      return undefined;
  }
}

const isDigit = (key: MatrixKey): boolean => key >= "0" && key <= "9";

const matrixActions: Readonly<Partial<Record<MatrixKey, Action>>> = Object.freeze({
  A: "up",
  B: "down",
  C: "back",
  D: "select",
  2: "up",
  8: "down",
  5: "select",
});

const namedActions: Readonly<Partial<Record<NamedKey, Action>>> = Object.freeze({
  up: "up",
  down: "down",
  enter: "select",
  escape: "back",
});

/** To a question that anybody near can ask: D, Enter or the right button is yes; C, Esc or the left one is no. */
export function answerOf(press: KeyPress): "yes" | "no" | undefined {
  if (press.kind === "button") return buttonAnswers[press.button];
  if (press.kind === "named") return namedAnswers[press.key];
  return press.kind === "matrix" ? matrixAnswers[press.key] : undefined;
}

type Answers<Key extends string> = Readonly<Partial<Record<Key, "yes" | "no">>>;
const buttonAnswers: Answers<"left" | "middle" | "right"> = Object.freeze({ left: "no", right: "yes" });
const namedAnswers: Answers<NamedKey> = Object.freeze({ escape: "no", enter: "yes" });
const matrixAnswers: Answers<MatrixKey> = Object.freeze({ C: "no", D: "yes" });

/** A key that nobody presses by habit: 7, Y, the right button held, or on a display the soft key held. */
export function erases(press: KeyPress, keypad: Keypad): boolean {
  if (press.kind === "matrix") {
    return press.key === "7" || (keypad === "touch" && press.key === "D" && press.long === true);
  }
  if (press.kind === "character") return press.code === 0x79 || press.code === 0x59;
  return press.kind === "button" && press.button === "right" && press.long === true;
}
