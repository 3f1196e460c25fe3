import type { KeyPress, Keypad, MatrixKey, NamedKey } from "../../../../src/ui/keys.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { listen } from "./held.js";
import { make, makeButton } from "./make.js";

/** The keys that a board has, as buttons of the page. */

export type Press = (press: KeyPress) => void;

export interface Keys {
  readonly element: HTMLElement;
  /** Prints on the keys what they do on this screen. */
  label(screen: Screen): void;
  /** Lights the key up that the computer's keyboard has pressed in its place. */
  flash(press: KeyPress): void;
}

const flashTime = 140;

function lightUp(button: HTMLElement | undefined): void {
  button?.classList.add("down");
  setTimeout(() => button?.classList.remove("down"), flashTime);
}

const matrixKeys: readonly (readonly [key: MatrixKey, caption: string])[] = [
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

const softKeyNames = ["A", "B", "C", "D"] as const;

/** The key that carries a character: "d" is on 3. */
function keyOf(character: string): MatrixKey {
  const letter = character.toLowerCase();
  const own = matrixKeys.find(
    ([key, text]) => key === letter || (/[1-9]/.test(key) && text.includes(letter)),
  );
  return own?.[0] ?? (letter === " " ? "0" : "*");
}

const named: Readonly<Partial<Record<NamedKey, MatrixKey>>> = {
  enter: "D",
  escape: "C",
  backspace: "A",
  up: "A",
  down: "B",
};

/** A caption that changes with the screen: nothing is written where nothing happens. */
function setLabel(button: HTMLElement, caption: HTMLElement, label: string): void {
  caption.textContent = label;
  button.classList.toggle("idle", label === "");
}

function matrix(press: Press): Keys {
  const container = make("div", "matrix");
  const buttons = new Map<MatrixKey, { button: HTMLButtonElement; caption: HTMLElement }>();
  for (const [key, text] of matrixKeys) {
    const button = makeButton(key);
    const caption = make("small", "", text);
    button.dataset.key = key;
    button.append(" ", caption);
    if (/[A-D]/.test(key)) button.className = "soft";
    listen(button, {
      press: () => press({ kind: "matrix", key }),
      hold: () => press({ kind: "matrix", key, long: true }),
    });
    buttons.set(key, { button, caption });
    container.append(button);
  }
  return {
    element: container,
    label: ({ softKeys }) => {
      for (const [index, key] of softKeyNames.entries()) {
        const own = buttons.get(key);
        if (own !== undefined) setLabel(own.button, own.caption, softKeys[index] ?? "");
      }
    },
    flash: (pressed) => {
      const key =
        pressed.kind === "named"
          ? named[pressed.key]
          : pressed.kind === "character"
            ? keyOf(String.fromCharCode(pressed.code))
            : undefined;
      lightUp(key === undefined ? undefined : buttons.get(key)?.button);
    },
  };
}

const threeNames = ["left", "middle", "right"] as const;

function threeButtons(press: Press): Keys {
  const container = make("div", "three");
  const buttons = threeNames.map((name) => {
    const button = makeButton("");
    button.dataset.key = name;
    const caption = make("span", "");
    button.append(make("span", "cap"), make("span", "sr", `${name} button: `), caption);
    listen(button, {
      press: () => press({ kind: "button", button: name }),
      hold: () => press({ kind: "button", button: name, long: true }),
      again: () => press({ kind: "button", button: name, long: true, repeat: true }),
    });
    container.append(button);
    return { button, caption };
  });
  return {
    element: container,
    label: ({ softKeys }) => {
      for (const [index, { button, caption }] of buttons.entries())
        setLabel(button, caption, softKeys[index] ?? "");
    },
    flash: (pressed) => {
      const index = pressed.kind === "button" ? threeNames.indexOf(pressed.button) : -1;
      lightUp(buttons[index]?.button);
    },
  };
}

/** The four soft keys of a board without keys of its own for them: by the keyboard's, or on a touched display. */
function softKeyRow(presses: readonly ((long: boolean) => KeyPress)[], press: Press): Keys {
  const container = make("div", "row");
  const buttons = presses.map((of, index) => {
    const button = makeButton("");
    button.dataset.key = softKeyNames[index] ?? "";
    button.className = "soft";
    listen(button, { press: () => press(of(false)), hold: () => press(of(true)) });
    container.append(button);
    return button;
  });
  return {
    element: container,
    label: ({ softKeys }) => {
      for (const [index, button] of buttons.entries()) {
        const label = softKeys[index] ?? "";
        button.textContent = label;
        button.hidden = label === "";
      }
    },
    flash: () => {},
  };
}

const touched = softKeyNames.map(
  (key) =>
    (long: boolean): KeyPress =>
      long ? { kind: "matrix", key, long } : { kind: "matrix", key },
);

/** What a keyboard's own keys are on this screen: those that the display shows beside the labels. */
const typing: readonly NamedKey[] = ["backspace", "tab", "escape", "enter"];
const moving: readonly NamedKey[] = ["up", "down", "escape", "enter"];

const byName: Readonly<Record<string, NamedKey>> = {
  Enter: "enter",
  Escape: "escape",
  Backspace: "backspace",
};

/** A field for the computer's keyboard or a phone's: what is typed there is typed on the device. */
function typingField(press: Press): HTMLElement {
  const label = make("label", "typing", "Type on the device ");
  const input = make("input", "");
  input.autocapitalize = "off";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.addEventListener("beforeinput", (event) => {
    event.preventDefault();
    if (event.inputType.startsWith("delete")) press({ kind: "named", key: "backspace" });
    for (const character of event.data ?? "") {
      const code = character.charCodeAt(0);
      if (code >= 0x20 && code <= 0x7e) press({ kind: "character", code });
    }
  });
  input.addEventListener("keydown", (event) => {
    const key = byName[event.key];
    if (key === undefined) return;
    press({ kind: "named", key });
    // Not once more as input; a phone tells only of that.
    event.preventDefault();
  });
  label.append(input);
  return label;
}

function keyboard(press: Press): Keys {
  let names = moving;
  const row = softKeyRow(
    [0, 1, 2, 3].map((index) => () => ({ kind: "named", key: names[index] ?? "enter" })),
    press,
  );
  const container = make("div", "");
  container.append(row.element, typingField(press));
  return {
    element: container,
    label: (screen) => {
      names = screen.field === undefined ? moving : typing;
      row.label(screen);
    },
    flash: () => {},
  };
}

/** The keys of a board. */
export function makeKeys(keypad: Keypad, press: Press): Keys {
  switch (keypad) {
    case "matrix":
      return matrix(press);
    case "buttons":
      return threeButtons(press);
    case "keyboard":
      return keyboard(press);
    case "touch":
      return softKeyRow(touched, press);
  }
}
