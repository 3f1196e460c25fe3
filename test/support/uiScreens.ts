import type { PneView } from "../../src/pne/ports.js";
import type { KeyPress, Keypad, MatrixKey, NamedKey } from "../../src/ui/keys.js";
import { enrolledView, joinedView, nearView, UiBench } from "./uiBench.js";

export const named = (key: NamedKey): KeyPress => ({ kind: "named", key });
export const matrix = (key: MatrixKey, long = false): KeyPress =>
  long ? { kind: "matrix", key, long } : { kind: "matrix", key };
const letters = (text: string): readonly KeyPress[] =>
  [...text].map((letter) => ({ kind: "character", code: letter.charCodeAt(0) }) as const);
export const button = (name: "left" | "middle" | "right", long = false): KeyPress =>
  long ? { kind: "button", button: name, long } : { kind: "button", button: name };
const [enter, down] = [named("enter"), named("down")];

/** Every key that there is, on each keypad, short and held; how "a" is typed; and the key that is read on by. */
export const keypads: Readonly<
  Record<
    Keypad,
    { readonly all: readonly KeyPress[]; readonly a: readonly KeyPress[]; readonly on: KeyPress }
  >
> = {
  matrix: {
    all: [..."0123456789*#ABCD"].flatMap((key) => [matrix(key as MatrixKey), matrix(key as MatrixKey, true)]),
    a: [matrix("2")],
    on: matrix("C"),
  },
  touch: {
    all: [..."ABCD"]
      .flatMap((key) => [matrix(key as MatrixKey), matrix(key as MatrixKey, true)])
      .concat(letters("a5y"), named("backspace")),
    a: letters("a"),
    on: matrix("C"),
  },
  keyboard: {
    all: (["enter", "backspace", "escape", "tab", "up", "down"] as const).map(named).concat(letters("a5yY ")),
    a: letters("a"),
    on: named("escape"),
  },
  buttons: {
    all: (["left", "middle", "right"] as const).flatMap((name) => [button(name), button(name, true)]),
    a: [button("left"), button("left"), button("left")],
    on: button("left"),
  },
};

/** Every screen on which a person types or chooses: what the device is then, and how one comes there. */
export const screens: Readonly<Record<string, readonly [view: PneView, ...keys: KeyPress[]]>> = {
  welcome: [nearView],
  userID: [nearView, enter],
  password: [nearView, enter, ...letters("alice"), enter],
  home: [enrolledView],
  alias: [enrolledView, enter],
  settings: [enrolledView, down, down, enter],
  deviceName: [enrolledView, down, down, enter, enter],
  language: [enrolledView, down, down, enter, down, enter],
  reset: [enrolledView, down, down, enter, down, down, down, enter],
  "home, in a network": [joinedView, down],
  members: [joinedView, down, down, enter],
  leave: [joinedView, down, down, down, enter],
  "userID, in a network": [joinedView, down, down, down, down, enter, down, down, enter],
};

/** A person who has just pressed a key there. */
export function at(keypad: Keypad, screen: string): UiBench {
  const [view, ...keys] = screens[screen] as (typeof screens)[string];
  const bench = new UiBench(keypad, view).after(20).press(...keys);
  return bench.screen.field === undefined ? bench : bench.press(...keypads[keypad].a);
}
