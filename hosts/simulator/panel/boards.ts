import type { Keypad } from "../../../src/ui/keys.js";
import type { DisplayKind } from "../display/sent.js";

/** What a device of the panel may be: the firmware's boards, and what can be put together from their parts. */

export interface PanelBoard {
  readonly label: string;
  readonly keypad: Keypad | "none";
  /** "none": without a keypad nobody would read it. */
  readonly display: DisplayKind | "none";
}

export const boards = Object.freeze({
  matrix: { label: "Colour display, 16 keys", keypad: "matrix", display: "320x240" },
  m5stack: { label: "M5Stack: three buttons", keypad: "buttons", display: "320x240" },
  m5stack_cardkb: { label: "M5Stack with a keyboard", keypad: "keyboard", display: "320x240" },
  m5stack_core2: { label: "M5Stack Core2: touched", keypad: "touch", display: "320x240" },
  m5stick_cplus: { label: "M5StickC Plus: 240×135, three buttons", keypad: "buttons", display: "240x135" },
  nodemcu: { label: "NodeMCU: 128×64, 16 keys", keypad: "matrix", display: "128x64" },
  bare: { label: "Neither display nor keys", keypad: "none", display: "none" },
}) satisfies Readonly<Record<string, PanelBoard>>;

export type BoardName = keyof typeof boards;

export const boardNames = Object.freeze(Object.keys(boards)) as readonly BoardName[];

export const boardOf = (name: BoardName): PanelBoard => boards[name];
